import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { EXPIRE_LATE_PARTS } from './sql.ts';

/**
 * Time after a submit in which a receipt matches by carrier message id, in milliseconds. Later receipts match only by our
 * reference.
 */
export const REF_KNOWN_MS = 7 * 86_400_000;

/** Deletes the carrier message ids of segments that were submitted long after their message was created. */
export function expireLateParts({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire late segments',
    everyMs: 3_600_000,
    run: async () => (await run(db, EXPIRE_LATE_PARTS, new Date(clock.now() - REF_KNOWN_MS))).length,
  };
}

import type { Db } from '#db/db.ts';
import { DAY_MS } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { EXPIRE_BULK_SENDS } from './sql.ts';

/** Deletes bulk sends whose messages are deleted, after the retention period of messages, in days. */
export function expireBulkSends({ db, clock, days }: { db: Db; clock: Clock; days: number }): Janitor {
  return {
    name: 'expire bulk sends',
    everyMs: 3_600_000,
    run: async () => (await run(db, EXPIRE_BULK_SENDS, new Date(clock.now() - days * DAY_MS))).length,
  };
}

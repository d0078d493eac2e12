import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { EXPIRE } from './sql.ts';

/** Days for which an ended replay is stored. */
const KEPT_DAYS = 30;

/** Removes replays that ended more than `KEPT_DAYS` ago. */
export function expireReplays({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire webhook replays',
    everyMs: 3_600_000,
    run: async () => (await run(db, EXPIRE, new Date(clock.now() - KEPT_DAYS * 86_400_000))).length,
  };
}

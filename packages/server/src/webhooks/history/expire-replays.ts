import type { Db } from '#db/db.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';

/** Days for which an ended replay is stored. */
const KEPT_DAYS = 30;

const EXPIRE = `delete from webhook_replays where status <> 'RUNNING' and finished_at < $1 returning 1`;

/** Removes replays that ended more than `KEPT_DAYS` ago. */
export function expireReplays({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire webhook replays',
    everyMs: 3_600_000,
    run: async () => (await db.query(EXPIRE, [new Date(clock.now() - KEPT_DAYS * 86_400_000)])).length,
  };
}

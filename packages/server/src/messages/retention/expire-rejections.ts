import type { Db } from '#db/db.ts';
import { DAY_MS } from '#db/schema/days.ts';
import { expire } from '#maintenance/expire.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';

/** Deletes rejected recipients after the retention period of texts, in days. */
export function expireRejections({ db, clock, days }: { db: Db; clock: Clock; days: number }): Janitor {
  return {
    name: 'expire rejections',
    everyMs: 60_000,
    run: () => expire(db, 'rejections', new Date(clock.now() - days * DAY_MS)),
  };
}

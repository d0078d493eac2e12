import type { Db } from '../db/db.ts';
import { DAY_MS, dayOf, daysBefore, dropDay } from '../db/schema/days.ts';
import type { Clock } from '../platform/clock.ts';
import type { Janitor } from './janitor.ts';

export interface Retention {
  db: Db;
  clock: Clock;
  /** Retention of all data of a day, in days. */
  days: number;
}

/**
 * Drops expired days, one partition at a time. The duration does not depend on their size. Messages with unfinished work, and those
 * that were submitted or have ended within the retention time, are kept.
 */
export function dropDays({ db, clock, days }: Retention): Janitor {
  return {
    name: 'drop days',
    everyMs: 600_000,
    async run() {
      const before = clock.now() - days * DAY_MS;
      let dropped = 0;
      for (const { day } of await daysBefore(db, dayOf(before))) {
        await dropDay(db, day, new Date(before));
        dropped += 1;
      }
      await db.query('select drop_strays($1)', [new Date(before)]);
      return dropped;
    },
  };
}

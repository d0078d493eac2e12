import type { Db } from '../db/db.ts';
import { DAY_MS, type Day, dayOf, daysBefore, dropDay } from '../db/schema/days.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Janitor } from './janitor.ts';

export interface Retention {
  db: Db;
  clock: Clock;
  log: Log;
  /** Retention of all data of a day, in days. */
  days: number;
  /** Whether any work for a message of the day is unfinished. */
  unfinished(day: Day): Promise<boolean>;
}

/** Drops expired days, one partition at a time. The duration does not depend on their size. */
export function dropDays({ db, clock, log, days, unfinished }: Retention): Janitor {
  async function drop(day: Day): Promise<number> {
    if (await unfinished(day)) {
      log.warn({ event: 'day_kept', day: day.day, reason: 'its messages have unfinished work' });
      return 0;
    }
    await dropDay(db, day.day);
    return 1;
  }

  return {
    name: 'drop days',
    everyMs: 600_000,
    async run() {
      const before = clock.now() - days * DAY_MS;
      let dropped = 0;
      for (const day of await daysBefore(db, dayOf(before))) dropped += await drop(day);
      await db.query('select drop_strays($1)', [new Date(before)]);
      return dropped;
    },
  };
}

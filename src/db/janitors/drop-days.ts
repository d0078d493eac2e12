import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { DAY_MS, type Day, dayOf, daysBefore, dropDay } from '../days.ts';
import type { Db } from '../db.ts';
import type { Janitor } from '../janitor.ts';

export interface Retention {
  db: Db;
  clock: Clock;
  log: Log;
  /** How long everything of a day is kept. */
  days: number;
  /** Whether anything is still to be done for a message of the day. */
  unfinished(day: Day): Promise<boolean>;
}

/** Drops days that are over their time, a partition at a time: whatever their size, that takes no longer. */
export function dropDays({ db, clock, log, days, unfinished }: Retention): Janitor {
  async function drop(day: Day): Promise<number> {
    if (await unfinished(day)) {
      log.warn({ event: 'day_kept', day: day.day, reason: 'work for its messages is not finished' });
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

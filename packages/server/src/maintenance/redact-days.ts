import type { Db } from '../db/db.ts';
import {
  DAY_MS,
  type Day,
  dayOf,
  daysWithTextsBefore,
  redactStrays,
  setPartlyRedacted,
  setRedacted,
} from '../db/schema/days.ts';
import type { Clock } from '../platform/clock.ts';
import type { Janitor } from './janitor.ts';

/**
 * Redacts the texts in one module's rows of a day, in batches. Texts of messages that ended at `before` or later stay.
 * @returns number of rows that were redacted, and of rows that still need their texts.
 */
export type Redactor = (day: Day, before: Date) => Promise<{ redacted: number; left: number }>;

export interface Redaction {
  db: Db;
  clock: Clock;
  /** Retention of texts, in days. */
  days: number;
  redactors: readonly Redactor[];
}

/** Redacts the texts of messages, which have a shorter retention than the other data. */
export function redactDays({ db, clock, days, redactors }: Redaction): Janitor {
  async function redactDay(day: Day, before: Date): Promise<number> {
    let count = 0;
    let left = 0;
    for (const redact of redactors) {
      const done = await redact(day, before);
      count += done.redacted;
      left += done.left;
    }
    if (left === 0) await setRedacted(db, day.day);
    else await setPartlyRedacted(db, day.day, new Date(clock.now() + DAY_MS));
    return count;
  }

  return {
    name: 'redact days',
    everyMs: 600_000,
    async run() {
      const before = new Date(clock.now() - days * DAY_MS);
      let count = await redactStrays(db, before);
      for (const day of await daysWithTextsBefore(db, dayOf(before.getTime()), new Date(clock.now())))
        count += await redactDay(day, before);
      return count;
    },
  };
}

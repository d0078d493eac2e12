import type { Db } from '../db/db.ts';
import { addDays } from '../db/schema/days.ts';
import type { Clock } from '../platform/clock.ts';
import type { Janitor } from './janitor.ts';

/** Creates partitions days in advance. Needs no batches, because it creates one day of one table at a time. */
export function addDaysAhead({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return { name: 'add days', everyMs: 3_600_000, run: () => addDays(db, clock) };
}

import { beforeEach, expect, test } from 'vitest';
import { clearDays, dayRows, NOON } from '../../test/support/days.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { DAY_MS } from '../db/schema/days.ts';
import { addDaysAhead } from './add-days.ts';

const db = ownStore();
beforeEach(() => clearDays(db()));

const { days } = dayRows(db);

test('Every hour, missing partitions for three days ahead are created once.', async () => {
  let now = NOON;
  const janitor = addDaysAhead({ db: db(), clock: { now: () => now } });
  // The task may fail for three days before a row falls into a default partition.
  expect(janitor.everyMs).toBe(3_600_000);
  expect(await janitor.run()).toBe(4);
  expect(await janitor.run()).toBe(0);
  now += DAY_MS;
  expect(await janitor.run()).toBe(1);
  expect((await days()).at(-1)).toBe('2026-03-03');
});

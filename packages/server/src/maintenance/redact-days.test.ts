import { beforeEach, expect, test } from 'vitest';
import { clearDays, NOON } from '../../test/support/days.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { addDays, DAY_MS } from '../db/schema/days.ts';
import { redactDays } from './redact-days.ts';

const db = ownStore();
beforeEach(() => clearDays(db()));

const at = (ms: number) => ({ now: () => ms });

test('Days with expired texts are redacted once, and again a day later while rows still need their texts.', async () => {
  await addDays(db(), at(NOON));
  let left = 1;
  let now = NOON + 9 * DAY_MS;
  const seen: string[] = [];
  const { run } = redactDays({
    db: db(),
    clock: { now: () => now },
    days: 7,
    redactors: [
      async ({ day }) => {
        seen.push(day);
        return { redacted: 2, left: 0 };
      },
      async ({ day }) => ({ redacted: 1, left: day === '2026-02-28' ? left : 0 }),
    ],
  });
  expect(await run()).toBe(6);
  expect(seen).toEqual(['2026-02-27', '2026-02-28']);
  left = 0;
  expect(await run()).toBe(0);
  // The next day of the calendar has expired as well.
  now += DAY_MS;
  expect(await run()).toBe(6);
  expect(await run()).toBe(0);
  expect(seen).toEqual(['2026-02-27', '2026-02-28', '2026-02-28', '2026-03-01']);
});

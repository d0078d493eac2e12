import { encodeTime } from 'ulidx';
import { beforeEach, expect, test } from 'vitest';
import { clearDays, dayRows, NOON, TABLES } from '../../test/support/days.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { addDays, DAY_MS, type Day } from '../db/schema/days.ts';
import { createLog } from '../platform/log.ts';
import { dropDays } from './drop-days.ts';

const db = ownStore();
beforeEach(() => clearDays(db()));

const at = (ms: number) => ({ now: () => ms });
const { days, receive, storeMessage, whereIs, whereIsReceipt } = dayRows(db);
const allInDefault = TABLES.map((table) => `${table}_default`);
const log = createLog('silent');
const janitor = (now: number, unfinished: (day: Day) => Promise<boolean> = async () => false) =>
  dropDays({ db: db(), clock: at(now), log, days: 7, unfinished });

test('A day is dropped when all of it has expired, and not before.', async () => {
  await addDays(db(), at(NOON));
  const midnight = Date.parse('2026-02-28T00:00:00Z');
  expect(await janitor(midnight + 7 * DAY_MS - 1).run()).toBe(0);
  expect(await janitor(midnight + 7 * DAY_MS).run()).toBe(1);
  expect(await days()).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
  expect(await janitor(NOON + 30 * DAY_MS).run()).toBe(3);
});

test('An expired day is kept while its messages have work, which is checked with the bounds of the day.', async () => {
  await addDays(db(), at(NOON));
  const asked: Day[] = [];
  const kept = janitor(NOON + 30 * DAY_MS, async (day) => {
    asked.push(day);
    return day.day === '2026-02-28';
  });
  expect(await kept.run()).toBe(3);
  expect(await days()).toEqual(['2026-02-28']);
  expect(asked.map(({ day }) => day)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  expect(asked[0]).toEqual({
    day: '2026-02-27',
    firstId: `msg_${encodeTime(Date.parse('2026-02-27'), 10)}`,
    nextId: `msg_${encodeTime(Date.parse('2026-02-28'), 10)}`,
    starts: new Date('2026-02-27'),
    ends: new Date('2026-02-28'),
  });
});

test('Expired rows in default partitions are dropped as well, unless work is left for them.', async () => {
  for (const [id, created] of [
    ['msg_old', NOON],
    ['msg_busy', NOON],
    ['msg_new', NOON + 5 * DAY_MS],
  ] as const) {
    await storeMessage(id, created);
  }
  const receipts = [await receive(NOON), await receive(NOON + 5 * DAY_MS)] as const;
  await db().query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at) values ('webhooks', 'msg_busy', 1, 'c', 'l', now())`,
    [],
  );
  await janitor(NOON + 8 * DAY_MS).run();
  expect(await whereIs('msg_old')).toEqual([]);
  for (const id of ['msg_busy', 'msg_new']) expect(await whereIs(id)).toEqual(allInDefault);
  expect(await Promise.all(receipts.map(whereIsReceipt))).toEqual([undefined, 'receipts_default']);
});

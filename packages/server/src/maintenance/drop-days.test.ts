import { beforeEach, expect, test } from 'vitest';
import { clearDays, dayRows, idAt, NOON, TABLES } from '../../test/support/days.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { addDays, DAY_MS } from '../db/schema/days.ts';
import { dropDays } from './drop-days.ts';

const db = ownStore();
beforeEach(() => clearDays(db()));

const at = (ms: number) => ({ now: () => ms });
const { days, receive, storeMessage, whereIs, whereIsReceipt } = dayRows(db);
const allInDefault = TABLES.map((table) => `${table}_default`);
const janitor = (now: number) => dropDays({ db: db(), clock: at(now), days: 7 });

test('A day is dropped when all of it has expired, and not before.', async () => {
  await addDays(db(), at(NOON));
  const midnight = Date.parse('2026-02-28T00:00:00Z');
  expect(await janitor(midnight + 7 * DAY_MS - 1).run()).toBe(0);
  expect(await janitor(midnight + 7 * DAY_MS).run()).toBe(1);
  expect(await days()).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
  expect(await janitor(NOON + 30 * DAY_MS).run()).toBe(3);
});

test('An expired day is dropped, and its messages with unfinished work or a recent end are moved to the default partitions.', async () => {
  await addDays(db(), at(NOON));
  const [done, busy, scheduled, recent] = [1, 2, 3, 4].map((n) => idAt(NOON + n)) as [string, string, string, string];
  for (const id of [done, busy, scheduled, recent]) await storeMessage(id);
  await db().query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at) values ('outcomes', $1, -1, 'c', 'l', now())`,
    [busy],
  );
  await db().query(
    `insert into scheduled_jobs (queue, subject, client, lane, run_at, expires_at)
     values ('outbound', $1, 'c', 'l', now(), now())`,
    [scheduled],
  );
  await db().query(`update messages set status = 'FAILED', error = '{}', finished_at = $2 where id = $1`, [
    recent,
    new Date(NOON + 5 * DAY_MS),
  ]);
  expect(await janitor(NOON + 9 * DAY_MS).run()).toBe(2);
  expect(await days()).toEqual(['2026-03-01', '2026-03-02']);
  expect(await whereIs(done)).toEqual([]);
  for (const id of [busy, scheduled, recent]) expect(await whereIs(id)).toEqual(allInDefault);
  await db().query('truncate jobs, scheduled_jobs', []);
  await janitor(NOON + 13 * DAY_MS).run();
  for (const id of [busy, scheduled, recent]) expect(await whereIs(id)).toEqual([]);
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

import { beforeEach, expect, test } from 'vitest';
import { ownStore } from '../../../test/support/own-store.ts';
import { expireRejections } from './expire-rejections.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-02-27T12:00:00Z');

const db = ownStore();
let now: number;
const clock = { now: () => now };
beforeEach(async () => {
  now = NOON;
  await db().query('truncate rejections');
});

/** Stores `count` rejections, created at intervals of one second. The last one is created now. */
const reject = (count: number) =>
  db().query(
    `insert into rejections (id, api_client_id, number_id, from_address, recipient, error, idempotency_key, created_at)
     select 'rej_' || n, 'client', 'num', '+15551234567', 'invalid', '{"code":"INVALID_RECIPIENT"}', 'key',
       $2::timestamptz - make_interval(secs => $1::int - n)
     from generate_series(1, $1::int) as n`,
    [count, new Date(now)],
  );
const left = async () => (await db().query('select 1 from rejections', [])).length;

test('A rejected recipient is kept for its period to the millisecond, and deleted after it.', async () => {
  const janitor = expireRejections({ db: db(), clock, days: 30 });
  await reject(1);
  now += 30 * DAY_MS;
  expect(await janitor.run()).toBe(0);
  expect(await left()).toBe(1);
  now += 1;
  expect(await janitor.run()).toBe(1);
  expect(await left()).toBe(0);
});

test('Any number of expired rejections is deleted in batches, and no younger rejection.', async () => {
  await reject(2_600);
  now += 2 * DAY_MS - 100_000;
  // Left are the rejections of the youngest 100 seconds, and the rejection of exactly the maximum age.
  expect(await expireRejections({ db: db(), clock, days: 2 }).run()).toBe(2_499);
  expect(await left()).toBe(101);
});

test('Expired rejections are deleted every minute.', () => {
  expect(expireRejections({ db: db(), clock, days: 2 }).everyMs).toBe(60_000);
});

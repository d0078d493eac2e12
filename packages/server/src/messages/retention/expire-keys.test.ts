import { beforeEach, expect, test } from 'vitest';
import { ownStore } from '../../../test/support/own-store.ts';
import { expireKeys } from './expire-keys.ts';

const DAY_S = 86_400;
const NOON = Date.parse('2026-02-27T12:00:00Z');

const db = ownStore();
let now: number;
const clock = { now: () => now };
beforeEach(async () => {
  now = NOON;
  await db().query('truncate idempotency_keys');
});

/** Stores `count` keys, created at intervals of one second. The last one is created now. */
const use = (count: number) =>
  db().query(
    `insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at)
     select 'client', 'send', 'key-' || n, 'f', '{}', $2::timestamptz - make_interval(secs => $1::int - n)
     from generate_series(1, $1::int) as n`,
    [count, new Date(now)],
  );
const left = async () => (await db().query('select 1 from idempotency_keys', [])).length;

test('A key is kept for its period to the millisecond, and deleted after it.', async () => {
  const janitor = expireKeys({ db: db(), clock, seconds: DAY_S });
  await use(1);
  now += DAY_S * 1000;
  expect(await janitor.run()).toBe(0);
  expect(await left()).toBe(1);
  now += 1;
  expect(await janitor.run()).toBe(1);
  expect(await left()).toBe(0);
});

test('Any number of expired keys is deleted in batches, and no younger key.', async () => {
  await use(2_600);
  now += (DAY_S - 100) * 1000;
  // Left are the keys of the youngest 100 seconds, and the key of exactly the maximum age.
  expect(await expireKeys({ db: db(), clock, seconds: DAY_S }).run()).toBe(2_499);
  expect(await left()).toBe(101);
});

test('Expired keys are deleted every minute.', () => {
  expect(expireKeys({ db: db(), clock, seconds: DAY_S }).everyMs).toBe(60_000);
});

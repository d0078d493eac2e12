import { beforeEach, expect, test } from 'vitest';
import { ownStore } from '../../../test/support/own-store.ts';
import { expireInboundKeys } from './expire-inbound-keys.ts';

const DAY_S = 86_400;
const NOON = Date.parse('2026-02-27T12:00:00Z');

const db = ownStore();
let now: number;
const clock = { now: () => now };
beforeEach(async () => {
  now = NOON;
  await db().query('truncate inbound_keys');
});

test('The carrier reference of an inbound message is kept for its retention period and deleted after it.', async () => {
  const janitor = expireInboundKeys({ db: db(), clock, seconds: DAY_S });
  const take = (reference: string) =>
    db().query(
      `insert into inbound_keys (carrier, carrier_ref, message_id, created_at) values ('acme', $1, 'msg_1', $2)`,
      [reference, new Date(now)],
    );
  await take('old');
  now += DAY_S * 1000;
  await take('young');
  expect(await janitor.run()).toBe(0);
  now += 1;
  expect(await janitor.run()).toBe(1);
  expect(await db().query('select carrier_ref as ref from inbound_keys', [])).toEqual([{ ref: 'young' }]);
});

test('Expired references are deleted every minute.', () => {
  expect(expireInboundKeys({ db: db(), clock, seconds: DAY_S }).everyMs).toBe(60_000);
});

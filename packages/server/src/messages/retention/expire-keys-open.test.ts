import { beforeEach, expect, test } from 'vitest';
import { ownStore } from '../../../test/support/own-store.ts';
import { expireKeys } from './expire-keys.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-02-27T12:00:00Z');
const db = ownStore();
let now: number;
const janitor = (seconds = 86_400) => expireKeys({ db: db(), clock: { now: () => now }, seconds });

beforeEach(async () => {
  now = NOON;
  await db().query('truncate idempotency_keys, messages');
});

/** Stores a send with one message. @param keepUntil time of expiry of a scheduled message. */
async function store(id: string, status: string, keepUntil: number | null = null, endedAt: number | null = null) {
  const ended = endedAt === null ? null : new Date(endedAt);
  await db().query(
    `insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at, keep_until)
     values ('client', 'messages.send', $1, 'f', $2, $3, $4)`,
    [
      id,
      JSON.stringify({ results: [{ messageId: id }] }),
      new Date(NOON),
      keepUntil === null ? null : new Date(keepUntil),
    ],
  );
  await db().query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at, sent_at, finished_at, error)
     values ($1, 'OUTBOUND', 'client', 'num', '+1', '+2', 'SMS', 'x', 'AT_MOST_ONCE', 1, $2, 1, $3,
       case when $2 in ('SENT', 'DELIVERED') then $4::timestamptz end,
       case when $2 in ('DELIVERED', 'FAILED') then $4::timestamptz end, case when $2 = 'FAILED' then '{}'::json end)`,
    [id, status, new Date(NOON), ended],
  );
}

const left = async () =>
  (await db().query<{ key: string }>('select key from idempotency_keys order by key', [])).map(({ key }) => key);

test('A key is kept while its message is scheduled, and until a day after the message has ended.', async () => {
  await store('msg_1', 'QUEUED', NOON + 100 * DAY_MS);
  for (const days of [2, 50, 101]) {
    now = NOON + days * DAY_MS;
    expect(await janitor().run()).toBe(0);
  }
  await db().query(`update messages set status = 'DELIVERED', sent_at = $1, finished_at = $1`, [new Date(now)]);
  now += DAY_MS - 1;
  await janitor().run();
  expect(await left()).toEqual(['msg_1']);
  now += DAY_MS + 1;
  expect(await janitor().run()).toBe(1);
});

test.each(['QUEUED', 'SENDING', 'UNKNOWN'])(
  'With a retention of a day, the key of a message that is %s stays.',
  async (status) => {
    await store('msg_1', status);
    now = NOON + 2 * DAY_MS;
    await janitor().run();
    expect(await left()).toEqual(['msg_1']);
  },
);

test.each(['SENT', 'DELIVERED', 'FAILED'])(
  'The key of a message that became %s more than a day ago is deleted.',
  async (status) => {
    await store('msg_1', status, null, NOON + 1_000);
    now = NOON + DAY_MS + 999;
    await janitor().run();
    expect(await left()).toEqual(['msg_1']);
    now = NOON + 3 * DAY_MS;
    await janitor().run();
    expect(await left()).toEqual([]);
  },
);

test('A key whose messages are deleted, or that has none, is deleted after its retention.', async () => {
  await store('msg_1', 'QUEUED', NOON + DAY_MS);
  await db().query('truncate messages');
  now = NOON + 2 * DAY_MS;
  expect(await janitor().run()).toBe(1);
});

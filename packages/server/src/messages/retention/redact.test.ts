import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { addDays, DAY_MS, dropDay } from '#db/schema/days.ts';
import { dropDays } from '#maintenance/drop-days.ts';
import { redactDays } from '#maintenance/redact-days.ts';
import { createIds, type Ids } from '#platform/ids.ts';
import { redactReceipts } from '#receipts/redact.ts';
import { redactAttempts } from '#webhooks/history/redact.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import { redactMessages } from './redact.ts';

const MANY = 2_500;

let store: TestStore;
let db: Db;
let clock: TestClock;
let ids: Ids;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
beforeEach(async () => {
  for (const table of ['messages', 'events', 'receipts', 'webhook_attempts', 'jobs'])
    await db.query(`truncate ${table}`);
  const known = await db.query<{ day: string }>('select day::text as day from days', []);
  for (const { day } of known) await dropDay(db, day);
  clock = new TestClock();
  ids = createIds(clock);
  await addDays(db, clock);
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

async function message(): Promise<string> {
  const id = ids.next('msg');
  const at = new Date(clock.now());
  await db.query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
       delivery_guarantee, parts, status, sequence, created_at)
     values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'dear Ann', '[]', 'AT_MOST_ONCE',
       1, 'QUEUED', 1, $2)`,
    [id, at],
  );
  await db.query(
    `insert into events (message_id, sequence, type, status, occurred_at) values ($1, 1, 'message.queued', 'QUEUED', $2)`,
    [id, at],
  );
  await db.query(
    `insert into receipts (carrier, carrier_ref, state, raw, received_at, message_id, part)
     values ('acme', $1, 'DELIVERED', 'stat:DELIVRD text:dear Ann', $2, $1, 1)`,
    [id, at],
  );
  return id;
}

const job = (id: string) =>
  db.query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at) values ('webhooks', $1, 1, 'client', 'num', now())`,
    [id],
  );

const redaction = (days: number) =>
  redactDays({ db, clock, days, redactors: [redactMessages(db), redactReceipts(db), redactAttempts(db)] });
const retention = (days: number) =>
  dropDays({
    db,
    clock,
    days,
  });

/** An endpoint that repeated the message text in its response. */
const attempt = (id: string, count = 1) =>
  db.query(
    `insert into webhook_attempts (message_id, sequence, attempt, outcome, url, response_start, duration_ms, attempted_at)
     select $1, 1, n, 'RETRY', 'http://localhost', 'cannot read: dear Ann', 1, now() from generate_series(1, $2::int) as n`,
    [id, count],
  );

const look = async (id: string) =>
  (
    await db.query<{ text: string | null; media: unknown; to: string; raw: string }>(
      `select m.text, m.media, m.to_address as "to", (select raw from receipts where carrier_ref = $1) as raw
       from messages m where m.id = $1`,
      [id],
    )
  )[0];

test('Redaction removes old texts, also from receipts that quote them, and keeps addresses and keywords.', async () => {
  const old = await message();
  await db.query(`update messages set keyword = 'STOP', opt_out_type = 'STOP'`, []);
  clock.advance(3 * DAY_MS);
  await addDays(db, clock);
  const young = await message();
  expect(await redaction(2).run()).toBe(2);
  expect(await db.query('select keyword from messages where id = $1', [old])).toEqual([{ keyword: 'STOP' }]);
  expect(await look(old)).toEqual({ text: null, media: null, to: '+15550000001', raw: '' });
  expect(await look(young)).toMatchObject({ text: 'dear Ann', raw: 'stat:DELIVRD text:dear Ann' });
  expect(await redaction(2).run()).toBe(0);
});

test('Redaction also removes endpoint responses, for any number of attempts.', { tags: 'slow' }, async () => {
  const old = await message();
  await attempt(old, MANY);
  clock.advance(3 * DAY_MS);
  await addDays(db, clock);
  const young = await message();
  await attempt(young);
  expect(await redaction(2).run()).toBe(2 + MANY);
  const left = await db.query(`select message_id as id from webhook_attempts where response_start <> ''`, []);
  expect(left).toEqual([{ id: young }]);
});

test('A text that a job still needs stays until the job is done.', async () => {
  const id = await message();
  await job(id);
  clock.advance(3 * DAY_MS);
  await redaction(2).run();
  expect(await look(id)).toMatchObject({ text: 'dear Ann' });
  await db.query('truncate jobs');
  // A day with needed texts is searched again a day later.
  clock.advance(DAY_MS);
  await redaction(2).run();
  expect(await look(id)).toMatchObject({ text: null });
});

test('A text stays for its period after the end of its message, and while the message is scheduled.', async () => {
  const [ended, scheduled] = [await message(), await message()];
  await db.query(
    `insert into scheduled_jobs (queue, subject, client, lane, run_at, expires_at)
     values ('outbound', $1, 'client', 'num', now(), now())`,
    [scheduled],
  );
  clock.advance(100 * DAY_MS);
  await db.query(`update messages set status = 'FAILED', error = '{}', finished_at = $2 where id = $1`, [
    ended,
    new Date(clock.now() - DAY_MS),
  ]);
  await redaction(2).run();
  for (const id of [ended, scheduled]) expect(await look(id)).toMatchObject({ text: 'dear Ann' });
  await db.query('truncate scheduled_jobs');
  clock.advance(2 * DAY_MS);
  await redaction(2).run();
  for (const id of [ended, scheduled]) expect(await look(id)).toMatchObject({ text: null });
});

test('Shared content stays while a job of any message that shares it exists.', async () => {
  const [first, sharing] = [await message(), await message()];
  await db.query('update messages set text = null, media = null, content_of = $2 where id = $1', [sharing, first]);
  await job(sharing);
  clock.advance(3 * DAY_MS);
  await redaction(2).run();
  expect(await look(first)).toMatchObject({ text: 'dear Ann', media: [] });
  await db.query('truncate jobs');
  clock.advance(DAY_MS);
  await redaction(2).run();
  expect(await look(first)).toMatchObject({ text: null, media: null });
});

test('A day of any size is redacted completely, in batches.', { tags: 'slow' }, async () => {
  const day = new Date(clock.now());
  const all = Array.from({ length: MANY }, () => ({ id: ids.next('msg') }));
  await db.query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at)
     select id, 'OUTBOUND', 'client', 'num', '+1', '+2', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED', 1, $2
     from json_to_recordset($1::json) as r (id text)`,
    [JSON.stringify(all), day],
  );
  clock.advance(3 * DAY_MS);
  expect(await redaction(2).run()).toBe(MANY);
  expect(await db.query('select 1 from messages where text is not null', [])).toEqual([]);
});

test('Days past their retention are dropped with all their rows, and later days stay.', async () => {
  const old = await message();
  clock.advance(5 * DAY_MS);
  await addDays(db, clock);
  const young = await message();
  await retention(2).run();
  const left = async (table: string, column: string) =>
    (await db.query<{ id: string }>(`select ${column} as id from ${table}`, [])).map(({ id }) => id);
  expect(await left('messages', 'id')).toEqual([young]);
  expect(await left('events', 'message_id')).toEqual([young]);
  expect(await left('receipts', 'message_id')).toEqual([young]);
  expect(await look(old)).toBeUndefined();
});

test('A day is not dropped while one of its messages has a job.', async () => {
  const id = await message();
  await job(id);
  clock.advance(5 * DAY_MS);
  await retention(2).run();
  expect(await look(id)).toBeDefined();
  await db.query('truncate jobs');
  await retention(2).run();
  expect(await look(id)).toBeUndefined();
});

test('Rows outside any day partition are dropped after their retention.', async () => {
  clock.advance(-400 * DAY_MS);
  const stray = await message();
  clock.advance(400 * DAY_MS);
  expect(await look(stray)).toBeDefined();
  await retention(2).run();
  expect(await look(stray)).toBeUndefined();
});

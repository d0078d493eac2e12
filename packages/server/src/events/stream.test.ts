import { beforeEach, describe, expect, test } from 'vitest';
import { ownStore } from '../../test/support/own-store.ts';
import { asJson } from '../db/db.ts';
import { readEvents } from '../messages/lookup/events.ts';
import { createIds } from '../platform/ids.ts';
import { HERE } from './sql.ts';
import { createStream, type EventPosition, START } from './stream.ts';
import { restorePosition, storePosition } from './stream-position.ts';

const db = ownStore();
const ids = createIds({ now: () => Date.now() });

beforeEach(() => db().query('delete from messages; delete from events; update stream set shift = 0, mark = 0'));

async function store(
  on: Pick<ReturnType<typeof db>, 'query'>,
  client: string,
  occurredAt = new Date(),
): Promise<string> {
  const id = ids.next('msg');
  await on.query(
    `with message as (
       insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
         delivery_guarantee, parts, status, sequence, created_at)
       values ($1, 'OUTBOUND', $2, 'num', '+15550000001', '+15550000002', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED', 1, $3)
     )
     insert into events (message_id, sequence, type, status, occurred_at, api_client_id, position)
     values ($1, 1, 'message.queued', 'QUEUED', $3, $2, ${HERE})`,
    [id, client, occurredAt],
  );
  return id;
}

async function readAll(client: string, limit = 100): Promise<string[]> {
  const stream = createStream(db(), readEvents);
  const seen: string[] = [];
  let place: EventPosition = START;
  for (;;) {
    const page = await stream.after(client, place, limit);
    seen.push(...page.map(({ messageId }) => messageId));
    if (page.length === 0) return seen;
    place = page.at(-1) as EventPosition;
  }
}

test('A client reads only its own events, in the order of their commits, forward and backward.', async () => {
  const made: string[] = [];
  for (let n = 0; n < 9; n += 1) {
    made.push(await store(db(), 'one'));
    await store(db(), 'two');
  }
  expect(await readAll('one', 2)).toEqual(made);
  expect(await readAll('nobody')).toEqual([]);
  const stream = createStream(db(), readEvents);
  const last = await stream.before('one', undefined, 4);
  expect(last.map(({ messageId }) => messageId)).toEqual(made.toReversed().slice(0, 4));
  const earlier = await stream.before('one', last.at(-1), 100);
  expect(earlier.map(({ messageId }) => messageId)).toEqual(made.toReversed().slice(4));
});

test('Reading from a moment starts with the first event at or after that moment.', async () => {
  const times = Array.from({ length: 20 }, (_, n) => new Date(1_700_000_000_000 + n * 1000));
  const made: string[] = [];
  for (const time of times) made.push(await store(db(), 'one', time));
  const stream = createStream(db(), readEvents);
  for (const [n, ms] of [
    [0, -5],
    [0, 0],
    [1, 1],
    [7, 7000],
    [8, 7001],
    [20, 60_000],
  ] as const) {
    const place = await stream.since('one', new Date(1_700_000_000_000 + ms));
    const page = await stream.after('one', place, 100);
    expect(page.map(({ messageId }) => messageId)).toEqual(made.slice(n));
  }
});

describe.runIf(process.env['TEST_DATABASE_URL'])('Overlapping transactions [needs TEST_DATABASE_URL]', () => {
  test('An event that commits late is neither missed nor read before its commit.', async () => {
    const stream = createStream(db(), readEvents);
    const first = await store(db(), 'one');
    const open = Promise.withResolvers<void>();
    const written = Promise.withResolvers<string>();
    const late = db().transaction(async (tx) => {
      written.resolve(await store(tx, 'one'));
      await open.promise;
    });
    const lateId = await written.promise;
    const after = await store(db(), 'one');
    // The later event is withheld, because a reader that got it now would never read the late one.
    const page = await stream.after('one', START, 100);
    expect(page.map(({ messageId }) => messageId)).toEqual([first]);
    open.resolve();
    await late;
    const rest = await stream.after('one', page.at(-1) as EventPosition, 100);
    expect(rest.map(({ messageId }) => messageId)).toEqual([lateId, after]);
  });
});

test('The stream continues in a restored database whose transactions are counted from a lower number.', async () => {
  const before = await store(db(), 'one');
  await db().query('update events set position = position + 1000000', []);
  await db().query(`update stream set shift = 1000000`, []);
  expect(await storePosition(db()).run()).toBe(1);
  // State after a restore: the mark is far ahead of the transaction counter.
  await db().query(`update stream set shift = 0`, []);
  await restorePosition(db());
  const after = await store(db(), 'one');
  expect(await readAll('one')).toEqual([before, after]);
  const [shift] = await db().query('select shift from stream', []);
  await restorePosition(db());
  expect(await db().query('select shift from stream', [])).toEqual([shift]);
  expect(asJson([shift ?? {}])).not.toContain('"shift":0');
});

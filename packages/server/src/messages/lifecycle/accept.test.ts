import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { nameIn } from '#db/statement.ts';
import { createNumbers } from '#numbers/numbers.ts';
import { createOptOutMetrics } from '#optouts/metrics.ts';
import { OptOuts } from '#optouts/optouts.ts';
import { type ApiError, rateLimited } from '#platform/errors.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { Admission } from '#policies/admission.ts';
import { Backlog } from '#queue/backlog.ts';
import { OUTBOUND } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { createTestClient } from '../../../test/support/clients.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { testHolder } from '../../../test/support/holder.ts';
import { NO_MEDIA, routing } from '../../../test/support/media.ts';
import { NO_POOLS, NO_SCHEDULE } from '../../../test/support/pools.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import { createAccept } from './accept.ts';
import { loadOutgoing } from './messages.ts';

let store: TestStore;
let db: Db;
let clientId: string;
let sendFrom: string;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const { client } = await createTestClient({ db, ids, clock }, 'Accept');
  clientId = client.id;
  const numbers = createNumbers({ db, ids, clock });
  const [number] = await numbers.import([
    { e164: '+15035550001', apiClientId: clientId, campaignRegId: 'camp', mmsEnabled: true },
  ]);
  sendFrom = number?.numberId as string;
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

function accepting(asked: Db = db, refused?: ApiError, settings: Db = db) {
  const backlog = new Backlog({ db, clock, log: createLog('silent') });
  const admission = new Admission({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    backlog,
    limits: { perClient: 10_000, perNumber: 10_000 },
    delaySeconds: () => undefined,
    optOuts: new OptOuts({ ...NO_POOLS, db: settings, clock, metrics: createOptOutMetrics(new Registry()) }),
    shedding: { check: () => refused && Promise.resolve(refused) },
  });
  return createAccept({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    ...{ db: asked, backlog, admission, ids, clock, media: NO_MEDIA, routing },
    queue: new Queue({ db, clock, holder: testHolder }),
    numbers: createNumbers({ db: settings, ids, clock }),
  });
}

test('A key that expires during its lookup counts as new, and every 202 response has a stored message.', async () => {
  // Deletes the keys between the two statements of accept, as the maintenance task does.
  const expiring: Db = {
    kind: db.kind,
    async query(sql, params) {
      if (sql.includes('join idempotency_keys')) await db.query('delete from idempotency_keys', []);
      return db.query(sql, params);
    },
    transaction: (work) => db.transaction(work),
    wake: (topic) => db.wake(topic),
    onWake: (topic, listener) => db.onWake(topic, listener),
    close: () => db.close(),
  };
  const accept = accepting(expiring);
  const request = { sendFrom, to: ['+15551234567'], messageType: 'SMS' as const, text: 'x' };
  for (let round = 0; round < 3; round += 1) {
    const { body, replayed } = await accept(clientId, 'expiring', request);
    const { messageId } = JSON.parse(body).results[0];
    expect(replayed).toBe(false);
    expect(await db.query('select 1 as stored from messages where id = $1', [messageId])).toHaveLength(1);
  }
});

test('While new sends are rejected, a repeat of an accepted request still gets its idempotent response.', async () => {
  const accept = accepting();
  const request = { sendFrom, to: ['+15551234567'], messageType: 'SMS' as const, text: 'x' };
  const refused = rateLimited('overloaded', 2);
  const first = await accept(clientId, 'accepted before', request);
  const refusing = accepting(db, refused);
  const again = await refusing(clientId, 'accepted before', request);
  expect(again).toEqual({ body: first.body, replayed: true, messages: 0, rejected: [] });
  await expect(refusing(clientId, 'new', request)).rejects.toBe(refused);
  expect((await accept(clientId, 'new', request)).replayed).toBe(false);
});

test('The content of an MMS is stored once per request, and each of its messages is submitted with it.', async () => {
  const media = Array.from({ length: 10 }, (_, i) => ({
    ...{ storageKey: `${i}-${'k'.repeat(500)}`, mimeType: 'image/jpeg', byteLength: 1_000 },
    ...{ sourceUrl: `https://example.com/${'u'.repeat(1_500)}`, fileName: 'f'.repeat(255) },
  }));
  const to = Array.from({ length: 1000 }, (_, i) => `+1555${String(3_000_000 + i)}`);
  const text = 'Catalog preview';
  const { body } = await accepting()(clientId, 'shared', { sendFrom, to, messageType: 'MMS', text, media });
  const ids: string[] = JSON.parse(body).results.map(({ messageId }: { messageId: string }) => messageId);
  const [stored] = await db.query<{ count: number; bytes: number }>(
    `select count(media)::int as count, sum(octet_length(media::text))::int as bytes from messages where id = any($1)`,
    [ids],
  );
  expect(stored?.count).toBe(1);
  expect(stored?.bytes).toBeLessThan(30_000);
  const jobs = ids.map((subject) => ({
    subject,
    ordinal: OUTBOUND,
    lease: 1,
    attempt: 1,
    excused: 0,
    interrupted: false,
    previousCarrier: null,
  }));
  const loaded = await loadOutgoing(db)(jobs);
  expect(loaded.map((message) => message.id && [message.text, message.media])).toEqual(ids.map(() => [text, media]));
});

test('A send from a number executes only the statement that stores the messages, without a field of a pool.', async () => {
  const names: (string | undefined)[] = [];
  let stored = '';
  const recording: Db = {
    kind: db.kind,
    query(sql, params, priority) {
      names.push(nameIn(sql));
      stored = String(params?.[0]);
      return db.query(sql, params, priority);
    },
    transaction: () => Promise.reject(new Error('A send needs no transaction')),
    wake: (topic) => db.wake(topic),
    onWake: (topic, listener) => db.onWake(topic, listener),
    close: () => db.close(),
  };
  const accept = accepting(recording, undefined, recording);
  const request = { sendFrom, to: ['+15551234567'], messageType: 'SMS' as const, text: 'x' };
  await accept(clientId, 'first of process', request);
  names.length = 0;
  await accept(clientId, 'second of process', request);
  expect(names).toEqual(['messages.accept']);
  expect(stored).toContain('"text":"x"');
  expect(stored).not.toContain('poolId');
});

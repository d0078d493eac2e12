import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestClient, type TestClient } from '../../test/support/clients.ts';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { NO_MEDIA, routing } from '../../test/support/media.ts';
import { NO_POOLS, NO_SCHEDULE } from '../../test/support/pools.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createMetrics } from '../app/metrics.ts';
import type { Db } from '../db/db.ts';
import { createAutoReplies } from '../identity/auto-replies.ts';
import { createAccept } from '../messages/lifecycle/accept.ts';
import { createNumbers, type Numbers } from '../numbers/numbers.ts';
import { OptOuts } from '../optouts/optouts.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { Admission } from '../policies/admission.ts';
import { Backlog } from '../queue/backlog.ts';
import { Queue } from '../queue/queue.ts';
import { Inbound } from './inbound.ts';
import { createReplies } from './replies.ts';

let store: TestStore;
let db: Db;
let clientId: string;
let numberId: string;
let numbers: Numbers;
let apiClients: TestClient['apiClients'];
let parts: Parameters<typeof createReplies>[0];
let inbound: Inbound;
let worker: ReturnType<typeof createReplies> | undefined;
let from: string;
let count = 0;
const limits = { perClient: 1_000, perNumber: 1_000 };
const clock = new TestClock();
const ids = createIds(clock);
const OWNED = '+15035550211';

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const log = createLog('silent');
  const metrics = createMetrics(new Registry());
  const created = await createTestClient({ db, ids, clock }, 'Ça va');
  apiClients = created.apiClients;
  clientId = created.client.id;
  numbers = createNumbers({ db, ids, clock });
  const [number] = await numbers.import([{ e164: OWNED, apiClientId: clientId, campaignRegId: 'camp' }]);
  numberId = number?.numberId as string;
  const queue = new Queue({ db, clock, holder: testHolder });
  const optOuts = new OptOuts({ db, clock, metrics, ...NO_POOLS });
  const backlog = new Backlog({ db, clock, log });
  // Replies are sent also while the client's own messages are rejected.
  const shedding = { check: () => Promise.reject(new Error('not asked for a reply')) };
  const admission = new Admission({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    optOuts,
    backlog,
    limits,
    delaySeconds: () => undefined,
    shedding,
  });
  const accept = createAccept({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    db,
    queue,
    backlog,
    admission,
    numbers,
    ids,
    clock,
    media: NO_MEDIA,
    routing,
  });
  parts = { db, queue, accept, autoReplies: createAutoReplies({ db, clock }), clock, log, metrics, pollMs: 10 };
  inbound = new Inbound({ ...NO_POOLS, db, numbers, optOuts, queue, ids, clock, log, metrics, ...NO_MEDIA });
});
beforeEach(() => {
  count += 1;
  from = `+1555300${String(count).padStart(4, '0')}`;
});
afterEach(() => worker?.stop());
afterAll(async () => {
  await db.close();
  await store.drop();
});

const write = (text: string) =>
  inbound.takeWhole('acme', { carrierRef: `${from} ${text}`, from, to: OWNED, messageType: 'SMS', text, media: null });
const waiting = () => db.query(`select 1 from jobs where queue = 'replies'`, []);
const sent = () =>
  db.query<{ text: string; purpose: string }>(
    `select text, purpose from messages where direction = 'OUTBOUND' and to_address = $1 order by id`,
    [from],
  );

/** Runs the worker until no job waits. */
async function work(): Promise<void> {
  worker = createReplies(parts);
  worker.start();
  await expect.poll(async () => (await waiting()).length).toBe(0);
  await worker.stop();
}

test('A reply is sent exactly once, even if the process that stored the message has ended.', async () => {
  await write('STOP');
  expect([(await waiting()).length, await sent()]).toEqual([1, []]);
  await work();
  await work();
  expect(await sent()).toEqual([
    {
      text: 'Ça va: You are unsubscribed and will receive no more messages. Reply START to resubscribe.',
      purpose: 'OPT_OUT_REPLY',
    },
  ]);
});

test('A reply whose process died after the accept is not sent again.', async () => {
  const { messageId: id } = await write('HELP');
  const text = 'The text as it was then';
  const request = { sendFrom: numberId, to: [from], messageType: 'SMS' as const, text, smartEncoding: true };
  await parts.accept(clientId, `HELP_REPLY/${id}`, request, 'HELP_REPLY');
  await work();
  expect(await sent()).toEqual([{ text, purpose: 'HELP_REPLY' }]);
});

test('A reply waits while the backlog of its number is full, and is sent when capacity is free.', async () => {
  limits.perNumber = 0;
  await write('STOP');
  worker = createReplies(parts);
  worker.start();
  const postponed = () =>
    db.query(`select 1 from jobs where queue = 'replies' and run_at > $1`, [new Date(clock.now())]);
  await expect.poll(async () => (await postponed()).length).toBe(1);
  await worker.stop();
  expect(await sent()).toEqual([]);
  limits.perNumber = 1_000;
  clock.advance(11_000);
  await work();
  expect(await sent()).toHaveLength(1);
});

test('A reply that is a day late is not sent.', async () => {
  await write('HELP');
  clock.advance(25 * 3_600_000);
  await work();
  expect(await sent()).toEqual([]);
});

test('A suspended client or an inactive number sends no reply, but the opt-out is stored.', async () => {
  await apiClients.update(clientId, { status: 'SUSPENDED' });
  await write('STOP');
  await work();
  await apiClients.update(clientId, { status: 'ACTIVE' });
  await numbers.update(numberId, { status: 'INACTIVE' });
  await write('HELP');
  await work();
  await numbers.update(numberId, { status: 'ACTIVE' });
  expect(await sent()).toEqual([]);
  expect(await db.query('select origin from opt_outs where recipient = $1', [from])).toEqual([{ origin: 'HANDSET' }]);
});

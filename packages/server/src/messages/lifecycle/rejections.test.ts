import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { nameIn } from '#db/statement.ts';
import { createNumbers } from '#numbers/numbers.ts';
import { createOptOutMetrics } from '#optouts/metrics.ts';
import { OptOuts } from '#optouts/optouts.ts';
import { rateLimited } from '#platform/errors.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { Admission } from '#policies/admission.ts';
import { Backlog } from '#queue/backlog.ts';
import { Queue } from '#queue/queue.ts';
import { createTestClient } from '../../../test/support/clients.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { testHolder } from '../../../test/support/holder.ts';
import { NO_MEDIA, routing } from '../../../test/support/media.ts';
import { NO_POOLS, NO_SCHEDULE } from '../../../test/support/pools.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import type { SendRequest } from '../request/send-request.ts';
import { createAccept } from './accept.ts';
import type { Routing } from './routes.ts';

let store: TestStore;
let db: Db;
const clock = new TestClock();
const ids = createIds(clock);
/** Clients with a number each. */
const senders: { clientId: string; numberId: string }[] = [];

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const numbers = createNumbers({ db, ids, clock });
  for (const e164 of ['+15035550301', '+15035550302']) {
    const { client } = await createTestClient({ db, ids, clock }, e164);
    const [number] = await numbers.import([{ e164, apiClientId: client.id, campaignRegId: 'camp' }]);
    senders.push({ clientId: client.id, numberId: number?.numberId as string });
  }
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

interface Given {
  /** Error for all sends. */
  refusal?: Error;
  router?: Routing;
  /** Called with each statement. */
  onQuery?: (sql: string, params: readonly unknown[] | undefined) => void;
}

function accepting({ refusal, router = routing, onQuery }: Given = {}) {
  const backlog = new Backlog({ db, clock, log: createLog('silent') });
  const admission = new Admission({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    backlog,
    limits: { perClient: 10_000, perNumber: 10_000 },
    delaySeconds: () => undefined,
    optOuts: new OptOuts({ ...NO_POOLS, ...NO_SCHEDULE, db, clock, metrics: createOptOutMetrics(new Registry()) }),
    shedding: { check: () => (refusal ? Promise.resolve(refusal as never) : undefined) },
  });
  const observed: Db = {
    kind: db.kind,
    query(sql, params, priority) {
      onQuery?.(sql, params);
      return db.query(sql, params, priority);
    },
    transaction: () => Promise.reject(new Error('A send needs no transaction')),
    wake: (topic) => db.wake(topic),
    onWake: (topic, listener) => db.onWake(topic, listener),
    close: () => db.close(),
  };
  return createAccept({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    ...{ db: observed, backlog, admission, ids, clock, media: NO_MEDIA, routing: router },
    queue: new Queue({ db, clock, holder: testHolder }),
    numbers: createNumbers({ db, ids, clock }),
  });
}

const [FIRST, SECOND] = [0, 1];
const clientOf = (n: number) => senders[n]?.clientId as string;
const request = (n: number, to: string[], more: Partial<SendRequest> = {}): SendRequest => ({
  ...{ sendFrom: senders[n]?.numberId as string, to, messageType: 'SMS', text: 'secret text' },
  ...more,
});

/** Stored rejections with a reference. */
const stored = (externalReference: string) =>
  db.query<{ client: string; key: string; to: string; code: string }>(
    `select api_client_id as client, idempotency_key as key, recipient as "to", error_code as code
     from rejections where external_reference = $1 order by id`,
    [externalReference],
  );

test('A rejected recipient is stored with the request that named it, and without the text.', async () => {
  const { rejected } = await accepting()(
    clientOf(FIRST),
    'whole row',
    request(FIRST, ['x'], { externalReference: 'r' }),
  );
  expect(rejected).toEqual(['INVALID_RECIPIENT']);
  const [row] = await db.query<object>(`select * from rejections where external_reference = 'r'`, []);
  expect(row).toEqual({
    id: expect.stringMatching(/^rej_[0-9A-Z]{26}$/),
    ...{ api_client_id: clientOf(FIRST), number_id: senders[FIRST]?.numberId, from_address: '+15035550301' },
    ...{ pool_id: null, recipient: 'x', error_code: 'INVALID_RECIPIENT', external_reference: 'r' },
    error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
    ...{ idempotency_key: 'whole row', created_at: expect.any(Date) },
  });
});

test('Rejected recipients are stored by the statement of the accept. Without them, it has no field for them.', async () => {
  const seen: string[] = [];
  const accept = accepting({
    onQuery(sql, params) {
      if (nameIn(sql)?.startsWith('messages.')) seen.push(`${nameIn(sql)} ${params?.[0]}`);
    },
  });
  await accept(clientOf(FIRST), 'none rejected', request(FIRST, ['+15557770001']));
  await accept(clientOf(FIRST), 'some rejected', request(FIRST, ['+15557770001', 'invalid']));
  expect(seen).toEqual([
    expect.stringMatching(/^messages\.accept (?!.*rejections)/),
    expect.stringMatching(/^messages\.acceptRejecting .*"rejections":\[\{"id":"rej_/),
  ]);
});

test('Many concurrent requests store the rejected recipients of each new request once, and of a repeated one never.', async () => {
  const accept = accepting();
  const externalReference = 'batch';
  const send = (n: number, key: string, to: string[]) =>
    accept(clientOf(n), key, request(n, to, { externalReference }));
  await send(FIRST, 'key 3', ['+15557770003', 'invalid 3']);
  // Other processes accept at the same time, so that keys conflict within the store and not only within a process.
  const elsewhere = accepting();
  const sends = Array.from({ length: 60 }, (_, n) => {
    const to = n % 3 === 0 ? [`invalid ${n}`] : [`+155577700${String(n).padStart(2, '0')}`, `invalid ${n}`];
    if (n === 3) to.unshift('+15557770003');
    const both = [FIRST, SECOND].map((client) => send(client, `key ${n}`, to));
    return [...both, elsewhere(clientOf(FIRST), `key ${n}`, request(FIRST, to, { externalReference }))];
  });
  const results = await Promise.all(sends.flat());
  expect(results.filter(({ replayed }) => replayed)).toHaveLength(61);
  expect(results.flatMap(({ rejected }) => rejected)).toHaveLength(119);
  for (const n of [FIRST, SECOND]) {
    const own = (await stored('batch')).filter(({ client }) => client === clientOf(n));
    expect(own.map(({ key, to }) => `${key}: ${to}`).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, i) => `key ${i}: invalid ${i}`).toSorted(),
    );
  }
});

test('A request that the policies reject stores nothing, and its key can be used later.', async () => {
  const refusal = rateLimited('overloaded', 2);
  const overloaded = request(FIRST, ['+15557770001', 'invalid'], { externalReference: 'refused' });
  await expect(accepting({ refusal })(clientOf(FIRST), 'refused', overloaded)).rejects.toBe(refusal);
  expect(await stored('refused')).toEqual([]);
  expect((await accepting()(clientOf(FIRST), 'refused', overloaded)).replayed).toBe(false);
  expect(await stored('refused')).toHaveLength(1);
});

test('A request whose recipients are all rejected stores them and no message.', async () => {
  const all = request(FIRST, ['one', 'two', 'one'], { externalReference: 'all' });
  const accept = accepting();
  const { body, messages } = await accept(clientOf(FIRST), 'all', all);
  expect([JSON.parse(body).results, messages]).toEqual([[], 0]);
  expect((await stored('all')).map(({ to, code }) => [to, code])).toEqual(
    ['one', 'two', 'one'].map((to) => [to, 'INVALID_RECIPIENT']),
  );
  expect(await db.query(`select 1 from messages where external_reference = 'all'`, [])).toEqual([]);
  expect((await accept(clientOf(FIRST), 'all', all)).rejected).toEqual([]);
  expect(await stored('all')).toHaveLength(3);
});

test('A recipient that no carrier can reach is stored like an invalid one.', async () => {
  const router = { ...routing, routeAll: (_: unknown, to: readonly string[]) => to.map(() => undefined) };
  const unroutable = request(FIRST, ['+15557770001'], { externalReference: 'unroutable' });
  expect((await accepting({ router })(clientOf(FIRST), 'unroutable', unroutable)).rejected).toEqual(['NO_ROUTE']);
  expect(await stored('unroutable')).toMatchObject([{ to: '+15557770001', code: 'NO_ROUTE' }]);
});

test('A rejected automatic reply is not stored, because no client has sent it.', async () => {
  const reply = request(FIRST, ['RedBank'], { externalReference: 'reply' });
  const { body, rejected } = await accepting()(clientOf(FIRST), 'HELP_REPLY/msg_1', reply, 'HELP_REPLY');
  expect(JSON.parse(body).errors).toHaveLength(1);
  expect([rejected, await stored('reply')]).toEqual([[], []]);
});

test('1,000 rejected recipients are stored by one statement, in the order of the request.', async () => {
  const to = Array.from({ length: 1_000 }, (_, n) => `invalid ${n}`);
  let statements = 0;
  const onQuery = (sql: string) => {
    statements += nameIn(sql)?.startsWith('messages.accept') ? 1 : 0;
  };
  await accepting({ onQuery })(clientOf(FIRST), 'thousand', request(FIRST, to, { externalReference: 'thousand' }));
  expect(statements).toBe(1);
  expect((await stored('thousand')).map((row) => row.to)).toEqual(to);
});

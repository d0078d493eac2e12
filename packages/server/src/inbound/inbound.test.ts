import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestClient } from '../../test/support/clients.ts';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { NO_MEDIA } from '../../test/support/media.ts';
import { NO_POOLS } from '../../test/support/pools.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createMetrics } from '../app/metrics.ts';
import type { InboundMessage } from '../carriers/carrier.ts';
import type { Db } from '../db/db.ts';
import { createNumbers, type Numbers } from '../numbers/numbers.ts';
import { OptOuts } from '../optouts/optouts.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { OPT_IN_REPLY, OPT_OUT_REPLY } from '../queue/job.ts';
import { Queue } from '../queue/queue.ts';
import { Inbound } from './inbound.ts';

let store: TestStore;
let db: Db;
let inbound: Inbound;
let optOuts: OptOuts;
let queue: Queue;
let numbers: Numbers;
let owner: { apiClientId: string; numberId: string };
const clock = new TestClock();
const ids = createIds(clock);
const registry = new Registry();
const metrics = createMetrics(registry);
const OWNED = '+15035550111';

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  numbers = createNumbers({ db, ids, clock });
  const { client } = await createTestClient({ db, ids, clock }, 'Inbound');
  const [owned] = await numbers.import([{ e164: OWNED, apiClientId: client.id }, { e164: '+15035550112' }]);
  owner = { apiClientId: client.id, numberId: owned?.numberId as string };
  queue = new Queue({ db, clock, holder: testHolder });
  optOuts = new OptOuts({ db, clock, metrics, scopeOf: NO_POOLS.scopeOf });
  inbound = new Inbound(shared());
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

const shared = () => ({
  db,
  numbers,
  optOuts,
  queue,
  ids,
  clock,
  log: createLog('silent'),
  metrics,
  ...NO_MEDIA,
  ...NO_POOLS,
});

const message = (carrierRef: string, to = OWNED, text = 'hello'): InboundMessage => ({
  carrierRef,
  from: '+15550000009',
  to,
  messageType: 'SMS',
  text,
  media: null,
});

async function kept(carrierRef: string) {
  return db.query<{ clientId: string | null; text: string; events: number }>(
    `select m.api_client_id as "clientId", m.text,
       (select count(*)::int from events e where e.message_id = m.id and e.type = 'message.inbound') as events
     from messages m where m.provider_message_ref = $1`,
    [carrierRef],
  );
}

test("A message to a client's number is stored with one event.", async () => {
  await inbound.take('acme', message('in-1'));
  expect(await kept('in-1')).toEqual([{ clientId: expect.stringMatching(/^client_/), text: 'hello', events: 1 }]);
});

test('A repeated carrier reference adds no message, unless it is from another carrier.', async () => {
  await Promise.all([inbound.take('acme', message('in-2')), inbound.take('acme', message('in-2'))]);
  await inbound.take('acme', message('in-2', OWNED, 'changed'));
  expect(await kept('in-2')).toHaveLength(1);
  await inbound.take('other', message('in-2'));
  expect(await kept('in-2')).toHaveLength(2);
});

test.each([
  ['an unknown number', '+15035559999'],
  ['a number of the inventory', '+15035550112'],
])('A message to %s is stored and counted, without an event.', async (name, to) => {
  await inbound.take('acme', message(name, to));
  expect(await kept(name)).toEqual([{ clientId: null, text: 'hello', events: 0 }]);
  expect(await registry.metrics()).toMatch(/redcloud_inbound_total\{carrier="acme",outcome="unassigned"\} [12]/);
});

test('Characters that the store does not accept are replaced in the text.', async () => {
  await inbound.take('acme', message('in-nul', OWNED, 'a\0b\ud83d'));
  expect((await kept('in-nul'))[0]?.text).toBe('a\ufffdb\ufffd');
});

describe('Keyword action', () => {
  const FROM = '+15550000009';
  const optedOut = async () =>
    (await optOuts.among({ ...owner, scopes: [owner.numberId], recipients: [FROM] })).has(FROM);
  const replies = () =>
    db.query<{ subject: string; ordinal: number }>(
      `select j.subject, j.ordinal from jobs j join messages m on m.id = j.subject where j.queue = 'replies' order by 1`,
      [],
    );
  beforeEach(async () => {
    await db.query(`delete from jobs where queue = 'replies'`, []);
    await optOuts.remove({ ...owner, recipient: FROM, origin: 'API' });
  });

  test('The opt-out holds as soon as the message is stored, together with the job of its reply.', async () => {
    expect(await optedOut()).toBe(false);
    await inbound.take('acme', message('stop-1', OWNED, 'Stop'));
    expect(await optedOut()).toBe(true);
    expect(await replies()).toEqual([{ subject: expect.stringMatching(/^msg_/), ordinal: OPT_OUT_REPLY }]);
  });

  test('A repeated message has no effect, even after another keyword.', async () => {
    await inbound.take('acme', message('stop-2', OWNED, 'STOP'));
    await inbound.take('acme', message('start-2', OWNED, 'START'));
    await Promise.all([1, 2].map(() => inbound.take('acme', message('stop-2', OWNED, 'STOP'))));
    expect(await optedOut()).toBe(false);
    expect((await replies()).map(({ ordinal }) => ordinal)).toEqual([OPT_OUT_REPLY, OPT_IN_REPLY]);
  });

  test('A keyword in segments is read when the message is complete.', async () => {
    const part = (part: number, text: string): InboundMessage => ({
      ...message(`stop-3-${part}`, OWNED, text),
      fragment: { group: 250, parts: 2, part },
    });
    await inbound.take('acme', part(2, 'OP'));
    expect(await optedOut()).toBe(false);
    await inbound.take('acme', part(1, 'ST'));
    expect(await optedOut()).toBe(true);
    expect(await replies()).toHaveLength(1);
  });

  test('Concurrent STOP messages make one opt-out and one reply.', async () => {
    await Promise.all(['a', 'b', 'c'].map((ref) => inbound.take('acme', message(`stop-4-${ref}`, OWNED, 'STOP'))));
    expect(await replies()).toHaveLength(1);
  });

  test('A failed transaction stores neither the message nor the opt-out.', async () => {
    const failing = new Inbound({ ...shared(), queue: { ...queue, add: () => Promise.reject(new Error('no')) } });
    await expect(failing.take('acme', message('stop-5', OWNED, 'STOP'))).rejects.toThrow('no');
    expect([await optedOut(), await kept('stop-5')]).toEqual([false, []]);
    await inbound.take('acme', message('stop-5', OWNED, 'STOP'));
    expect(await optedOut()).toBe(true);
  });
});

describe('Message in segments', () => {
  let group = 0;
  const fragment = (part: number, text: string, parts = 3, more: Partial<InboundMessage> = {}): InboundMessage => ({
    ...message(`part-${group}-${part}-${Math.random()}`, OWNED, text),
    fragment: { group, parts, part },
    ...more,
  });
  const texts = async () =>
    (
      await db.query<{ text: string }>(
        `select text from messages where direction = 'INBOUND' and text like $1 order by created_at, id`,
        [`${group}:%`],
      )
    ).map(({ text }) => text);

  beforeEach(() => {
    group += 1;
  });

  test('The segments make one message with one event when all have arrived, in any order.', async () => {
    await inbound.take('acme', fragment(3, 'three'));
    await inbound.take('acme', fragment(1, `${group}:one `));
    expect(await texts()).toEqual([]);
    await inbound.take('acme', fragment(2, 'two '));
    expect(await texts()).toEqual([`${group}:one two three`]);
  });

  test('Concurrent segments are joined once.', async () => {
    const parts = ['one ', 'two ', 'three'].map((text, i) => fragment(i + 1, i === 0 ? `${group}:${text}` : text));
    await Promise.all([...parts, ...parts].map((one) => inbound.take('acme', one)));
    expect(await texts()).toEqual([`${group}:one two three`]);
  });

  test('A segment may end within a character.', async () => {
    await inbound.take('acme', fragment(1, `${group}:\ud83d`, 2));
    await inbound.take('acme', fragment(2, '\ude00', 2));
    expect(await texts()).toEqual([`${group}:😀`]);
  });

  test('A repeated segment begins no new message, and the same number with another text does.', async () => {
    await inbound.take('acme', fragment(1, `${group}:one `, 2));
    await inbound.take('acme', fragment(2, 'two', 2));
    await inbound.take('acme', fragment(2, 'two', 2));
    await inbound.take('acme', fragment(1, `${group}:other `, 2));
    await inbound.take('acme', fragment(2, 'one', 2));
    expect(await texts()).toEqual([`${group}:one two`, `${group}:other one`]);
  });

  test('Segments of another handset, number or carrier are not joined, even with the same group number.', async () => {
    await inbound.take('acme', fragment(1, `${group}:one `, 2));
    await inbound.take('acme', fragment(2, 'two', 2, { from: '+15550000008' }));
    await inbound.take('acme', fragment(2, 'two', 2, { to: '+15035550112' }));
    await inbound.take('other', fragment(2, 'two', 2));
    expect(await texts()).toEqual([]);
  });

  test('After two minutes the received segments of an incomplete message become the message.', async () => {
    await inbound.take('acme', fragment(1, `${group}:one `));
    await inbound.take('acme', fragment(3, 'three'));
    clock.advance(119_000);
    await inbound.sweep();
    expect(await texts()).toEqual([]);
    clock.advance(2_000);
    await Promise.all([inbound.sweep(), inbound.sweep()]);
    expect(await texts()).toEqual([`${group}:one three`]);
    await inbound.take('acme', fragment(3, 'three'));
    clock.advance(7_200_000);
    await inbound.sweep();
    expect(await db.query('select 1 from inbound_fragments', [])).toEqual([]);
  });
});

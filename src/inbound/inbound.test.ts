import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createKeys } from '../accounts/keys.ts';
import type { InboundMessage } from '../carriers/carrier.ts';
import type { Db } from '../db/db.ts';
import { createIds } from '../ids.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createNumbers } from '../numbers/numbers.ts';
import { createInbound } from './inbound.ts';

let store: TestStore;
let db: Db;
let inbound: ReturnType<typeof createInbound>;
const clock = new TestClock();
const ids = createIds(clock);
const metrics = createMetrics();
const OWNED = '+15035550111';

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const accounts = createAccounts({ db, keys: createKeys(Buffer.alloc(32)), ids, clock });
  const numbers = createNumbers({ db, ids, clock });
  const account = await accounts.createAccount('Inbound');
  const { client } = await accounts.createClient({ accountId: account.id, name: 'Inbound', capabilities: [] });
  await numbers.import([{ e164: OWNED, apiClientId: client.id }, { e164: '+15035550112' }]);
  inbound = createInbound({ db, numbers, ids, clock, log: createLog('silent'), metrics });
});
afterAll(async () => {
  await db.close();
  await store.drop();
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

test("a message to a client's number is kept, with one event", async () => {
  await inbound.take('acme', message('in-1'));
  expect(await kept('in-1')).toEqual([{ clientId: expect.stringMatching(/^client_/), text: 'hello', events: 1 }]);
});

test("a repeat of a carrier's reference is the same message; the same reference of another carrier is not", async () => {
  await Promise.all([inbound.take('acme', message('in-2')), inbound.take('acme', message('in-2'))]);
  await inbound.take('acme', message('in-2', OWNED, 'changed'));
  expect(await kept('in-2')).toHaveLength(1);
  await inbound.take('other', message('in-2'));
  expect(await kept('in-2')).toHaveLength(2);
});

test.each([
  ['an unknown number', '+15035559999'],
  ['a number of the inventory', '+15035550112'],
])('a message to %s is kept and counted, and tells nobody', async (name, to) => {
  await inbound.take('acme', message(name, to));
  expect(await kept(name)).toEqual([{ clientId: null, text: 'hello', events: 0 }]);
  expect(await metrics.registry.metrics()).toMatch(/redcloud_inbound_total\{carrier="acme",outcome="nobody"\} [12]/);
});

test('a text that the store cannot take is kept as well as it can be', async () => {
  await inbound.take('acme', message('in-nul', OWNED, 'a\0b\ud83d'));
  expect((await kept('in-nul'))[0]?.text).toBe('a\ufffdb\ufffd');
});

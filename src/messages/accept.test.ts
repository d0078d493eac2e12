import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createKeys } from '../accounts/keys.ts';
import type { Db } from '../db/db.ts';
import { rateLimited } from '../errors.ts';
import { createIds } from '../ids.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createNumbers } from '../numbers/numbers.ts';
import { createOptOuts } from '../optouts/optouts.ts';
import { Backlog } from '../queue/backlog.ts';
import { createQueue } from '../queue/queue.ts';
import { createAccept } from './accept.ts';

let store: TestStore;
let db: Db;
let clientId: string;
let sendFrom: string;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const accounts = createAccounts({ db, keys: createKeys(Buffer.alloc(32)), ids, clock });
  const account = await accounts.createAccount('Accept');
  const { client } = await accounts.createClient({ accountId: account.id, name: 'Accept', capabilities: [] });
  clientId = client.id;
  const numbers = createNumbers({ db, ids, clock });
  const [number] = await numbers.import([{ e164: '+15035550001', apiClientId: clientId, campaignRegId: 'camp' }]);
  sendFrom = number?.numberId as string;
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

test('a key that expires while it is being looked at is new: nothing is answered with 202 that is not stored', async () => {
  // As the janitor does it, between the two statements of accept.
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
  const accept = createAccept({
    db: expiring,
    queue: createQueue({ db, clock, holder: testHolder }),
    backlog: new Backlog({ db, clock, log: createLog('silent') }),
    limits: { perClient: 1_000, perNumber: 1_000 },
    numbers: createNumbers({ db, ids, clock }),
    optOuts: createOptOuts({ db, clock, metrics: createMetrics() }),
    ids,
    clock,
  });
  const request = { sendFrom, to: ['+15551234567'], messageType: 'SMS' as const, text: 'x' };
  for (let round = 0; round < 3; round += 1) {
    const { body, replayed } = await accept(clientId, 'expiring', request);
    const { messageId } = JSON.parse(body).results[0];
    expect(replayed).toBe(false);
    expect(await db.query('select 1 as stored from messages where id = $1', [messageId])).toHaveLength(1);
  }
});

test('while nothing new is taken, a repeat of what was accepted is answered, and a new send is refused', async () => {
  const accept = createAccept({
    db,
    queue: createQueue({ db, clock, holder: testHolder }),
    backlog: new Backlog({ db, clock, log: createLog('silent') }),
    limits: { perClient: 1_000, perNumber: 1_000 },
    numbers: createNumbers({ db, ids, clock }),
    optOuts: createOptOuts({ db, clock, metrics: createMetrics() }),
    ids,
    clock,
  });
  const request = { sendFrom, to: ['+15551234567'], messageType: 'SMS' as const, text: 'x' };
  const refused = rateLimited('overloaded', 2);
  const first = await accept(clientId, 'accepted before', request);
  const again = await accept(clientId, 'accepted before', request, refused);
  expect(again).toEqual({ body: first.body, replayed: true, messages: 0 });
  await expect(accept(clientId, 'new', request, refused)).rejects.toBe(refused);
  expect((await accept(clientId, 'new', request)).replayed).toBe(false);
});

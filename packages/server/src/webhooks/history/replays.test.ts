import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Db } from '#db/db.ts';
import { createStream } from '#events/stream.ts';
import { readEvents } from '#messages/lookup/events.ts';
import { createIds, type Ids } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { createTestClient } from '../../../test/support/clients.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { dayRows } from '../../../test/support/days.ts';
import { ownStore } from '../../../test/support/own-store.ts';
import { expireReplays } from './expire-replays.ts';
import { Replays } from './replays.ts';

const DAY_MS = 86_400_000;
const db = ownStore();

let clock: TestClock;
let ids: Ids;
/** Not started, so a replay runs until it is cancelled. */
let replays: Replays;
let client: string;

beforeEach(async () => {
  clock = new TestClock();
  ids = createIds(clock);
  client = (await createTestClient({ db: db(), ids, clock }, 'Client')).client.id;
  replays = new Replays(parts());
});

const parts = () => ({ db: db(), stream: createStream(db(), readEvents), ids, clock, log: createLog('silent') });
afterEach(() => {
  vi.useRealTimers();
});

const begin = () => replays.begin(client, 'MISSING', new Date(clock.now()));
const kept = () =>
  db().query<{ id: string }>('select id from webhook_replays where api_client_id = $1 order by id', [client]);

test('A client that begins 40 replays at once gets five of them.', async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, begin));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
});

test('A client that begins and cancels replays without a pause can begin 20 in a minute.', async () => {
  for (let i = 0; i < 20; i += 1) await replays.cancel(client, (await begin()).id);
  await expect(begin()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
  clock.advance(60_001);
  await begin();
});

test('All running replays and the latest 100 ended replays are kept.', async () => {
  const running = await begin();
  await db().query(
    `insert into webhook_replays (id, api_client_id, which, since, status, position, until, created_at, finished_at)
     select 'rpl_9_' || n, $1, 'FAILED', $2, case when n % 2 = 0 then 'DONE' else 'CANCELLED' end, 0, 0, $2, $2
     from generate_series(100, 229) as n`,
    [client, new Date(clock.now() - DAY_MS)],
  );
  const { id } = await begin();
  const ended = Array.from({ length: 100 }, (_, i) => `rpl_9_${i + 130}`);
  expect((await kept()).map((row) => row.id).sort()).toEqual([running.id, id, ...ended].sort());
});

test('A replay is removed 30 days after its end, and not while it runs.', async () => {
  const running = await begin();
  await replays.cancel(client, (await begin()).id);
  const expire = () => expireReplays({ db: db(), clock }).run();
  clock.advance(30 * DAY_MS - 1_000);
  await expire();
  expect(await kept()).toHaveLength(2);
  clock.advance(2_000);
  await expire();
  expect(await kept()).toEqual([{ id: running.id }]);
});

test('An event is replayed at most 100 times, by single replays and by replays of many events.', async () => {
  const { storeMessage } = dayRows(db);
  const jobs = () =>
    db().query<{ subject: string; attempt: number }>('select subject, attempt from jobs order by subject');
  const ids = ['msg_spent', 'msg_left'];
  for (const id of ids) await storeMessage(id, clock.now());
  await db().query(`update events set api_client_id = $1, position = 1 where message_id = any($2)`, [client, ids]);
  await db().query(
    `update webhook_attempts set outcome = 'GIVEN_UP', attempt = 99001 where message_id = 'msg_left'`,
    [],
  );
  await db().query(
    `update webhook_attempts set outcome = 'GIVEN_UP', attempt = 100005 where message_id = 'msg_spent'`,
    [],
  );
  const one = (messageId: string) => replays.one(client, 'num', { messageId, sequence: 1 });
  await expect(one('msg_spent')).rejects.toMatchObject({ code: 'CONFLICT' });
  await one('msg_left');
  expect(await jobs()).toEqual([{ subject: 'msg_left', attempt: 100_000 }]);
  await db().query('delete from jobs', []);
  const { id } = await replays.begin(client, 'FAILED', new Date(clock.now() - DAY_MS));
  replays.start();
  await expect.poll(async () => (await replays.find(client, id)).status).toBe('DONE');
  await replays.stop();
  expect(await replays.find(client, id)).toMatchObject({ examined: 2, replayed: 1 });
  expect(await jobs()).toEqual([{ subject: 'msg_left', attempt: 100_000 }]);
});

test('A replay that begins while a process ends its search for replays does not wait for the next poll.', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const searched = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const stepped = Promise.withResolvers<void>();
  const transaction: Db['transaction'] = async (work) => {
    const found = await db().transaction(work);
    searched.resolve();
    await released.promise;
    return found;
  };
  const onWake = db().onWake.bind(db());
  const searching = new Replays({
    ...parts(),
    db: { transaction, onWake, wake: () => stepped.resolve() } as Partial<Db> as Db,
  });
  searching.start();
  await searched.promise;
  const woken = new Promise<void>((resolve) => db().onWake('replays', resolve));
  const { id } = await begin();
  await woken;
  released.resolve();
  await stepped.promise;
  expect(await replays.find(client, id)).toMatchObject({ status: 'DONE' });
  await searching.stop();
});

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { asJson, DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import { createLog } from '../platform/log.ts';
import { Backlog, type Depth } from './backlog.ts';
import type { Lane, QueueName } from './job.ts';

let store: TestStore;
let opened: Db;
let clock: TestClock;
let db: ReturnType<typeof steered>;
let backlog: Backlog;

beforeAll(async () => {
  store = await testStore();
  opened = await store.open();
});
beforeEach(async () => {
  await opened.query('truncate jobs');
  clock = new TestClock();
  db = steered(opened);
  backlog = new Backlog({ db, clock, log: createLog('silent') });
});
afterEach(async () => {
  db.release();
  await backlog.stop();
});
afterAll(async () => {
  await opened.close();
  await store.drop();
});

/** Store that counts backlog queries, and delays them before or after their execution, or fails them. */
function steered(on: Db) {
  let looks = 0;
  let failure: Error | undefined;
  const held: { before: Promise<void> | undefined; after: Promise<void> | undefined } = {
    before: undefined,
    after: undefined,
  };
  let opens: (() => void)[] = [];
  return {
    kind: on.kind,
    async query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
      if (/leased_by is null/.test(sql)) looks += 1;
      await held.before;
      const rows = await on.query<R>(sql, params);
      await held.after;
      if (failure) throw failure;
      return rows;
    },
    transaction: <T>(work: (tx: Queryable) => Promise<T>) => on.transaction(work),
    wake: () => undefined,
    onWake: () => () => undefined,
    close: async () => undefined,
    looks: () => looks,
    hold(when: 'before' | 'after') {
      const { promise, resolve } = Promise.withResolvers<void>();
      held[when] ??= promise;
      opens.push(resolve);
    },
    release() {
      for (const open of opens) open();
      opens = [];
      held.before = undefined;
      held.after = undefined;
    },
    failWith(error: Error | undefined) {
      failure = error;
    },
  };
}

const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep, leased_by, lease)
  select queue, 'msg_' || gen_random_uuid(), 0, client, lane, "runAt", asleep, case when leased then 'prc' end, case when leased then 1 end
  from json_to_recordset($1::json) as r (queue text, client text, lane text, count integer, leased boolean, asleep boolean, "runAt" timestamptz)
    cross join lateral generate_series(1, count)`;

interface Added extends Lane {
  count: number;
  queue?: QueueName;
  leased?: boolean;
  asleep?: boolean;
  dueInMs?: number;
}

async function add(...rows: Added[]): Promise<void> {
  const full = rows.map(({ queue = 'outbound', leased = false, asleep = false, dueInMs = -1, ...row }) => ({
    ...row,
    queue,
    leased,
    asleep,
    runAt: new Date(clock.now() + dueInMs),
  }));
  await opened.query(ADD, [asJson(full)]);
}

const waiting = (client: string, lane: string) => backlog.waiting({ client, lane });

describe('Count of waiting messages', () => {
  test('Waiting messages are counted per client and per lane, due or not.', async () => {
    await add(
      { client: 'a', lane: 'x', count: 3 },
      { client: 'a', lane: 'y', count: 2, dueInMs: 60_000 },
      { client: 'b', lane: 'x', count: 1 },
    );
    expect(waiting('a', 'x')).toEqual({ ofClient: 0, ofLane: 0 });
    await backlog.refresh();
    expect(waiting('a', 'x')).toEqual({ ofClient: 5, ofLane: 3 });
    expect(waiting('a', 'y')).toEqual({ ofClient: 5, ofLane: 2 });
    expect(waiting('a', 'z')).toEqual({ ofClient: 5, ofLane: 0 });
    expect(waiting('b', 'x')).toEqual({ ofClient: 1, ofLane: 1 });
    expect(waiting('c', 'x')).toEqual({ ofClient: 0, ofLane: 0 });
  });

  test('Running jobs and jobs of other queues are not counted.', async () => {
    await add(
      { client: 'a', lane: 'x', count: 1 },
      { client: 'a', lane: 'x', count: 4, leased: true },
      { client: 'a', lane: 'x', count: 4, queue: 'webhooks' },
      { client: 'a', lane: 'x', count: 4, queue: 'outcomes' },
    );
    await backlog.refresh();
    expect(waiting('a', 'x')).toEqual({ ofClient: 1, ofLane: 1 });
  });

  test('An added message is counted at once, and only once after the next query.', async () => {
    await add({ client: 'a', lane: 'x', count: 2 });
    await backlog.refresh();
    await add({ client: 'a', lane: 'x', count: 3 });
    backlog.add({ client: 'a', lane: 'x' }, 3);
    backlog.add({ client: 'a', lane: 'y' }, 1);
    expect(waiting('a', 'x')).toEqual({ ofClient: 6, ofLane: 5 });
    expect(waiting('a', 'y')).toEqual({ ofClient: 6, ofLane: 1 });
    await backlog.refresh();
    expect(waiting('a', 'x')).toEqual({ ofClient: 5, ofLane: 5 });
    expect(waiting('a', 'y')).toEqual({ ofClient: 5, ofLane: 0 });
  });

  test('The count of a client falls when its backlog is worked off.', async () => {
    await add({ client: 'a', lane: 'x', count: 5 });
    await backlog.refresh();
    await opened.query('delete from jobs', []);
    await backlog.refresh();
    expect(waiting('a', 'x')).toEqual({ ofClient: 0, ofLane: 0 });
  });

  test('Clients and lanes with names that are equal when concatenated are counted separately.', async () => {
    await add({ client: 'a', lane: 'b\nc', count: 1 }, { client: 'ab', lane: 'c', count: 2 });
    await backlog.refresh();
    expect(waiting('a', 'b\nc')).toEqual({ ofClient: 1, ofLane: 1 });
    expect(waiting('ab', 'c')).toEqual({ ofClient: 2, ofLane: 2 });
    expect(waiting('a', 'bc')).toEqual({ ofClient: 1, ofLane: 0 });
  });
});

describe('Backlog query under way', () => {
  test('Messages added before or during a query are never missing, but may be counted twice.', async () => {
    await backlog.refresh();
    await add({ client: 'a', lane: 'x', count: 1 });
    backlog.add({ client: 'a', lane: 'x' }, 1);
    db.hold('before');
    const looked = backlog.refresh();
    expect(waiting('a', 'x').ofLane).toBe(1);
    await add({ client: 'a', lane: 'x', count: 10 });
    backlog.add({ client: 'a', lane: 'x' }, 10);
    expect(waiting('a', 'x').ofLane).toBe(11);
    db.release();
    await looked;
    expect(waiting('a', 'x').ofLane).toBe(21);
    await backlog.refresh();
    expect(waiting('a', 'x').ofLane).toBe(11);
  });

  test('Messages added after the execution of a query are not lost with its result.', async () => {
    db.hold('after');
    const looked = backlog.refresh();
    await expect.poll(() => db.looks()).toBe(1);
    await add({ client: 'a', lane: 'x', count: 4 });
    backlog.add({ client: 'a', lane: 'x' }, 4);
    db.release();
    await looked;
    expect(waiting('a', 'x').ofLane).toBe(4);
  });

  test('A query under way is shared by all callers.', async () => {
    await Promise.all([backlog.refresh(), backlog.refresh(), backlog.depths()]);
    expect(db.looks()).toBe(1);
    await backlog.refresh();
    expect(db.looks()).toBe(2);
  });

  test('A failed query leaves the counts unchanged, and loses no added message.', async () => {
    await add({ client: 'a', lane: 'x', count: 2 });
    await backlog.refresh();
    backlog.add({ client: 'a', lane: 'x' }, 3);
    db.failWith(new DatabaseUnavailable('away'));
    const looked = backlog.refresh();
    backlog.add({ client: 'a', lane: 'x' }, 10);
    await expect(looked).rejects.toThrow('away');
    expect(waiting('a', 'x')).toEqual({ ofClient: 15, ofLane: 15 });
    await expect(backlog.refresh()).rejects.toThrow('away');
    expect(waiting('a', 'x')).toEqual({ ofClient: 15, ofLane: 15 });
    db.failWith(undefined);
    await backlog.refresh();
    expect(waiting('a', 'x')).toEqual({ ofClient: 2, ofLane: 2 });
  });
});

test('Messages that this process added are never missing, for any order of additions and queries.', async () => {
  const lanes = [
    { client: 'a', lane: 'x' },
    { client: 'a', lane: 'y' },
    { client: 'b', lane: 'x' },
  ];
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.record({ lane: fc.constantFrom(...lanes), count: fc.integer({ min: 1, max: 5 }) }) },
    { weight: 1, arbitrary: fc.constantFrom('before' as const, 'after' as const, 'look' as const) },
    { weight: 2, arbitrary: fc.constant('release' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      await opened.query('truncate jobs');
      backlog = new Backlog({ db, clock, log: createLog('silent') });
      const truth = new Map<string, number>();
      const looks: Promise<void>[] = [];
      for (const one of acts) {
        if (one === 'before' || one === 'after') db.hold(one);
        else if (one === 'look') looks.push(backlog.refresh());
        else if (one === 'release') {
          db.release();
          await Promise.all(looks);
        } else {
          await add({ ...one.lane, count: one.count });
          backlog.add(one.lane, one.count);
          const key = JSON.stringify(one.lane);
          truth.set(key, (truth.get(key) ?? 0) + one.count);
        }
        for (const lane of lanes) {
          expect(backlog.waiting(lane).ofLane).toBeGreaterThanOrEqual(truth.get(JSON.stringify(lane)) ?? 0);
        }
      }
      db.release();
      await Promise.all(looks);
      await backlog.refresh();
      for (const lane of lanes) expect(backlog.waiting(lane).ofLane).toBe(truth.get(JSON.stringify(lane)) ?? 0);
    }),
    { numRuns: 40 },
  );
});

describe('Queue depths', () => {
  const sorted = async () => (await backlog.depths()).toSorted((a, b) => a.queue.localeCompare(b.queue));

  test('Queue depths have the waiting jobs, the running jobs and the age of the oldest due job.', async () => {
    await add(
      { client: 'a', lane: 'x', count: 2, dueInMs: -10_000 },
      { client: 'b', lane: 'x', count: 1, dueInMs: -20_000 },
      { client: 'b', lane: 'y', count: 1, dueInMs: 60_000 },
      { client: 'b', lane: 'y', count: 3, dueInMs: -90_000, leased: true },
      { client: 'a', lane: 'x', count: 1, dueInMs: 60_000, queue: 'webhooks' },
      { client: 'a', lane: 'x', count: 2, leased: true, queue: 'outcomes' },
    );
    expect(await sorted()).toEqual<Depth[]>([
      { queue: 'outbound', depth: 4, oldestAgeSeconds: expect.closeTo(20, 0) },
      { queue: 'webhooks', depth: 1, oldestAgeSeconds: 0 },
    ]);
    expect((await backlog.leased()).toSorted((a, b) => a.queue.localeCompare(b.queue))).toEqual([
      { queue: 'outbound', count: 3 },
      { queue: 'outcomes', count: 2 },
    ]);
  });

  test('Empty queues have no depth.', async () => {
    expect(await backlog.depths()).toEqual([]);
  });

  test('Queue depths query the store at most once per second.', async () => {
    for (let i = 0; i < 5; i += 1) await backlog.depths();
    expect(db.looks()).toBe(1);
  });

  test('Queue depths fail while the store is unavailable, instead of returning old values.', async () => {
    db.failWith(new DatabaseUnavailable('away'));
    await expect(backlog.depths()).rejects.toThrow('away');
  });
});

test('Due messages are counted by sender, without leased jobs, scheduled jobs and other queues.', async () => {
  const due = () => backlog.due().map(({ client, lane, due }) => [client, lane, due]);
  expect(due()).toEqual([]);
  await add(
    { client: 'a', lane: 'x', count: 3, dueInMs: -5_000 },
    { client: 'a', lane: 'x', count: 4, dueInMs: 30_000, asleep: true },
    { client: 'b', lane: 'y', count: 2, dueInMs: -7_000 },
    { client: 'b', lane: 'y', count: 1, dueInMs: -70_000, leased: true },
    { client: 'b', lane: 'y', count: 1, dueInMs: -70_000, queue: 'webhooks' },
    { client: 'b', lane: 'z', count: 1, dueInMs: 60_000, asleep: true },
  );
  await backlog.refresh();
  expect(due().toSorted()).toEqual([
    ['a', 'x', 3],
    ['b', 'y', 2],
  ]);
});

describe('Periodic backlog queries', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('Periodic queries run every second, even after a failed one, until they are stopped.', async () => {
    db.failWith(new DatabaseUnavailable('away'));
    backlog.start();
    vi.advanceTimersByTime(999);
    expect(db.looks()).toBe(0);
    vi.advanceTimersByTime(1);
    await backlog.refresh().catch(() => undefined);
    expect(db.looks()).toBe(1);
    db.failWith(undefined);
    await add({ client: 'a', lane: 'x', count: 1 });
    vi.advanceTimersByTime(1_000);
    await backlog.refresh();
    expect(db.looks()).toBe(2);
    expect(waiting('a', 'x').ofLane).toBe(1);
    await backlog.stop();
    vi.advanceTimersByTime(10_000);
    expect(db.looks()).toBe(2);
  });

  test('A stop of the backlog waits for the query under way.', async () => {
    db.hold('before');
    backlog.start();
    vi.advanceTimersByTime(1_000);
    expect(db.looks()).toBe(1);
    let stopped = false;
    const stop = backlog.stop().then(() => {
      stopped = true;
    });
    await opened.query('select 1', []);
    expect(stopped).toBe(false);
    db.release();
    await stop;
    vi.advanceTimersByTime(10_000);
    expect(db.looks()).toBe(1);
  });
});

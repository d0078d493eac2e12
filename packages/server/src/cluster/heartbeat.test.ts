import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { loadNothing } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { sized } from '../../test/support/thorough.ts';
import { DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { type Job, nameOf, OUTBOUND } from '../queue/job.ts';
import { Queue } from '../queue/queue.ts';
import { ALIVE_MS, Heartbeat } from './heartbeat.ts';

/** Heartbeat interval in milliseconds. */
const BEAT_MS = 1_500;
/** Maximum time in milliseconds from the last heartbeat of a process to the release of its leases. */
const TAKEN_OVER_MS = ALIVE_MS + BEAT_MS;

let store: TestStore;
/** One connection per process on PostgreSQL. The embedded store has one connection in total. */
let opened: Db[];
let clock: TestClock;
let processes: Process[];

beforeAll(async () => {
  store = await testStore();
  const first = await store.open();
  const more = first.kind === 'server' ? [await store.open(), await store.open()] : [first, first];
  opened = [first, ...more];
});
beforeEach(async () => {
  await db().query('truncate jobs, processes, binds');
  // Time passes only on request of the test, for the clock and for the timers of processes.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  clock = new TestClock();
  processes = [];
});
afterEach(async () => {
  for (const one of processes) one.restore();
  await Promise.all(processes.map(({ heartbeat }) => heartbeat.stop()));
  vi.useRealTimers();
});
afterAll(async () => {
  await Promise.all([...new Set(opened)].map((one) => one.close()));
  await store.drop();
});

const db = () => opened[0] as Db;

interface Process {
  heartbeat: Heartbeat;
  queue: Queue;
  /** Number of calls of `onAlive` and `onFreed`. */
  calls: { alive: number; freed: number };
  /** Makes the store unavailable for this process. */
  cut(): void;
  restore(): void;
  /** Number of statements under way. */
  busy(): number;
  /** Calls `before` ahead of each matching statement, to delay or reject it. */
  intercept(pattern: RegExp, before: () => Promise<void>): void;
}

/** Process at the common store, even if that is embedded. In production, an embedded store has only one process. */
function createProcess(kind: Db['kind'] = 'server'): Process {
  const on = opened[processes.length % opened.length] as Db;
  let away = false;
  let busy = 0;
  let intercepted: { pattern: RegExp; before(): Promise<void> } | undefined;

  async function under<T>(work: () => Promise<T>): Promise<T> {
    if (away) throw new DatabaseUnavailable('out of reach');
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
    }
  }
  const asking = (queryable: Queryable): Queryable =>
    ({
      query: async (sql: string, params?: readonly unknown[]) => {
        if (intercepted?.pattern.test(sql)) await intercepted.before();
        return queryable.query(sql, params);
      },
    }) as Queryable;
  const steered: Db = {
    kind,
    query: ((sql: string, params?: readonly unknown[]) => under(() => asking(on).query(sql, params))) as Db['query'],
    transaction: (work) => under(() => on.transaction((tx) => work(asking(tx)))),
    wake: () => undefined,
    onWake: () => () => undefined,
    close: async () => undefined,
  };
  const calls = { alive: 0, freed: 0 };
  const heartbeat = new Heartbeat({
    db: steered,
    clock,
    ids: createIds(clock),
    log: createLog('silent'),
    roles: ['api', 'outbound'],
    onFreed: () => {
      calls.freed += 1;
    },
  });
  heartbeat.onAlive(() => {
    calls.alive += 1;
  });
  const created: Process = {
    heartbeat,
    queue: new Queue({ db: steered, clock, holder: heartbeat }),
    calls,
    cut: () => {
      away = true;
    },
    restore: () => {
      away = false;
    },
    busy: () => busy,
    intercept: (pattern, before) => {
      intercepted = { pattern, before };
    },
  };
  processes.push(created);
  return created;
}

async function startProcess(kind?: Db['kind']): Promise<Process> {
  const created = createProcess(kind);
  await created.heartbeat.start();
  return created;
}

/** Resolves when no process has a statement under way. */
async function settled(): Promise<void> {
  do await nextTurn();
  while (processes.some(({ busy }) => busy() > 0));
}

/** Lets time pass in small steps. In each step, all processes do their due work. */
async function elapse(ms: number, then: () => void | Promise<void> = () => undefined): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    vi.advanceTimersByTime(Math.min(left, 250));
    await settled();
    await then();
  }
}

async function add(count: number): Promise<void> {
  const runAt = new Date(clock.now() - 1);
  const of = { client: 'client', lane: 'lane', ordinal: OUTBOUND, runAt };
  const queue = new Queue({ db: db(), clock, holder: { id: 'prc_none', epoch: 1, alive: () => true } });
  await queue.add(
    db(),
    'outbound',
    Array.from({ length: count }, (_, i) => ({ ...of, subject: `msg_${i}` })),
  );
}

async function claim({ queue }: Process, limit = 100): Promise<Job[]> {
  const { claimed } = await queue.claimer('outbound', loadNothing)(limit);
  return claimed.map(({ job }) => job);
}

async function bind(holder: string | null): Promise<void> {
  await db().query(`insert into binds (carrier, link, held_by) values ('carrier', 1, $1)`, [holder]);
}

const known = async () =>
  (await db().query<{ id: string }>('select id from processes order by id', [])).map(({ id }) => id);
const bound = async () =>
  (await db().query<{ heldBy: string }>('select held_by as "heldBy" from binds', []))[0]?.heldBy;
const leased = async () =>
  (await db().query<{ by: string }>('select leased_by as by from jobs where leased_by is not null', [])).map(
    ({ by }) => by,
  );
const idOf = ({ heartbeat }: Process) => heartbeat.id;

describe('Process with heartbeats', () => {
  test('A process is alive as soon as the store has its heartbeat, and not before.', async () => {
    const one = createProcess();
    expect(one.heartbeat.alive()).toBe(false);
    expect(await claim(one)).toEqual([]);
    await one.heartbeat.start();
    expect(one.heartbeat.alive()).toBe(true);
    expect(one.calls.alive).toBe(1);
    const rows = await db().query('select id, pid, roles, started_at as "startedAt" from processes', []);
    expect(rows).toEqual([
      { id: one.heartbeat.id, pid: process.pid, roles: ['api', 'outbound'], startedAt: new Date(clock.now()) },
    ]);
  });

  test('A process does not start without the store.', async () => {
    const one = createProcess();
    one.cut();
    await expect(one.heartbeat.start()).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(one.heartbeat.alive()).toBe(false);
  });

  test('A process with heartbeats stays alive and keeps its leases for any length of time.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(4);
    const jobs = await claim(one, 2);
    await bind(idOf(one));
    await elapse(60_000, () => expect([one, two].map(({ heartbeat }) => heartbeat.alive())).toEqual([true, true]));
    expect(await known()).toEqual([idOf(one), idOf(two)].toSorted());
    expect(await leased()).toEqual([idOf(one), idOf(one)]);
    expect(await bound()).toBe(idOf(one));
    expect(await one.queue.finish(db(), jobs)).toEqual(new Set(jobs.map(nameOf)));
    expect([one.calls, two.calls]).toEqual(Array(2).fill({ alive: 1, freed: 0 }));
  });

  test('A process survives one or two lost heartbeats.', async () => {
    const [one] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    for (let i = 0; i < 5; i += 1) {
      one.cut();
      await elapse(2 * BEAT_MS);
      one.restore();
      await elapse(BEAT_MS, () => expect(one.heartbeat.alive()).toBe(true));
    }
    expect(await leased()).toEqual([idOf(one)]);
  });

  test('A stopped process removes its heartbeat and sends no further ones.', async () => {
    const one = await startProcess();
    const stopped = one.heartbeat.stop();
    vi.advanceTimersByTime(BEAT_MS);
    await stopped;
    expect(one.heartbeat.alive()).toBe(false);
    expect(await claim(one)).toEqual([]);
    await elapse(3 * BEAT_MS);
    expect(await known()).toEqual([]);
  });

  test('A process that stops during a heartbeat removes it as well.', async () => {
    const one = await startProcess();
    const { promise, resolve } = Promise.withResolvers<void>();
    one.intercept(/insert into processes/, () => promise);
    vi.advanceTimersByTime(BEAT_MS);
    await nextTurn();
    expect(one.busy()).toBe(1);
    const stopped = one.heartbeat.stop();
    resolve();
    await stopped;
    expect(await known()).toEqual([]);
    expect(one.heartbeat.alive()).toBe(false);
  });

  test('A stopped process releases its leases at once.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await elapse(ALIVE_MS + BEAT_MS);
    await claim(one);
    await one.heartbeat.stop();
    await elapse(BEAT_MS);
    expect(await claim(two)).toMatchObject([{ interrupted: true }]);
  });
});

describe('Process without heartbeats', () => {
  test('An evicted process loses its link, its jobs are interrupted, and other processes are notified.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(3);
    const jobs = await claim(one, 2);
    await bind(idOf(one));
    await elapse(ALIVE_MS);
    one.cut();
    await elapse(TAKEN_OVER_MS);
    expect(await known()).toEqual([idOf(two)]);
    expect(await leased()).toEqual([]);
    expect(await bound()).toBe(null);
    // One call for the link, and one for the jobs.
    expect(two.calls.freed).toBe(2);
    const again = await claim(two);
    expect(again.map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted])).toEqual([
      [jobs[0]?.subject, 1, true],
      [jobs[1]?.subject, 1, true],
      ['msg_2', 1, false],
    ]);
  });

  test('A process is not evicted before its heartbeat has expired.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await elapse(ALIVE_MS);
    const said = clock.now();
    await one.heartbeat.renew();
    one.cut();
    await elapse(TAKEN_OVER_MS, async () => {
      const evicted = !(await known()).includes(idOf(one));
      if (evicted) expect(clock.now()).toBeGreaterThanOrEqual(said + ALIVE_MS);
      expect((await leased()).length).toBe(evicted ? 0 : 1);
    });
    expect(await known()).toEqual([idOf(two)]);
  });

  test('A process is not alive any more before another process can take its leases.', async () => {
    const [one] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await bind(idOf(one));
    await elapse(ALIVE_MS);
    one.cut();
    let silent = 0;
    await elapse(TAKEN_OVER_MS, async () => {
      if (!one.heartbeat.alive()) silent += 1;
      const taken = (await leased()).length === 0 || (await bound()) === null || !(await known()).includes(idOf(one));
      if (taken) expect(one.heartbeat.alive()).toBe(false);
    });
    expect(silent).toBeGreaterThan(0);
    expect(await leased()).toEqual([]);
  });

  test('A process is evicted once, and each of its jobs goes to one other process, despite concurrency.', async () => {
    const [one, two, three] = [await startProcess(), await startProcess(), await startProcess()];
    await add(40);
    await claim(one);
    await elapse(ALIVE_MS);
    one.cut();
    await elapse(TAKEN_OVER_MS);
    const claims = await Promise.all([two, three, two, three].map((by) => claim(by, 15)));
    expect(new Set(claims.flat().map(nameOf)).size).toBe(40);
    expect(claims.flat()).toHaveLength(40);
    expect(claims.flat().every(({ interrupted }) => interrupted)).toBe(true);
  });

  test('A process that returns after its eviction has lost its leases and begins a new epoch.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(2);
    const [job] = (await claim(one, 1)) as [Job];
    await elapse(ALIVE_MS);
    one.cut();
    await elapse(TAKEN_OVER_MS);
    one.restore();
    await elapse(BEAT_MS);
    expect(one.heartbeat.alive()).toBe(true);
    expect(one.calls.alive).toBe(2);
    expect(await known()).toEqual([idOf(one), idOf(two)].toSorted());
    expect(await one.queue.finish(db(), [job])).toEqual(new Set());
    expect(await claim(one)).toMatchObject([{ interrupted: true }, { interrupted: false }]);
  });

  test('A process that returns before its eviction keeps its leases.', async () => {
    const one = await startProcess();
    await add(1);
    const jobs = await claim(one);
    one.cut();
    await elapse(60_000);
    expect(one.heartbeat.alive()).toBe(false);
    one.restore();
    await elapse(BEAT_MS);
    expect(one.calls.alive).toBe(2);
    expect(await one.queue.finish(db(), jobs)).toEqual(new Set(jobs.map(nameOf)));
  });
});

describe('Process after an outage of the store', () => {
  /** Makes the store unavailable for all of `them`, for `ms` milliseconds. */
  async function away(ms: number, ...them: Process[]): Promise<void> {
    for (const one of them) one.cut();
    await elapse(ms);
    for (const one of them) one.restore();
  }

  test.each([ALIVE_MS + BEAT_MS, 20_000, 120_000])(
    'After %i ms without the store, no returning process is evicted and all leases are kept.',
    async (ms) => {
      const all = [await startProcess(), await startProcess(), await startProcess()] as const;
      await add(3);
      const jobs = await Promise.all(all.map((one) => claim(one, 1)));
      await bind(idOf(all[0]));
      await elapse(ALIVE_MS);
      await away(ms, ...all);
      for (const one of all) expect(one.heartbeat.alive()).toBe(false);
      await elapse(30_000);
      expect((await leased()).toSorted()).toEqual(all.map(idOf).toSorted());
      expect(await bound()).toBe(idOf(all[0]));
      for (const [i, one] of all.entries()) expect((await one.queue.finish(db(), jobs[i] ?? [])).size).toBe(1);
      expect(all.map(({ calls }) => calls)).toEqual(Array(3).fill({ alive: 2, freed: 0 }));
    },
  );

  test('A process evicts another one only after it has itself been alive for a heartbeat lifetime.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await elapse(ALIVE_MS);
    one.cut();
    two.cut();
    await elapse(30_000);
    two.restore();
    const back = clock.now();
    await elapse(ALIVE_MS + 2 * BEAT_MS, async () => {
      if (clock.now() < back + ALIVE_MS) expect(await leased()).toEqual([idOf(one)]);
    });
    expect(await leased()).toEqual([]);
  });

  test('A new process evicts no other process before it has been alive for a full heartbeat lifetime.', async () => {
    const one = await startProcess();
    await add(1);
    await claim(one);
    one.cut();
    await elapse(TAKEN_OVER_MS);
    const newcomer = await startProcess();
    const came = clock.now();
    await elapse(ALIVE_MS + BEAT_MS, async () => {
      if (clock.now() < came + ALIVE_MS) expect(await leased()).toEqual([idOf(one)]);
    });
    expect(await leased()).toEqual([]);
    expect(await known()).toEqual([idOf(newcomer)]);
  });

  test('A returning process is not evicted after an outage slightly shorter than a heartbeat lifetime.', async () => {
    const one = await startProcess();
    await elapse(BEAT_MS - 250);
    const two = await startProcess();
    await add(1);
    await claim(one);
    await elapse(2 * ALIVE_MS - (BEAT_MS - 250));
    // `one` has just sent a heartbeat, and `two` will not for a while. Then both are without the store for 5 s.
    await elapse(BEAT_MS - 250);
    await away(5_250, one, two);
    // `two` returns first, within its heartbeat lifetime, and `one` a moment later.
    one.cut();
    await two.heartbeat.renew();
    await elapse(1_000);
    one.restore();
    await elapse(BEAT_MS);
    expect(await leased()).toEqual([idOf(one)]);
  });

  test('A returning process is not evicted after the store has delayed all processes.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await elapse(2 * ALIVE_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const each of [one, two]) each.intercept(/insert into processes/, () => promise);
    vi.advanceTimersByTime(BEAT_MS);
    await nextTurn();
    vi.advanceTimersByTime(15_000);
    resolve();
    await settled();
    await elapse(30_000);
    expect(await leased()).toEqual([idOf(one)]);
  });
});

describe('Leases of an unknown process', () => {
  test('Links and jobs of an unknown process are released within half a minute, jobs as interrupted.', async () => {
    const one = await startProcess();
    await elapse(2 * ALIVE_MS);
    await add(2);
    const mine = await claim(one, 1);
    await db().query(`update jobs set leased_by = 'prc_gone', lease = 3, attempt = 1 where leased_by is null`, []);
    await bind('prc_gone');
    await elapse(30_000 + BEAT_MS);
    expect(await leased()).toEqual([idOf(one)]);
    expect(await bound()).toBe(null);
    // One call for the links, and one for the jobs.
    expect(one.calls.freed).toBe(2);
    expect(await claim(one)).toMatchObject([{ attempt: 1, interrupted: true }]);
    expect((await one.queue.finish(db(), mine)).size).toBe(1);
  });

  test('A new process releases the leases of an unknown process as soon as it may evict.', async () => {
    await add(1);
    await db().query(`update jobs set leased_by = 'prc_gone', lease = 3, attempt = 1`, []);
    await startProcess();
    await elapse(ALIVE_MS - 250);
    expect(await leased()).toEqual(['prc_gone']);
    await elapse(BEAT_MS);
    expect(await leased()).toEqual([]);
  });

  test('Leases of an unknown process are released together with the next eviction.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await elapse(2 * ALIVE_MS);
    await add(1);
    await db().query(`update jobs set leased_by = 'prc_gone', lease = 3, attempt = 1`, []);
    one.cut();
    await elapse(TAKEN_OVER_MS);
    expect(await leased()).toEqual([]);
    expect(two.calls.freed).toBe(1);
  });
});

describe.skipIf(!process.env['TEST_DATABASE_URL'])(
  'Process that stopped within a transaction [needs TEST_DATABASE_URL]',
  () => {
    test('A process that stopped within a transaction blocks only its locked jobs until that ends.', async () => {
      const [one, two] = [await startProcess(), await startProcess()];
      await add(3);
      const [locked] = await claim(one);
      await bind(idOf(one));
      await elapse(ALIVE_MS);
      const { promise: resumed, resolve: resume } = Promise.withResolvers<void>();
      const locking = Promise.withResolvers<void>();
      const transaction = (opened[0] as Db).transaction(async (tx) => {
        await tx.query('select from jobs where subject = $1 for update', [locked?.subject]);
        locking.resolve();
        await resumed;
      });
      await locking.promise;
      one.cut();
      await elapse(TAKEN_OVER_MS);
      const meanwhile = [await leased(), await bound(), two.calls.freed];
      resume();
      await transaction;
      expect(meanwhile).toEqual([[idOf(one)], null, 2]);
      await elapse(BEAT_MS);
      expect(await leased()).toEqual([]);
    });
  },
);

describe('Failed or slow eviction', () => {
  test('A failed eviction is repeated at the next interval.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await elapse(ALIVE_MS);
    let failures = 1;
    two.intercept(/set leased_by = null, lease = null, interrupted = true\n/, async () => {
      failures -= 1;
      if (failures >= 0) throw new DatabaseUnavailable('away');
    });
    one.cut();
    await elapse(TAKEN_OVER_MS + BEAT_MS);
    expect(failures).toBeLessThan(0);
    expect(await leased()).toEqual([]);
  });

  test('A slow eviction does not delay the heartbeat of its own process.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    await elapse(ALIVE_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    // As when the dead process stopped within a transaction that has locked one of its jobs.
    let held = 0;
    two.intercept(/set leased_by = null, lease = null, interrupted = true\n/, () => {
      held = 1;
      return promise;
    });
    one.cut();
    for (let i = 0; i < 20; i += 1) {
      vi.advanceTimersByTime(1_000);
      // The eviction stays blocked, and all other statements are answered.
      do await nextTurn();
      while (two.busy() > held);
    }
    const alive = two.heartbeat.alive();
    resolve();
    await settled();
    expect(alive).toBe(true);
  });
});

describe('Start of a process', () => {
  test('A start on an embedded store evicts all other processes, regardless of their heartbeats.', async () => {
    const before = await startProcess();
    await add(2);
    await claim(before, 1);
    await bind(idOf(before));
    const after = await startProcess('embedded');
    expect(await known()).toEqual([idOf(after)]);
    expect(await leased()).toEqual([]);
    expect(await bound()).toBe(null);
    expect(await claim(after)).toMatchObject([{ interrupted: true }, { interrupted: false }]);
  });

  test('A start on an embedded store releases the leases of unknown processes.', async () => {
    await add(1);
    await db().query(`update jobs set leased_by = 'prc_gone', lease = 3, attempt = 1`, []);
    await bind('prc_gone');
    const after = await startProcess('embedded');
    expect(await bound()).toBe(null);
    expect(await claim(after)).toMatchObject([{ attempt: 1, interrupted: true }]);
  });

  test('A start on a server evicts no process.', async () => {
    const before = await startProcess();
    await add(1);
    await claim(before);
    await startProcess('server');
    expect(await leased()).toEqual([idOf(before)]);
  });
});

/**
 * Processes lose and regain the store, claim and finish, at random. A process that has been alive since a claim still
 * has the job, and no other process gets it. In the end, each job was finished once.
 */
test('Random outages of the store take no job from a live process, give no job to two, and lose no job.', async () => {
  const who = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('elapse' as const), who, ms: fc.integer({ min: 250, max: 4_000 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), who, ms: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), who, ms: fc.constant(0) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('claim' as const), who, ms: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('finish' as const), who, ms: fc.constant(0) }) },
  );
  const COUNT = 12;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      for (const one of processes) await one.heartbeat.stop();
      processes.length = 0;
      await db().query('truncate jobs, processes');
      await add(COUNT);
      const all = [await startProcess(), await startProcess(), await startProcess()];
      /** Jobs of each process, and whether the process has been alive since the claim. */
      const hands = all.map(() => new Map<string, { job: Job; since: boolean }>());
      const finished: string[] = [];

      async function check(): Promise<void> {
        const rows = await db().query<{ subject: string; by: string; lease: number }>(
          'select subject, leased_by as by, lease from jobs where leased_by is not null',
          [],
        );
        for (const [i, one] of all.entries()) {
          for (const hand of hands[i]?.values() ?? []) {
            hand.since &&= one.heartbeat.alive();
            if (!hand.since) continue;
            const { subject, lease } = hand.job;
            expect(rows.filter((row) => row.subject === subject)).toEqual([{ subject, by: idOf(one), lease }]);
          }
        }
      }

      async function take({ kind, who, ms }: { kind: string; who: number; ms: number }): Promise<void> {
        const [one, hand] = [all[who] as Process, hands[who] as Map<string, { job: Job; since: boolean }>];
        if (kind === 'cut') one.cut();
        if (kind === 'restore') one.restore();
        if (kind === 'elapse') await elapse(ms, check);
        if (kind === 'claim') {
          for (const job of await claim(one, 2).catch(() => [])) hand.set(nameOf(job), { job, since: true });
        }
        if (kind === 'finish') {
          for (const { job } of [...hand.values()]) {
            const held = await one.queue.finish(one.heartbeat.alive() ? db() : none, [job]).catch(() => undefined);
            if (!held) continue;
            finished.push(...held);
            hand.delete(nameOf(job));
          }
        }
        await check();
      }

      for (const one of steps) await take(one);
      for (const one of all) one.restore();
      await elapse(3 * ALIVE_MS, check);
      for (let i = 0; i < 3 * COUNT && finished.length < COUNT; i += 1) {
        await take({ kind: 'claim', who: i % 3, ms: 0 });
        await take({ kind: 'finish', who: i % 3, ms: 0 });
      }
      expect(finished.toSorted()).toEqual(Array.from({ length: COUNT }, (_, i) => `msg_${i}/0`).toSorted());
    }),
    { numRuns: sized(15) },
  );
});

/** Unavailable store. */
const none: Queryable = { query: () => Promise.reject(new DatabaseUnavailable('out of reach')) };

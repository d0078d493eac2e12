import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import type { Db } from '../db/db.ts';
import { createQueue, type Job, type Queue, type QueueName } from './queue.ts';

const LEASE_MS = 30_000;

let store: TestStore;
let db: Db;
/** A second process on PostgreSQL; the embedded store has only one. */
let otherDb: Db;
let clock: TestClock;
let queue: Queue;
let other: Queue;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  otherDb = db.kind === 'server' ? await store.open() : db;
});
beforeEach(async () => {
  await db.query('truncate jobs restart identity');
  clock = new TestClock();
  queue = createQueue({ db, clock });
  other = createQueue({ db: otherDb, clock });
});
afterAll(async () => {
  if (otherDb !== db) await otherDb.close();
  await db.close();
  await store.drop();
});

/** Jobs that are due so many ms from now, in this order; each is named by its place. */
async function add(...dueInMs: number[]): Promise<void> {
  const at = clock.now();
  const jobs = dueInMs.map((ms, i) => ({ subject: `msg_${i}`, runAt: new Date(at + ms) }));
  await queue.add(db, 'outbound', jobs);
}

async function claim(limit = 100, by = queue, name: QueueName = 'outbound'): Promise<Job[]> {
  const claimed = await by.claimer({ queue: name, leaseMs: LEASE_MS })(limit);
  return claimed.map(({ job }) => job);
}

const subjects = (jobs: readonly Job[]) => jobs.map(({ subject }) => subject);
const later = (jobs: readonly Job[], ms: number, counts: boolean) =>
  jobs.map(({ id, token }) => ({ id, token, runAt: new Date(clock.now() + ms), counts }));

async function claimOne(by = queue): Promise<Job> {
  const [job] = await claim(1, by);
  if (!job) throw new Error('nothing is due');
  return job;
}

describe('a claim', () => {
  test('takes what is due, oldest first, and never more than its limit', async () => {
    await add(-1_000, -3_000, -2_000, 60_000, -3_000);
    expect(subjects(await claim(3))).toEqual(['msg_1', 'msg_4', 'msg_2']);
    expect(subjects(await claim(3))).toEqual(['msg_0']);
    expect(await claim(3)).toEqual([]);
  });

  test('takes what was put off only when its time has come', async () => {
    await add(60_000);
    clock.advance(55_000);
    expect(await claim()).toEqual([]);
    clock.advance(6_000);
    expect(subjects(await claim())).toEqual(['msg_0']);
  });

  test('takes from its own queue only', async () => {
    await add(-1);
    expect(await claim(10, queue, 'webhooks')).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  test('tells all that the work needs', async () => {
    const before = clock.now();
    await add(-1);
    const job = await claimOne();
    expect(job).toEqual({
      id: expect.any(Number),
      subject: 'msg_0',
      ordinal: 0,
      attempt: 1,
      interrupted: false,
      token: expect.stringMatching(/^[\w-]{32}$/),
      leaseEndsAt: expect.any(Number),
    });
    expect(job.leaseEndsAt).toBeGreaterThanOrEqual(before + LEASE_MS);
  });

  test('brings along what it was told to load, and null where there is nothing, without losing the job', async () => {
    await add(-2, -1);
    const load = { columns: 'v.n', join: `left join (values ('msg_1', 7)) v (subject, n) on v.subject = job.subject` };
    const claimed = await queue.claimer<{ n: number | null }>({ queue: 'outbound', leaseMs: LEASE_MS, load })(10);
    expect(claimed.map(({ job, loaded }) => [job.subject, loaded])).toEqual([
      ['msg_0', { n: null }],
      ['msg_1', { n: 7 }],
    ]);
  });

  test('has a token that no other claim has', async () => {
    await add(-1, -1);
    const tokens = [await claimOne(), await claimOne()].map(({ token }) => token);
    expect(new Set(tokens).size).toBe(2);
  });

  test('is never given a job that another one holds, however many claim at once', async () => {
    const count = 400;
    await add(...Array.from({ length: count }, (_, i) => -i));
    const claimed: Job[] = [];
    const claimAll = async (by: Queue) => {
      for (let jobs = await claim(7, by); jobs.length > 0; jobs = await claim(7, by)) {
        expect(jobs.length).toBeLessThanOrEqual(7);
        claimed.push(...jobs);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => claimAll(i % 2 ? queue : other)));
    expect(claimed).toHaveLength(count);
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(count);
  });
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = ' (skipped: the embedded store has one connection, and TEST_DATABASE_URL is not set)';

test.skipIf(!SERVER)(
  `a claim does not wait for what another process is just taking${SERVER ? '' : SKIPPED}`,
  async () => {
    await add(-3, -2, -1);
    await otherDb.transaction(async (tx) => {
      await tx.query(`update jobs set attempt = 1 where subject = 'msg_0'`, []);
      expect(subjects(await claim())).toEqual(['msg_1', 'msg_2']);
    });
    expect(subjects(await claim())).toEqual(['msg_0']);
  },
);

describe('a lease that ran out', () => {
  test('is claimed again as interrupted, and does not count as an attempt', async () => {
    await add(-1);
    const first = await claimOne();
    clock.advance(LEASE_MS - 5_000);
    expect(await claim()).toEqual([]);
    clock.advance(5_001);
    const second = await claimOne(other);
    expect(second).toMatchObject({ id: first.id, attempt: 1, interrupted: true });
    expect(second.token).not.toBe(first.token);
    clock.advance(LEASE_MS + 1);
    expect(await claimOne()).toMatchObject({ attempt: 1, interrupted: true });
  });

  test('is claimed again by one only, however many try', async () => {
    await add(...Array(40).fill(-1));
    await claim();
    clock.advance(LEASE_MS + 1);
    const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => claim(40, i % 2 ? queue : other)));
    expect(claims.flat()).toHaveLength(40);
    expect(new Set(claims.flat().map(({ id }) => id)).size).toBe(40);
    expect(claims.flat().every(({ interrupted }) => interrupted)).toBe(true);
  });

  test('is still its holder’s while nobody else has claimed it', async () => {
    await add(-1);
    const job = await claimOne();
    clock.advance(LEASE_MS + 1);
    expect(await queue.finish(db, [job])).toEqual(new Set([job.id]));
    expect(await claim()).toEqual([]);
  });

  test('is not claimed again by the very worker that still works on it, whatever the clock says', async () => {
    await add(-1);
    const claimer = queue.claimer({ queue: 'outbound', leaseMs: LEASE_MS });
    const [held] = await claimer(1);
    clock.advance(LEASE_MS + 1);
    expect(await claimer(1, [held?.job.id as number])).toEqual([]);
    expect(await claimer(1)).toHaveLength(1);
  });

  test('that another one has claimed can neither be finished nor postponed by who lost it', async () => {
    await add(-1);
    const lost = await claimOne();
    clock.advance(LEASE_MS + 1);
    const held = await claimOne(other);
    expect(await queue.finish(db, [lost])).toEqual(new Set());
    expect(await queue.postpone(db, later([lost], 0, true))).toEqual(new Set());
    expect(await claim()).toEqual([]);
    expect(await other.finish(otherDb, [held])).toEqual(new Set([held.id]));
  });
});

describe('a job that is finished', () => {
  test('is gone, and only those still held are told', async () => {
    await add(-3, -2, -1);
    const [a, b, c] = (await claim()) as [Job, Job, Job];
    const finished = await queue.finish(db, [a, { ...b, token: 'another' }, c]);
    expect(finished).toEqual(new Set([a.id, c.id]));
    clock.advance(LEASE_MS + 1);
    expect(subjects(await claim())).toEqual(['msg_1']);
  });

  test('stays finished for whoever repeats it', async () => {
    await add(-1);
    const job = await claimOne();
    await queue.finish(db, [job]);
    expect(await queue.finish(db, [job])).toEqual(new Set());
    expect(await queue.postpone(db, later([job], 0, true))).toEqual(new Set());
    expect(await queue.finish(db, [])).toEqual(new Set());
  });

  test('is so only if the transaction commits', async () => {
    await add(-1);
    const job = await claimOne();
    const undone = db.transaction(async (tx) => {
      await queue.finish(tx, [job]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await queue.finish(db, [job])).toEqual(new Set([job.id]));
  });
});

describe('a job that is postponed', () => {
  test('is due at its new time, no longer held and not interrupted', async () => {
    await add(-1);
    const job = await claimOne();
    expect(await queue.postpone(db, later([job], 10_000, true))).toEqual(new Set([job.id]));
    expect(await queue.finish(db, [job])).toEqual(new Set());
    expect(await claim()).toEqual([]);
    clock.advance(10_001);
    expect(await claimOne()).toMatchObject({ id: job.id, attempt: 2, interrupted: false });
  });

  test('does not use up an attempt when that does not count', async () => {
    await add(-2, -1);
    const [counted, uncounted] = (await claim()) as [Job, Job];
    await queue.postpone(db, [...later([counted], 0, true), ...later([uncounted], 1, false)]);
    clock.advance(2);
    expect((await claim()).map(({ subject, attempt }) => [subject, attempt])).toEqual([
      ['msg_0', 2],
      ['msg_1', 1],
    ]);
  });

  test('counts the same after an interruption as without one', async () => {
    await add(-1);
    await claimOne();
    clock.advance(LEASE_MS + 1);
    await queue.postpone(db, later([await claimOne()], 0, true));
    clock.advance(1);
    expect(await claimOne()).toMatchObject({ attempt: 2, interrupted: false });
  });
});

describe('breaking all leases', () => {
  test('makes held jobs due at once, as interrupted ones, and takes them from their holders', async () => {
    await add(-2, -1, 60_000);
    const held = await claim();
    expect(await queue.breakLeases()).toBe(2);
    clock.advance(1);
    const again = await claim();
    expect(again.map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted])).toEqual([
      ['msg_0', 1, true],
      ['msg_1', 1, true],
    ]);
    expect(await queue.finish(db, held)).toEqual(new Set());
    expect(await queue.finish(db, again)).toEqual(new Set(again.map(({ id }) => id)));
  });

  test('does nothing to what nobody holds', async () => {
    await add(-1, 60_000);
    expect(await queue.breakLeases()).toBe(0);
    expect(await claimOne()).toMatchObject({ interrupted: false });
  });
});

describe('the depths', () => {
  test('are what waits in each queue, and how long its oldest has been due', async () => {
    await add(-10_000, -20_000, 60_000);
    await queue.add(db, 'webhooks', [{ subject: 'msg_w', runAt: new Date(clock.now() + 60_000) }]);
    const depths = (await queue.depths()).toSorted((a, b) => a.queue.localeCompare(b.queue));
    expect(depths).toEqual([
      { queue: 'outbound', depth: 3, leased: 0, oldestAgeSeconds: expect.closeTo(20, 0) },
      { queue: 'webhooks', depth: 1, leased: 0, oldestAgeSeconds: 0 },
    ]);
  });

  test('tell what is being done from what waits', async () => {
    await add(-10_000, -20_000);
    await claimOne();
    expect(await queue.depths()).toEqual([
      { queue: 'outbound', depth: 1, leased: 1, oldestAgeSeconds: expect.closeTo(10, 0) },
    ]);
    await claimOne();
    expect(await queue.depths()).toEqual([{ queue: 'outbound', depth: 0, leased: 2, oldestAgeSeconds: 0 }]);
  });
});

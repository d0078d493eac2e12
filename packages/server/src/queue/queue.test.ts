import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { loadNothing } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { sized } from '../../test/support/thorough.ts';
import { asJson, DatabaseUnavailable, type Db } from '../db/db.ts';
import { type Held, type Job, type JobName, nameOf, newJob, OUTBOUND, OUTCOME, type QueueName } from './job.ts';
import { type DirectWorker, Queue } from './queue.ts';
import { enqueueFrom, finishing, postponing } from './sql.ts';

let store: TestStore;
let db: Db;
/** Second process on PostgreSQL. The embedded store has only one. */
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
  await db.query('truncate jobs');
  clock = new TestClock();
  queue = new Queue({ db, clock, holder: holder('prc_one') });
  other = new Queue({ db: otherDb, clock, holder: holder('prc_two') });
});
afterAll(async () => {
  if (otherDb !== db) await otherDb.close();
  await db.close();
  await store.drop();
});

function holder(id: string) {
  return { id, living: true, epoch: 1, alive: () => true };
}

const OF_ONE = { client: 'client', lane: 'lane' };

/** Adds a job for each delay in milliseconds until it is due, named by its index. */
async function add(...dueInMs: number[]): Promise<void> {
  const at = clock.now();
  const jobs = dueInMs.map((ms, i) => ({
    ...OF_ONE,
    subject: `msg_${i}`,
    ordinal: OUTBOUND,
    runAt: new Date(at + ms),
  }));
  await queue.add(db, 'outbound', jobs);
}

async function claim(limit = 100, by = queue, name: QueueName = 'outbound'): Promise<Job[]> {
  const { claimed } = await by.claimer(name, loadNothing)(limit);
  return claimed.map(({ job }) => job);
}

async function claimOne(by = queue): Promise<Job> {
  const [job] = await claim(1, by);
  if (!job) throw new Error('nothing is due');
  return job;
}

const subjects = (jobs: readonly JobName[]) => jobs.map(({ subject }) => subject);
const names = (jobs: readonly JobName[]) => new Set(jobs.map(nameOf));
const later = (jobs: readonly Held[], ms: number, counts: boolean) =>
  jobs.map((job) => ({ ...job, runAt: new Date(clock.now() + ms), counts }));

describe('Claim', () => {
  test('A claim returns due jobs, oldest first, and at most its limit.', async () => {
    await add(-1_000, -3_000, -2_000, 60_000, -3_000);
    expect(subjects(await claim(3))).toEqual(['msg_1', 'msg_4', 'msg_2']);
    expect(subjects(await claim(3))).toEqual(['msg_0']);
    expect(await claim(3)).toEqual([]);
  });

  test('A claim returns a scheduled job only after its due time.', async () => {
    await add(60_000);
    clock.advance(55_000);
    expect(await claim()).toEqual([]);
    clock.advance(6_000);
    expect(subjects(await claim())).toEqual(['msg_0']);
  });

  test('A claim returns jobs of its own queue only.', async () => {
    await add(-1);
    expect(await claim(10, queue, 'webhooks')).toEqual([]);
    expect(await claim(10, queue, 'outcomes')).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  test('A claim returns all fields that the work needs.', async () => {
    await add(-1);
    expect(await claimOne()).toEqual({
      subject: 'msg_0',
      ordinal: OUTBOUND,
      attempt: 1,
      interrupted: false,
      lease: expect.any(Number),
    });
  });

  test('A claim returns each job with its own loaded data.', async () => {
    await add(-2, -1);
    const { claimed } = await queue.claimer('outbound', async (jobs) => jobs.map(({ subject }) => `of ${subject}`))(10);
    expect(claimed.map(({ job, loaded }) => [job.subject, loaded])).toEqual([
      ['msg_0', 'of msg_0'],
      ['msg_1', 'of msg_1'],
    ]);
  });

  test('A claim that fails to load data leaves its jobs unchanged.', async () => {
    await add(-2, -1);
    let away = true;
    const claimer = queue.claimer('outbound', async (jobs) => {
      if (away) throw new DatabaseUnavailable('away');
      return jobs;
    });
    await expect(claimer(10)).rejects.toThrow('away');
    away = false;
    expect((await claimer(10)).claimed).toMatchObject([
      { job: { subject: 'msg_0', attempt: 1, interrupted: false } },
      { job: { subject: 'msg_1', attempt: 1, interrupted: false } },
    ]);
  });

  test('A claim has a lease that no other claim or reservation of its process has, in any queue.', async () => {
    await add(-2, -1);
    await queue.add(db, 'webhooks', [{ ...OF_ONE, subject: 'msg_w', ordinal: 1, runAt: new Date(clock.now() - 1) }]);
    queue.offer('outbound', room(1));
    const jobs = [await claimOne(), await claimOne(), ...(await claim(1, queue, 'webhooks'))];
    const leases = [...jobs.map(({ lease }) => lease), queue.reserve('outbound', 1).lease];
    expect(new Set(leases).size).toBe(4);
  });

  test('A claim is void after its holder counted as dead, even when the holder lives again.', async () => {
    const process = { id: 'prc_three', epoch: 1, living: true, alive: () => process.living };
    const own = new Queue({ db, clock, holder: process });
    await add(-2, -1);
    const before = await claimOne(own);
    expect(own.holds(before)).toBe(true);
    process.living = false;
    expect(own.holds(before)).toBe(false);
    Object.assign(process, { living: true, epoch: 2 });
    expect(own.holds(before)).toBe(false);
    expect(own.holds(await claimOne(own))).toBe(true);
  });

  test('A claim leases nothing and sends no query while its process is not known to live.', async () => {
    await add(-1);
    const asked: string[] = [];
    const watched = { ...db, query: (sql: string) => asked.push(sql) } as unknown as Db;
    const dead = new Queue({ db: watched, clock, holder: { id: 'prc_dead', epoch: 1, alive: () => false } });
    expect(await dead.claimer('outbound', loadNothing)(10)).toMatchObject({ claimed: [], more: true });
    expect(asked).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  test('Concurrent claims never return the same job.', async () => {
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
    expect(names(claimed).size).toBe(count);
  });
});

/**
 * Two processes with three concurrent claims each. Each job randomly ends as finished, postponed or interrupted.
 * Afterwards, its earlier holder tries to finish and to postpone the job once more.
 */
test('Concurrent processes hold each job one at a time and finish it once.', async () => {
  const COUNT = 150;
  const ENDS = ['finish', 'finish', 'postpone', 'uncounted', 'interrupt'] as const;
  const lanes = Array.from({ length: COUNT }, (_, i) => ({ client: `client_${i % 5}`, lane: `lane_${i % 3}` }));
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.record({ end: fc.constantFrom(...ENDS), limit: fc.integer({ min: 1, max: 20 }) })),
      async (draws) => {
        await db.query('truncate jobs');
        const runAt = new Date(clock.now() - 1);
        const jobs = lanes.map((lane, i) => ({ ...lane, subject: `msg_${i}`, ordinal: OUTBOUND, runAt }));
        await queue.add(db, 'outbound', jobs);
        const draw = () => draws.next().value as { end: (typeof ENDS)[number]; limit: number };
        const held = new Set<string>();
        const finished: string[] = [];

        async function end(by: Queue, on: Db, job: Job): Promise<void> {
          const kind = draw().end;
          // Before the statement, because another process may claim the job as soon as the store has the change.
          held.delete(nameOf(job));
          if (kind === 'finish') {
            finished.push(...(await by.finish(on, [job])));
          } else if (kind === 'interrupt') {
            await by.interrupt([job]);
          } else {
            expect(await by.postpone(on, later([job], 0, kind === 'postpone'))).toEqual(new Set([nameOf(job)]));
          }
          expect(await by.finish(on, [job])).toEqual(new Set());
          expect(await by.postpone(on, later([job], 0, true))).toEqual(new Set());
          await by.interrupt([job]);
        }

        async function work(by: Queue, on: Db): Promise<void> {
          const claimer = by.claimer('outbound', loadNothing);
          while (finished.length < COUNT) {
            const { claimed } = await claimer(draw().limit);
            for (const { job } of claimed) {
              expect(held.has(nameOf(job))).toBe(false);
              held.add(nameOf(job));
            }
            await Promise.all(claimed.map(({ job }) => end(by, on, job)));
          }
        }

        await Promise.all(
          [queue, other, queue, other, queue, other].map((by) => work(by, by === queue ? db : otherDb)),
        );
        expect(finished.toSorted()).toEqual([...names(jobs)].toSorted());
        expect(await db.query('select 1 from jobs', [])).toEqual([]);
      },
    ),
    { numRuns: 5 },
  );
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = ' (skipped: the embedded store has one connection, and TEST_DATABASE_URL is not set)';
const titleOf = (name: string) => `${name}${SERVER ? '' : SKIPPED}`;

describe.skipIf(!SERVER)(titleOf('beside another process'), () => {
  test('A claim does not wait for jobs that another process has locked.', async () => {
    await add(-3, -2, -1);
    await otherDb.transaction(async (tx) => {
      await tx.query(`update jobs set attempt = 1 where subject = 'msg_0'`, []);
      expect(subjects(await claim())).toEqual(['msg_1', 'msg_2']);
    });
    expect(subjects(await claim())).toEqual(['msg_0']);
  });

  test.each([
    ['finished', (job: Job) => queue.finish(db, [job])],
    ['put off', (job: Job) => queue.postpone(db, later([job], 0, true))],
    ['given back', (job: Job) => queue.interrupt([job])],
  ])('A job that is %s while another process takes its lease stays with the new holder.', async (_, end) => {
    await add(-1);
    const job = await claimOne();
    const { promise: taken, resolve: commit } = Promise.withResolvers<void>();
    const updated = Promise.withResolvers<void>();
    const taking = otherDb.transaction(async (tx) => {
      await tx.query(`update jobs set leased_by = 'prc_two', lease = 7, interrupted = true`, []);
      updated.resolve();
      await taken;
    });
    await updated.promise;
    const ended = end(job);
    // The statement waits for the lock of the other transaction. Afterwards, the row differs from its snapshot.
    await expect.poll(() => waitsForLock()).toBe(true);
    commit();
    await taking;
    expect((await ended) ?? new Set()).toEqual(new Set());
    expect(await other.finish(otherDb, [{ ...job, lease: 7 }])).toEqual(new Set([nameOf(job)]));
  });

  async function waitsForLock(): Promise<boolean> {
    const [row] = await otherDb.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      [],
    );
    return (row?.count ?? 0) > 0;
  }
});

describe('Lease', () => {
  test('A lease lasts as long as its process, regardless of the duration of the job.', async () => {
    await add(-1);
    const job = await claimOne();
    clock.advance(7 * 86_400_000);
    expect(await claim(10, other)).toEqual([]);
    expect(await claim(10)).toEqual([]);
    expect(await queue.finish(db, [job])).toEqual(names([job]));
  });

  test('A lease is void for another process, even with the same number.', async () => {
    await add(-1);
    const job = await claimOne();
    expect(await other.finish(otherDb, [job])).toEqual(new Set());
    expect(await other.postpone(otherDb, later([job], 0, true))).toEqual(new Set());
    await other.interrupt([job]);
    expect(await claim(1, other)).toEqual([]);
    expect(await queue.finish(db, [job])).toEqual(names([job]));
  });

  test('A lease is void after a later lease of the same process on the same job.', async () => {
    await add(-1);
    const first = await claimOne();
    await queue.interrupt([first]);
    const second = await claimOne();
    expect(nameOf(second)).toBe(nameOf(first));
    expect(second.lease).not.toBe(first.lease);
    expect(await queue.finish(db, [first])).toEqual(new Set());
    expect(await queue.postpone(db, later([first], 0, true))).toEqual(new Set());
    await queue.interrupt([first]);
    expect(await queue.finish(db, [second])).toEqual(names([second]));
  });

  test('A lease on one step of a message does not cover its other steps.', async () => {
    const runAt = new Date(clock.now() - 1);
    await queue.add(db, 'webhooks', [
      { ...OF_ONE, subject: 'msg_0', ordinal: 1, runAt },
      { ...OF_ONE, subject: 'msg_0', ordinal: 2, runAt },
    ]);
    const [first] = (await claim(1, queue, 'webhooks')) as [Job];
    expect(first.ordinal).toBe(1);
    expect(await queue.finish(db, [{ ...first, ordinal: 2 }])).toEqual(new Set());
    expect(await queue.finish(db, [first])).toEqual(new Set(['msg_0/1']));
    expect(await claim(10, queue, 'webhooks')).toMatchObject([{ subject: 'msg_0', ordinal: 2 }]);
  });
});

describe('Finished job', () => {
  test('A finished job is deleted, and only the names of jobs still held are returned.', async () => {
    await add(-3, -2, -1);
    const [a, b, c] = (await claim()) as [Job, Job, Job];
    expect(await queue.finish(db, [a, { ...b, lease: b.lease + 1 }, c])).toEqual(names([a, c]));
    expect(await queue.finish(db, [b])).toEqual(names([b]));
    expect(await db.query('select 1 from jobs', [])).toEqual([]);
  });

  test('A finished job stays finished when its holder repeats the call.', async () => {
    await add(-1);
    const job = await claimOne();
    await queue.finish(db, [job]);
    expect(await queue.finish(db, [job])).toEqual(new Set());
    expect(await queue.postpone(db, later([job], 0, true))).toEqual(new Set());
    await queue.interrupt([job]);
    expect(await queue.finish(db, [])).toEqual(new Set());
    expect(await claim()).toEqual([]);
  });

  test('A job is finished only if the transaction commits.', async () => {
    await add(-1);
    const job = await claimOne();
    const undone = db.transaction(async (tx) => {
      await queue.finish(tx, [job]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await queue.finish(db, [job])).toEqual(names([job]));
  });

  test('Finishing and postponing return further columns, for other writes in the same statement.', async () => {
    await add(-2, -1);
    const [a, b] = (await claim()) as [Job, Job];
    const columns = ', note text';
    const rows = await db.query(
      `with finished as (${finishing('$1', '$3', columns)}), postponed as (${postponing('$2', '$3', columns)})
       select subject, note from finished union all select subject, note from postponed order by subject`,
      [
        asJson([
          { ...a, note: 'done' },
          { ...a, lease: 0, note: 'not held' },
        ]),
        asJson(later([b], 0, true).map((row) => ({ ...row, note: 'later' }))),
        queue.holderId,
      ],
    );
    expect(rows).toEqual([
      { subject: 'msg_0', note: 'done' },
      { subject: 'msg_1', note: 'later' },
    ]);
    expect(await claim()).toMatchObject([{ subject: 'msg_1', attempt: 2 }]);
  });
});

describe('Postponed job', () => {
  test('A postponed job is due at its new time, no longer held, and not interrupted.', async () => {
    await add(-1);
    const job = await claimOne();
    expect(await queue.postpone(db, later([job], 10_000, true))).toEqual(names([job]));
    expect(await queue.finish(db, [job])).toEqual(new Set());
    expect(await claim()).toEqual([]);
    clock.advance(10_001);
    expect(await claimOne(other)).toMatchObject({ subject: job.subject, attempt: 2, interrupted: false });
  });

  test('A postponed job does not use up an attempt that does not count.', async () => {
    await add(-2, -1);
    const [counted, uncounted] = (await claim()) as [Job, Job];
    await queue.postpone(db, [...later([counted], 0, true), ...later([uncounted], 1, false)]);
    clock.advance(2);
    expect((await claim()).map(({ subject, attempt }) => [subject, attempt])).toEqual([
      ['msg_0', 2],
      ['msg_1', 1],
    ]);
  });
});

describe('Interrupted job', () => {
  test('An interrupted job is due at once, is marked as interrupted, and has used up no attempt.', async () => {
    await add(-2, -1);
    const held = await claim();
    await queue.interrupt(held);
    expect(await queue.finish(db, held)).toEqual(new Set());
    expect(
      (await claim(10, other)).map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted]),
    ).toEqual([
      ['msg_0', 1, true],
      ['msg_1', 1, true],
    ]);
  });

  test('Only a job that is still held becomes interrupted, and recorded results stay unchanged.', async () => {
    await add(-3, -2, -1);
    const [finished, postponed, held] = (await claim()) as [Job, Job, Job];
    await queue.finish(db, [finished]);
    await queue.postpone(db, later([postponed], 0, true));
    await queue.interrupt([finished, postponed, held]);
    clock.advance(1);
    expect((await claim()).map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted])).toEqual([
      ['msg_2', 1, true],
      ['msg_1', 2, false],
    ]);
  });
});

/** Store that executes statements, but loses the configured number of responses. */
function losing(store: Db) {
  const losing = {
    /** Pattern of the affected statements, and the number of responses to lose. */
    lose: { pattern: /with recursive/, times: 0 },
    db: {
      kind: store.kind,
      async query(sql: string, params?: readonly unknown[]) {
        const rows = await store.query(sql, params);
        if (losing.lose.times === 0 || !losing.lose.pattern.test(sql)) return rows;
        losing.lose.times -= 1;
        throw new DatabaseUnavailable('the answer was lost');
      },
    } as unknown as Db,
    loseAnswers: (times: number, pattern = /with recursive/) => {
      losing.lose = { pattern, times };
    },
  };
  return losing;
}

describe('Claim with a lost response', () => {
  const LOST = 'the answer was lost';

  test('A claim with a lost response changes no attempt number and interrupts no job.', async () => {
    await add(-2, -1);
    const { db: lossy, loseAnswers } = losing(db);
    const claimer = new Queue({ db: lossy, clock, holder: holder('prc_one') }).claimer('outbound', loadNothing);
    loseAnswers(1);
    await expect(claimer(10)).rejects.toThrow(LOST);
    expect(await claim(10, other)).toEqual([]);
    const { claimed } = await claimer(1);
    expect(claimed.map(({ job }) => job)).toMatchObject([{ subject: 'msg_0', attempt: 1, interrupted: false }]);
    expect(await claim(10, other)).toMatchObject([{ subject: 'msg_1', attempt: 1, interrupted: false }]);
  });

  test('A claim with a lost response leaves an interrupted job interrupted.', async () => {
    await add(-1);
    await queue.interrupt([await claimOne()]);
    const { db: lossy, loseAnswers } = losing(db);
    const claimer = new Queue({ db: lossy, clock, holder: holder('prc_one') }).claimer('outbound', loadNothing);
    loseAnswers(1);
    await expect(claimer(10)).rejects.toThrow(LOST);
    expect((await claimer(10)).claimed).toMatchObject([{ job: { attempt: 1, interrupted: true } }]);
  });

  test('A claim with a lost response is undone without effect on other leases, processes and queues.', async () => {
    await add(-4, -3, -2, -1);
    await queue.add(db, 'webhooks', [{ ...OF_ONE, subject: 'msg_w', ordinal: 1, runAt: new Date(clock.now() - 1) }]);
    const { db: lossy, loseAnswers } = losing(db);
    const one = new Queue({ db: lossy, clock, holder: holder('prc_one') });
    const mine = await claim(1, one);
    const theirs = await claim(1, other);
    const webhook = await claim(1, one, 'webhooks');
    loseAnswers(1);
    await expect(claim(1, one)).rejects.toThrow(LOST);
    expect(subjects(await claim(10, one))).toEqual(['msg_2', 'msg_3']);
    expect(await one.finish(db, [...mine, ...webhook])).toEqual(names([...mine, ...webhook]));
    expect(await other.finish(otherDb, theirs)).toEqual(names(theirs));
  });

  test('Claims with lost responses are undone when the store is back, even after a lost undo.', async () => {
    await add(-3, -2, -1);
    const { db: lossy, loseAnswers } = losing(db);
    const claimer = new Queue({ db: lossy, clock, holder: holder('prc_one') }).claimer('outbound', loadNothing);
    loseAnswers(1);
    await expect(claimer(1)).rejects.toThrow(LOST);
    loseAnswers(2, /attempt = attempt - case|with recursive/);
    await expect(claimer(1)).rejects.toThrow(LOST);
    await expect(claimer(1)).rejects.toThrow(LOST);
    loseAnswers(1);
    await expect(claimer(2)).rejects.toThrow(LOST);
    const { claimed } = await claimer(10);
    expect(claimed.map(({ job }) => [job.subject, job.attempt, job.interrupted])).toEqual([
      ['msg_0', 1, false],
      ['msg_1', 1, false],
      ['msg_2', 1, false],
    ]);
  });
});

test('The attempt of a job is one more than its counted attempts, for any sequence of claims.', async () => {
  const step = fc.constantFrom('counts', 'uncounted', 'interrupted', 'unanswered', 'failed commit');
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 8 }), async (direct, steps) => {
      n += 1;
      const subject = `msg_of_${n}`;
      const { db: lossy, loseAnswers } = losing(db);
      const one = new Queue({ db: lossy, clock, holder: holder('prc_one') });
      const claimer = one.claimer('outbound', loadNothing);
      if (direct) {
        one.offer('outbound', room(1));
        const { lease, fail } = one.reserve('outbound', 1);
        await make(db, [{ subject, lease }], one.holderId);
        fail(new DatabaseUnavailable(''));
      } else {
        await one.add(db, 'outbound', [{ ...OF_ONE, subject, ordinal: OUTBOUND, runAt: new Date(clock.now() - 1) }]);
      }
      let counted = 0;
      let interrupted = false;
      for (const kind of [...steps, 'end']) {
        if (kind === 'unanswered') {
          loseAnswers(1);
          await expect(claimer(1)).rejects.toThrow();
          continue;
        }
        const [job] = (await claimer(1)).claimed.map((claimed) => claimed.job);
        expect(job).toMatchObject({ subject, attempt: counted + 1, interrupted });
        const held = job as Job;
        if (kind === 'interrupted') {
          await one.interrupt([held]);
          interrupted = true;
        } else if (kind === 'end') {
          expect(await one.finish(db, [held])).toEqual(new Set([nameOf(held)]));
        } else {
          await one.postpone(db, later([held], -1, kind === 'counts'));
          if (kind === 'counts') counted += 1;
          interrupted = false;
        }
      }
    }),
    { numRuns: sized(60) },
  );
});

const onServer = test.skipIf(!process.env['TEST_DATABASE_URL']);

describe('Late commit of PostgreSQL after its connection broke [needs TEST_DATABASE_URL]', () => {
  /** Store whose claims lose their responses after `break_`, and commit on `commitNow`. */
  function committingLate() {
    const commit = Promise.withResolvers<void>();
    let breaking = false;
    let committed: Promise<unknown> = Promise.resolve();
    const query: Db['query'] = async (sql, params) => {
      if (!breaking || !/with recursive/.test(sql)) return db.query(sql, params);
      const begun = Promise.withResolvers<void>();
      committed = otherDb.transaction(async (tx) => {
        await tx.query(sql, params);
        begun.resolve();
        await commit.promise;
      });
      await begun.promise;
      throw new DatabaseUnavailable('the connection broke');
    };
    return {
      late: { kind: db.kind, query, wake: () => undefined } as unknown as Db,
      break_: () => {
        breaking = true;
      },
      async commitNow() {
        breaking = false;
        commit.resolve();
        await committed;
      },
    };
  }

  onServer('is taken back when it has appeared, as it was, and what the process works at stays its own', async () => {
    await add(-3, -2, -1);
    const { late, break_, commitNow } = committingLate();
    const one = new Queue({ db: late, clock, holder: holder('prc_one') });
    const mine = await claim(1, one);
    break_();
    await expect(claim(2, one)).rejects.toThrow('the connection broke');
    const before = await one.reclaim();
    await commitNow();
    expect(before).toBe(0);
    expect(await claim(10, other)).toEqual([]);
    expect(await one.reclaim()).toBe(2);
    expect(await claim(10, other)).toMatchObject([
      { subject: 'msg_1', attempt: 1, interrupted: false },
      { subject: 'msg_2', attempt: 1, interrupted: false },
    ]);
    expect(await one.finish(db, mine)).toEqual(names(mine));
  });
});

test('A lease number may exceed 32 bits.', async () => {
  await add(-1);
  const job = await claimOne();
  const high = 2 ** 40;
  await db.query('update jobs set lease = $1', [high]);
  expect(await queue.finish(db, [{ ...job, lease: high }])).toEqual(names([job]));
});

describe('Leased jobs without running work', () => {
  test('Leased jobs are reclaimed only after all jobs of their claim are settled.', async () => {
    await add(-3, -2, -1);
    const { claimed } = await queue.claimer('outbound', loadNothing)(2);
    const [first] = claimed.map(({ job }) => job) as [Job, Job];
    await queue.finish(db, [first]);
    expect(await queue.reclaim()).toBe(0);
    queue.settled(claimed);
    expect(await queue.reclaim()).toBe(1);
    expect(subjects(await claim(10, other))).toEqual(['msg_1', 'msg_2']);
  });

  test('A process without leases reclaims nothing, and no process reclaims jobs of another one.', async () => {
    await add(-1);
    await claimOne(other);
    expect(await queue.reclaim()).toBe(0);
    await claim();
    expect(await queue.reclaim()).toBe(0);
    expect(await claim()).toEqual([]);
  });
});

/** Worker that has `count` free slots and records the jobs that it gets. */
function room(count: number) {
  const begun: { jobs: string[]; reserved: number }[] = [];
  const worker: DirectWorker<unknown> & { begun: typeof begun } = {
    begun,
    reserve: (wanted) => ({ count: Math.min(wanted, count), isShort: wanted > count }),
    begin: (claimed, { count: reserved }) => void begun.push({ jobs: claimed.map(({ job }) => nameOf(job)), reserved }),
  };
  return worker;
}

/** Creates jobs as modules do, in the statement that creates the reason for them. */
async function make(on: Pick<Db, 'query'>, jobs: { subject: string; lease: number | null }[], holderId: string) {
  const source = `select 'outbound', subject, 0, 'client', 'lane', $2::timestamptz, lease
    from json_to_recordset($1::json) as j (subject text, lease integer)`;
  await on.query(enqueueFrom(source, '$3'), [asJson(jobs), new Date(clock.now() - 1), holderId]);
}

describe('Reservation of slots', () => {
  test('A reservation has as many slots as the worker of its queue, and none without a worker.', () => {
    const worker = room(3);
    const withdraw = queue.offer('outbound', worker);
    expect(queue.reserve('outbound', 2)).toMatchObject({ count: 2 });
    expect(queue.reserve('outbound', 5)).toMatchObject({ count: 3 });
    expect(queue.reserve('webhooks', 5)).toMatchObject({ count: 0 });
    withdraw();
    expect(queue.reserve('outbound', 2)).toMatchObject({ count: 0 });
  });

  test('A reservation is empty while the process is not known to live, and does not call the worker.', () => {
    const dead = new Queue({ db, clock, holder: { id: 'prc_dead', epoch: 1, alive: () => false } });
    let asked = 0;
    dead.offer('outbound', {
      reserve(count) {
        asked += 1;
        return { count, isShort: false };
      },
      begin: () => undefined,
    });
    expect(dead.reserve('outbound', 2).count).toBe(0);
    expect(asked).toBe(0);
  });

  test('A reservation creates jobs that no claim takes, and that its process may finish or postpone.', async () => {
    queue.offer('outbound', room(2));
    const { lease, count } = queue.reserve('outbound', 3);
    expect(count).toBe(2);
    const made = ['msg_0', 'msg_1', 'msg_2'].map((subject, i) => ({ subject, lease: i < count ? lease : null }));
    await make(db, made, queue.holderId);
    expect(await claim(10, other)).toMatchObject([{ subject: 'msg_2', attempt: 1 }]);
    expect(await claim(10)).toEqual([]);
    const [first, second] = [newJob('msg_0', OUTBOUND, lease), newJob('msg_1', OUTBOUND, lease)];
    expect(await queue.finish(db, [first])).toEqual(names([first]));
    expect(await queue.postpone(db, later([second], 0, true))).toEqual(names([second]));
    clock.advance(1);
    expect(await claim(10, other)).toMatchObject([{ subject: 'msg_1', attempt: 2, interrupted: false }]);
  });

  test('A reservation returns all its slots to the worker, with the jobs that were created.', () => {
    const worker = room(3);
    queue.offer<unknown>('outbound', worker);
    const { begin, lease } = queue.reserve<unknown>('outbound', 3);
    begin([{ job: newJob('msg_0', OUTBOUND, lease), loaded: {} }]);
    queue.reserve('outbound', 2).fail(new Error('refused'));
    expect(worker.begun).toEqual([
      { jobs: ['msg_0/0'], reserved: 3 },
      { jobs: [], reserved: 2 },
    ]);
  });

  test('A reservation returns its slots to its worker even after that worker was unregistered.', () => {
    const worker = room(3);
    const withdraw = queue.offer<unknown>('outbound', worker);
    const { fail } = queue.reserve('outbound', 3);
    withdraw();
    fail(new Error('refused'));
    expect(worker.begun).toEqual([{ jobs: [], reserved: 3 }]);
  });

  test('A reservation with a lost commit response leaves jobs that are claimed as if never leased.', async () => {
    queue.offer('outbound', room(2));
    const { lease, fail } = queue.reserve('outbound', 2);
    await make(db, [{ subject: 'msg_0', lease }], queue.holderId);
    fail(new DatabaseUnavailable('the answer was lost'));
    expect(await claim(10, other)).toEqual([]);
    expect(await claim(10)).toMatchObject([{ subject: 'msg_0', attempt: 1, interrupted: false }]);
  });
});

describe('Job name', () => {
  test('A message may have one job per step, and any number of steps.', async () => {
    const runAt = new Date(clock.now() - 1);
    await queue.add(db, 'outbound', [{ ...OF_ONE, subject: 'msg_0', ordinal: OUTBOUND, runAt }]);
    await queue.add(db, 'outcomes', [{ ...OF_ONE, subject: 'msg_0', ordinal: OUTCOME, runAt }]);
    await queue.add(db, 'webhooks', [
      { ...OF_ONE, subject: 'msg_0', ordinal: 1, runAt },
      { ...OF_ONE, subject: 'msg_0', ordinal: 2, runAt },
    ]);
    expect((await claim()).map(nameOf)).toEqual(['msg_0/0']);
    expect((await claim(10, queue, 'outcomes')).map(nameOf)).toEqual(['msg_0/-1']);
    expect((await claim(10, queue, 'webhooks')).map(nameOf)).toEqual(['msg_0/1', 'msg_0/2']);
  });

  test('A job that is added again stays unchanged, whether it waits or is held.', async () => {
    const job = { ...OF_ONE, subject: 'msg_0', ordinal: OUTCOME };
    await queue.add(db, 'outcomes', [{ ...job, runAt: new Date(clock.now() - 1_000) }]);
    await queue.add(db, 'outcomes', [{ ...job, runAt: new Date(clock.now() + 60_000) }]);
    const [held] = (await claim(10, queue, 'outcomes')) as [Job];
    await queue.add(db, 'outcomes', [{ ...job, runAt: new Date(clock.now() - 1_000) }]);
    expect(await claim(10, queue, 'outcomes')).toEqual([]);
    expect(await queue.finish(db, [held])).toEqual(names([held]));
    await queue.add(db, 'outcomes', [{ ...job, runAt: new Date(clock.now() - 1_000) }]);
    expect(await claim(10, queue, 'outcomes')).toHaveLength(1);
  });

  test('A job with an existing name is rejected together with the reason for it.', async () => {
    await make(db, [{ subject: 'msg_0', lease: null }], queue.holderId);
    const twice = make(
      db,
      [
        { subject: 'msg_1', lease: null },
        { subject: 'msg_0', lease: null },
      ],
      queue.holderId,
    );
    await expect(twice).rejects.toMatchObject({ code: '23505' });
    expect(subjects(await claim())).toEqual(['msg_0']);
  });
});

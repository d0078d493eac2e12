import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadNothing } from '../../test/support/holder.ts';
import { names, OF_ONE, slots, subjects, withQueues } from '../../test/support/queue.ts';
import { DatabaseUnavailable, type Db } from '../db/db.ts';
import { type Job, nameOf, OUTBOUND } from './job.ts';
import { Queue } from './queue.ts';

const { db, otherDb, clock, queue, other, add, claim, claimOne, later } = withQueues();

describe('Claim', () => {
  test('A claim returns due jobs, oldest first, and at most its limit.', async () => {
    await add(-1_000, -3_000, -2_000, 60_000, -3_000);
    expect(subjects(await claim(3))).toEqual(['msg_1', 'msg_4', 'msg_2']);
    expect(subjects(await claim(3))).toEqual(['msg_0']);
    expect(await claim(3)).toEqual([]);
  });

  test('A claim returns a scheduled job only after its due time.', async () => {
    await add(60_000);
    clock().advance(55_000);
    expect(await claim()).toEqual([]);
    clock().advance(6_000);
    expect(subjects(await claim())).toEqual(['msg_0']);
  });

  test('A claim returns jobs of its own queue only.', async () => {
    await add(-1);
    expect(await claim(10, queue(), 'webhooks')).toEqual([]);
    expect(await claim(10, queue(), 'outcomes')).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  test('A claim returns all fields that the work needs.', async () => {
    await add(-1);
    expect(await claimOne()).toEqual({
      subject: 'msg_0',
      ordinal: OUTBOUND,
      attempt: 1,
      excused: 0,
      interrupted: false,
      previousCarrier: null,
      lease: expect.any(Number),
    });
  });

  test('A claim returns each job with its own loaded data.', async () => {
    await add(-2, -1);
    const { claimed } = await queue().claimer('outbound', async (jobs) => jobs.map(({ subject }) => `of ${subject}`))(
      10,
    );
    expect(claimed.map(({ job, loaded }) => [job.subject, loaded])).toEqual([
      ['msg_0', 'of msg_0'],
      ['msg_1', 'of msg_1'],
    ]);
  });

  test('A claim that fails to load data leaves its jobs unchanged.', async () => {
    await add(-2, -1);
    let away = true;
    const claimer = queue().claimer('outbound', async (jobs) => {
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
    await queue().add(db(), 'webhooks', [
      { ...OF_ONE, subject: 'msg_w', ordinal: 1, runAt: new Date(clock().now() - 1) },
    ]);
    queue().offer('outbound', slots(1));
    const jobs = [await claimOne(), await claimOne(), ...(await claim(1, queue(), 'webhooks'))];
    const leases = [...jobs.map(({ lease }) => lease), queue().reserve('outbound', 1).lease];
    expect(new Set(leases).size).toBe(4);
  });

  test('A claim is void after the heartbeat of its holder expired, even when the holder has one again.', async () => {
    const process = { id: 'prc_three', epoch: 1, living: true, alive: () => process.living };
    const own = new Queue({ db: db(), clock: clock(), holder: process });
    await add(-2, -1);
    const before = await claimOne(own);
    expect(own.holds(before)).toBe(true);
    process.living = false;
    expect(own.holds(before)).toBe(false);
    Object.assign(process, { living: true, epoch: 2 });
    expect(own.holds(before)).toBe(false);
    expect(own.holds(await claimOne(own))).toBe(true);
  });

  test('A claim leases nothing and sends no query while its process has no valid heartbeat.', async () => {
    await add(-1);
    const asked: string[] = [];
    const watched = { ...db(), query: (sql: string) => asked.push(sql) } as unknown as Db;
    const dead = new Queue({ db: watched, clock: clock(), holder: { id: 'prc_dead', epoch: 1, alive: () => false } });
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
    await Promise.all(Array.from({ length: 12 }, (_, i) => claimAll(i % 2 ? queue() : other())));
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
        await db().query('truncate jobs');
        const runAt = new Date(clock().now() - 1);
        const jobs = lanes.map((lane, i) => ({ ...lane, subject: `msg_${i}`, ordinal: OUTBOUND, runAt }));
        await queue().add(db(), 'outbound', jobs);
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
          [queue(), other(), queue(), other(), queue(), other()].map((by) =>
            work(by, by === queue() ? db() : otherDb()),
          ),
        );
        expect(finished.toSorted()).toEqual([...names(jobs)].toSorted());
        expect(await db().query('select 1 from jobs', [])).toEqual([]);
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
    await otherDb().transaction(async (tx) => {
      await tx.query(`update jobs set attempt = 1 where subject = 'msg_0'`, []);
      expect(subjects(await claim())).toEqual(['msg_1', 'msg_2']);
    });
    expect(subjects(await claim())).toEqual(['msg_0']);
  });

  test.each([
    ['finished', (job: Job) => queue().finish(db(), [job])],
    ['put off', (job: Job) => queue().postpone(db(), later([job], 0, true))],
    ['given back', (job: Job) => queue().interrupt([job])],
  ])('A job that is %s while another process takes its lease stays with the new holder.', async (_, end) => {
    await add(-1);
    const job = await claimOne();
    const { promise: taken, resolve: commit } = Promise.withResolvers<void>();
    const updated = Promise.withResolvers<void>();
    const taking = otherDb().transaction(async (tx) => {
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
    expect(await other().finish(otherDb(), [{ ...job, lease: 7 }])).toEqual(new Set([nameOf(job)]));
  });

  async function waitsForLock(): Promise<boolean> {
    const [row] = await otherDb().query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      [],
    );
    return (row?.count ?? 0) > 0;
  }
});

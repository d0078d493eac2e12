import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { BEAT_MS, idOf, type Process, TAKEN_OVER_MS, withProcesses } from '../../test/support/processes.ts';
import { sized } from '../../test/support/thorough.ts';
import { DatabaseUnavailable, type Queryable } from '../db/db.ts';
import { type Job, nameOf } from '../queue/job.ts';
import { ALIVE_MS } from './heartbeat.ts';

const { db, clock, processes, startProcess, settled, elapse, add, claim, bind, known, bound, leased } = withProcesses();

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
    const back = clock().now();
    await elapse(ALIVE_MS + 2 * BEAT_MS, async () => {
      if (clock().now() < back + ALIVE_MS) expect(await leased()).toEqual([idOf(one)]);
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
    const came = clock().now();
    await elapse(ALIVE_MS + BEAT_MS, async () => {
      if (clock().now() < came + ALIVE_MS) expect(await leased()).toEqual([idOf(one)]);
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

/**
 * Processes lose and regain the store, claim and finish, at random. A process that has been alive since a claim still
 * has the job, and no other process gets it. In the end, each job was finished once.
 */
test('Random outages never lose a job, take a job from a live process, or give it to two processes.', async () => {
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

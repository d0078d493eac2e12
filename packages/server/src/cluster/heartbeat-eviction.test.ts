import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { BEAT_MS, idOf, TAKEN_OVER_MS, withProcesses } from '../../test/support/processes.ts';
import { DatabaseUnavailable } from '../db/db.ts';
import { type Job, nameOf } from '../queue/job.ts';
import { ALIVE_MS } from './heartbeat.ts';

const { db, clock, startProcess, settled, elapse, add, claim, bind, known, bound, leased } = withProcesses();

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
    const said = clock().now();
    await one.heartbeat.renew();
    one.cut();
    await elapse(TAKEN_OVER_MS, async () => {
      const evicted = !(await known()).includes(idOf(one));
      if (evicted) expect(clock().now()).toBeGreaterThanOrEqual(said + ALIVE_MS);
      expect((await leased()).length).toBe(evicted ? 0 : 1);
    });
    expect(await known()).toEqual([idOf(two)]);
  });

  test('A process stops counting as alive before another process can take its leases.', async () => {
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
      const transaction = db().transaction(async (tx) => {
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
      // The eviction stays blocked, and all other statements return.
      do await nextTurn();
      while (two.busy() > held);
    }
    const alive = two.heartbeat.alive();
    resolve();
    await settled();
    expect(alive).toBe(true);
  });
});

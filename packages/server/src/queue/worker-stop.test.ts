import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { loadNothing } from '../../test/support/holder.ts';
import { CLAIM, INTERRUPT, NEVER_MS, withWorkers } from '../../test/support/worker.ts';
import { DatabaseUnavailable } from '../db/db.ts';
import { createLog } from '../platform/log.ts';
import { Worker } from './worker.ts';

const { db, queue, handledByHand, start, startDrained, make, left } = withWorkers();

describe('Stop of a worker', () => {
  /** Whether `promise` is settled, without waiting for it. */
  async function settled(promise: Promise<unknown>): Promise<boolean> {
    for (let i = 0; i < 5; i += 1) await nextTurn();
    const pending = Symbol();
    return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
  }

  test('A stop waits for running jobs and starts no claim.', async () => {
    const work = handledByHand();
    const { waiting } = await make(6);
    const worker = start({ handle: work.handle });
    await expect.poll(() => work.begun.length).toBe(4);
    const stopped = worker.stop();
    for (const name of work.names().slice(1)) work.end(name);
    await expect.poll(async () => (await left()).length).toBe(3);
    expect(await settled(stopped)).toBe(false);
    work.endAll();
    await stopped;
    db().wake('outbound');
    worker.look();
    expect(await settled(nextTurn())).toBe(true);
    expect(work.names()).toEqual(waiting.slice(0, 4));
    expect(await left()).toMatchObject([{ leased: false }, { leased: false }]);
  });

  test('A stop runs the jobs of a claim under way.', async () => {
    const work = handledByHand();
    const { waiting } = await make(1);
    db().hold(CLAIM);
    const worker = start({ handle: work.handle });
    await expect.poll(() => db().waiting()).toBe(1);
    const stopped = worker.stop();
    db().release();
    await expect.poll(() => work.names()).toEqual(waiting);
    expect(await settled(stopped)).toBe(false);
    work.endAll();
    await stopped;
    expect(await left()).toEqual([]);
  });

  test('A stop waits for commits with reserved slots, and runs the jobs that they create.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const [one, two] = [queue().reserve<unknown>('outbound', 1), queue().reserve<unknown>('outbound', 2)];
    const stopped = worker.stop();
    one.fail(new Error('refused'));
    expect(await settled(stopped)).toBe(false);
    const { direct } = await make(2, two);
    expect(work.names()).toEqual(direct);
    expect(await settled(stopped)).toBe(false);
    work.endAll();
    await stopped;
    expect(await left()).toEqual([]);
  });

  test('A stop of a worker that is idle or never started resolves at once.', async () => {
    const work = handledByHand();
    await (await startDrained({ handle: work.handle })).stop();
    const options = {
      db: db(),
      queue: queue(),
      log: createLog('silent'),
      name: 'webhooks' as const,
      slots: () => 1,
      load: loadNothing,
      pollMs: NEVER_MS,
    };
    await new Worker({ ...options, handle: work.handle }).stop();
  });

  test('A stop with an aborted signal does not wait for the store, and jobs stay leased until eviction.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db().fail(INTERRUPT, Number.POSITIVE_INFINITY, new DatabaseUnavailable('away'));
    const { direct } = await make(1, queue().reserve('outbound', 1));
    work.fail(direct[0] as string, new DatabaseUnavailable('away'));
    await expect.poll(() => db().count(INTERRUPT)).toBeGreaterThan(0);
    const patience = new AbortController();
    const stopped = worker.stop(patience.signal);
    expect(await settled(stopped)).toBe(false);
    patience.abort();
    await stopped;
    expect(await left()).toMatchObject([{ leased: true, interrupted: false }]);
  });
});

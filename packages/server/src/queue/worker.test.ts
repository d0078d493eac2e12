import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CLAIM, INTERRUPT, withWorkers } from '../../test/support/worker.ts';
import { DatabaseUnavailable } from '../db/db.ts';
import { nameOf } from './job.ts';

const { opened, db, clock, queue, setAlive, handledByHand, start, startDrained, takesDirectly, make, left } =
  withWorkers();

describe('Worker', () => {
  test('A worker claims due jobs at its start, on a wake-up and on a poll.', async () => {
    const work = handledByHand();
    await make(1);
    const worker = start({ handle: work.handle });
    await expect.poll(() => work.begun.length).toBe(1);
    await make(1);
    db().wake('outbound');
    await expect.poll(() => work.begun.length).toBe(2);
    await make(1);
    worker.look();
    await expect.poll(() => work.begun.length).toBe(3);
    work.endAll();
    await worker.stop();
    start({ handle: work.handle, pollMs: 5 });
    await make(1);
    await expect.poll(() => work.begun.length).toBe(4);
    work.endAll();
  });

  test('A worker begins a scheduled job when it becomes due, without a wake-up or a regular poll.', async () => {
    const work = handledByHand();
    await make(1);
    const dueAt = clock().now() + 200;
    await opened().query('update jobs set asleep = true, run_at = $1', [new Date(dueAt)]);
    start({ handle: work.handle });
    await expect.poll(() => work.begun.length).toBe(1);
    expect(clock().now()).toBeGreaterThanOrEqual(dueAt);
    work.endAll();
  });

  test('A worker continues without wake-ups until no due job is left, even with few slots.', async () => {
    const { waiting } = await make(50);
    const done: string[] = [];
    start({
      slots: () => 3,
      async handle(claimed, release) {
        for (const { job } of claimed) {
          await queue().finish(opened(), [job]);
          done.push(nameOf(job));
          release(1);
        }
      },
    });
    await expect.poll(() => done.length).toBe(50);
    expect(done.toSorted()).toEqual(waiting);
  });

  test('A worker claims at most as many jobs as it has free slots.', async () => {
    const work = handledByHand();
    let slots = 0;
    await make(10);
    const worker = start({ slots: () => slots, handle: work.handle });
    await nextTurn();
    await nextTurn();
    expect(db().count(CLAIM)).toBe(0);
    slots = 3;
    worker.look();
    await expect.poll(() => work.begun.length).toBe(3);
    work.end(work.names()[0] as string);
    await expect.poll(() => work.begun.length).toBe(4);
    slots = 2;
    work.end(work.names()[1] as string);
    await expect.poll(async () => (await left()).length).toBe(8);
    worker.look();
    await nextTurn();
    await nextTurn();
    expect(work.begun).toHaveLength(4);
    slots = 10;
    worker.look();
    await expect.poll(() => work.begun.length).toBe(10);
    work.endAll();
  });

  test('A worker fills all slots freed in one turn of the event loop with one claim.', async () => {
    const work = handledByHand();
    await make(8);
    start({ handle: work.handle });
    await expect.poll(() => work.begun.length).toBe(4);
    const before = db().count(CLAIM);
    work.endAll();
    await expect.poll(() => work.begun.length).toBe(8);
    expect(db().count(CLAIM) - before).toBeLessThanOrEqual(4);
    work.endAll();
  });

  test('A worker continues at its next poll after a failed claim.', async () => {
    const work = handledByHand();
    await make(1);
    db().fail(CLAIM, 2, new Error('refused'));
    start({ handle: work.handle, pollMs: 5 });
    await expect.poll(() => work.begun.length).toBe(1);
    expect(db().count(CLAIM)).toBeGreaterThanOrEqual(3);
    work.endAll();
  });

  test('A worker neither claims nor reserves while its process is not alive, and continues afterwards.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    setAlive(false);
    const claims = db().count(CLAIM);
    expect(queue().reserve('outbound', 1).count).toBe(0);
    const { waiting } = await make(2);
    worker.look();
    await nextTurn();
    await nextTurn();
    expect(db().count(CLAIM)).toBe(claims);
    // Jobs may wait by now.
    setAlive(true);
    expect(queue().reserve('outbound', 1).count).toBe(0);
    worker.look();
    await expect.poll(() => work.names()).toEqual(waiting);
    work.endAll();
  });
});

describe('Worker with a worker share', () => {
  /** Worker share that allows `allowed` jobs, until the test allows more. */
  function shareOf(allowed: number) {
    const settled: [number, boolean][] = [];
    return {
      allowed,
      settled,
      take(wanted: number) {
        const granted = Math.min(wanted, this.allowed);
        this.allowed -= granted;
        return granted;
      },
      settle(unused: number, isBacklogged: boolean) {
        this.allowed += unused;
        settled.push([unused, isBacklogged]);
      },
    };
  }

  test('A worker claims as many jobs as its share allows, and later the others without a wake-up.', async () => {
    const work = handledByHand();
    const share = shareOf(2);
    await make(5);
    start({ handle: work.handle, share, slots: () => 10 });
    await expect.poll(() => work.begun.length).toBe(2);
    work.endAll();
    share.allowed = 10;
    await expect.poll(() => work.begun.length).toBe(5);
    work.endAll();
    await expect.poll(left).toEqual([]);
  });

  test('A worker returns jobs that a claim did not find to its share, and reports whether jobs are left.', async () => {
    const work = handledByHand();
    const share = shareOf(3);
    await make(7);
    start({ handle: work.handle, share, slots: () => 10 });
    await expect.poll(() => work.begun.length).toBe(3);
    share.allowed = 10;
    await expect.poll(() => work.begun.length).toBe(7);
    expect(share.settled[0]).toEqual([0, true]);
    expect(share.settled.at(-1)?.[1]).toBe(false);
    expect(share.allowed).toBe(6);
    work.endAll();
  });

  test('Direct dispatch starts as many jobs as the share allows, and no job overtakes the rest.', async () => {
    const work = handledByHand();
    const share = shareOf(10);
    await startDrained({ handle: work.handle, share, slots: () => 20 });
    share.allowed = 2;
    const reservation = queue().reserve('outbound', 5);
    const { direct, waiting } = await make(5, reservation);
    expect([direct.length, waiting.length]).toEqual([2, 3]);
    expect(takesDirectly()).toBe(false);
    share.allowed = 10;
    db().wake('outbound');
    await expect.poll(() => work.begun.length).toBe(5);
    expect(work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A worker returns jobs that were reserved for a failed commit to its share.', async () => {
    const work = handledByHand();
    const share = shareOf(10);
    await startDrained({ handle: work.handle, share, slots: () => 20 });
    share.allowed = 4;
    queue().reserve('outbound', 4).fail(new Error('refused'));
    expect(share.allowed).toBe(4);
  });
});

describe('Handler that throws', () => {
  test('A handler that throws releases its jobs as interrupted, and recorded results stay recorded.', async () => {
    const seen: [string, boolean][] = [];
    await make(3);
    start({
      pollMs: 5,
      async handle(claimed) {
        for (const { job } of claimed) {
          seen.push([nameOf(job), job.interrupted]);
          if (seen.length === 2) throw new Error('no');
          await queue().finish(opened(), [job]);
        }
      },
    });
    await expect
      .poll(() => {
        clock().advance(1_000);
        return left();
      })
      .toEqual([]);
    const [first, second, third] = [...new Set(seen.map(([name]) => name))];
    expect(seen).toEqual([
      [first, false],
      [second, false],
      [second, true],
      [third, true],
    ]);
  });

  test('A handler that throws frees its slots.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const { direct } = await make(4, queue().reserve('outbound', 4));
    for (const name of direct) work.fail(name, new Error('no'));
    await expect.poll(async () => (await left()).every(({ interrupted }) => interrupted)).toBe(true);
    clock().advance(5_000);
    worker.look();
    await expect.poll(() => work.names().slice(4)).toEqual(direct);
    work.endAll();
  });

  test.each([
    ['the store is away', new DatabaseUnavailable('away')],
    ['the store refuses for any other reason,', new Error('could not write init file')],
  ])('While %s the release of jobs of a failed handler is repeated.', async (_, reason) => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db().fail(INTERRUPT, 3, reason);
    const { direct } = await make(1, queue().reserve('outbound', 1));
    work.fail(direct[0] as string, new DatabaseUnavailable('away'));
    await expect.poll(async () => (await left()).map(({ interrupted }) => interrupted)).toEqual([true]);
    clock().advance(5_000);
    worker.look();
    await expect.poll(() => work.begun.map(({ job }) => job.interrupted)).toEqual([false, true]);
    work.endAll();
  });

  test('A failed job does not affect the other jobs of its claim.', async () => {
    const work = handledByHand();
    const { waiting } = await make(2);
    const worker = start({ handle: work.handle });
    await expect.poll(() => work.names()).toEqual(waiting);
    work.fail(waiting[0] as string, new Error('no'));
    work.end(waiting[1] as string);
    await expect.poll(left).toMatchObject([{ interrupted: true }]);
    clock().advance(5_000);
    worker.look();
    await expect.poll(() => work.names()).toEqual([...waiting, waiting[0]]);
    work.endAll();
  });
});

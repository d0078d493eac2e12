import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { loadNothing } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { sized } from '../../test/support/thorough.ts';
import { asJson, DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import { createLog } from '../platform/log.ts';
import type { Claimed } from './claim.ts';
import { nameOf, newJob, OUTBOUND, type QueueName } from './job.ts';
import { Queue, type Reservation } from './queue.ts';
import { enqueueFrom } from './sql.ts';
import { allOf, Worker, type WorkerOptions } from './worker.ts';

/** Poll interval in milliseconds that no test reaches. */
const NEVER_MS = 600_000;
const CLAIM = /with recursive/;
const INTERRUPT = /interrupted = true/;

let store: TestStore;
let opened: Db;
let clock: TestClock;
let db: ReturnType<typeof steered>;
let alive: boolean;
let queue: Queue;
let workers: Worker[];

beforeAll(async () => {
  store = await testStore();
  opened = await store.open();
});
beforeEach(async () => {
  await opened.query('truncate jobs');
  clock = new TestClock();
  db = steered(opened);
  alive = true;
  queue = new Queue({ db, clock, holder: { id: 'prc_test', epoch: 1, alive: () => alive } });
  workers = [];
});
afterEach(async () => {
  db.release();
  await Promise.all(workers.map((worker) => worker.stop(AbortSignal.abort())));
});
afterAll(async () => {
  await opened.close();
  await store.drop();
});

/** Store that counts its statements, and delays or fails them on request. */
function steered(on: Db) {
  const asked: string[] = [];
  let held: { pattern: RegExp; until: Promise<void>; open(): void } | undefined;
  let failing: { pattern: RegExp; times: number; error: Error } | undefined;
  let waiting = 0;

  async function query(this: Queryable, sql: string, params?: readonly unknown[]) {
    asked.push(sql);
    if (held?.pattern.test(sql)) {
      waiting += 1;
      await held.until;
      waiting -= 1;
    }
    if (failing && failing.times > 0 && failing.pattern.test(sql)) {
      failing.times -= 1;
      throw failing.error;
    }
    return this.query(sql, params);
  }

  return {
    kind: on.kind,
    query: query.bind(on) as Db['query'],
    transaction: <T>(work: (tx: Queryable) => Promise<T>) => on.transaction(work),
    wake: (topic: string) => on.wake(topic),
    onWake: (topic: string, listener: () => void) => on.onWake(topic, listener),
    close: () => on.close(),
    count: (pattern: RegExp) => asked.filter((sql) => pattern.test(sql)).length,
    hold(pattern: RegExp) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { pattern, until: promise, open: resolve };
    },
    /** Number of delayed statements. */
    waiting: () => waiting,
    release() {
      held?.open();
      held = undefined;
    },
    fail(pattern: RegExp, times: number, error: Error) {
      failing = { pattern, times, error };
    },
  };
}

/** Work that ends on request of the test, and is then finished in the store. */
function handledByHand() {
  const begun: Claimed<unknown>[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  return {
    begun,
    names: () => begun.map(({ job }) => nameOf(job)),
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string, error: Error) => ends.get(name)?.reject(error),
    endAll() {
      for (const { resolve } of ends.values()) resolve();
    },
    async handle(claimed: Claimed<unknown>[], release: (count: number) => void) {
      begun.push(...claimed);
      await allOf(
        claimed.map(async ({ job }) => {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          ends.set(nameOf(job), { resolve, reject });
          await promise;
          await queue.finish(opened, [job]);
          release(1);
        }),
      );
    },
  };
}

function start(options: Partial<WorkerOptions<unknown>> & Pick<WorkerOptions<unknown>, 'handle'>): Worker {
  const log = createLog('silent');
  const worker = new Worker({
    db,
    queue,
    log,
    name: 'outbound',
    slots: () => 4,
    pollMs: NEVER_MS,
    load: loadNothing,
    ...options,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

/** Starts a worker, and resolves when its first claim has found the queue empty and direct dispatch is open. */
async function startDrained(options: Parameters<typeof start>[0]): Promise<Worker> {
  const worker = start({ direct: true, ...options });
  await expect.poll(() => takesDirectly(options.name)).toBe(true);
  return worker;
}

function takesDirectly(name: QueueName = 'outbound'): boolean {
  const reservation = queue.reserve(name, 1);
  reservation.begin([]);
  return reservation.count === 1;
}

let made = 0;
/** Creates `count` jobs, under the lease of the reservation as far as its slots suffice. @returns their names. */
async function make(
  count: number,
  reservation?: Reservation<unknown>,
): Promise<{ direct: string[]; waiting: string[] }> {
  const rows = Array.from({ length: count }, (_, i) => {
    made += 1;
    const lease = i < (reservation?.count ?? 0) ? (reservation?.lease ?? null) : null;
    return { subject: `msg_${String(made).padStart(6, '0')}`, lease };
  });
  const source = `select 'outbound', subject, 0, 'client', 'lane', $2::timestamptz, lease
    from json_to_recordset($1::json) as j (subject text, lease integer)`;
  await opened.query(enqueueFrom(source, '$3'), [asJson(rows), new Date(clock.now() - 1), queue.holderId]);
  const direct = rows.filter(({ lease }) => lease !== null);
  reservation?.begin(
    direct.map(({ subject, lease }) => ({ job: newJob(subject, OUTBOUND, lease as number), loaded: {} })),
  );
  const names = (of: typeof rows) => of.map(({ subject }) => nameOf({ subject, ordinal: OUTBOUND }));
  return { direct: names(direct), waiting: names(rows.filter(({ lease }) => lease === null)) };
}

const left = () =>
  opened.query<{ subject: string; leased: boolean; interrupted: boolean }>(
    'select subject, leased_by is not null as leased, interrupted from jobs order by subject',
    [],
  );

describe('Worker', () => {
  test('A worker claims due jobs at its start, on a wake-up and on a poll.', async () => {
    const work = handledByHand();
    await make(1);
    const worker = start({ handle: work.handle });
    await expect.poll(() => work.begun.length).toBe(1);
    await make(1);
    db.wake('outbound');
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

  test('A worker continues without wake-ups until no due job is left, even with few slots.', async () => {
    const { waiting } = await make(50);
    const done: string[] = [];
    start({
      slots: () => 3,
      async handle(claimed, release) {
        for (const { job } of claimed) {
          await queue.finish(opened, [job]);
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
    expect(db.count(CLAIM)).toBe(0);
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
    const before = db.count(CLAIM);
    work.endAll();
    await expect.poll(() => work.begun.length).toBe(8);
    expect(db.count(CLAIM) - before).toBeLessThanOrEqual(4);
    work.endAll();
  });

  test('A worker continues at its next poll after a failed claim.', async () => {
    const work = handledByHand();
    await make(1);
    db.fail(CLAIM, 2, new Error('refused'));
    start({ handle: work.handle, pollMs: 5 });
    await expect.poll(() => work.begun.length).toBe(1);
    expect(db.count(CLAIM)).toBeGreaterThanOrEqual(3);
    work.endAll();
  });

  test('A worker neither claims nor reserves while its process is not alive, and continues afterwards.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    alive = false;
    const claims = db.count(CLAIM);
    expect(queue.reserve('outbound', 1).count).toBe(0);
    const { waiting } = await make(2);
    worker.look();
    await nextTurn();
    await nextTurn();
    expect(db.count(CLAIM)).toBe(claims);
    // Jobs may wait by now.
    alive = true;
    expect(queue.reserve('outbound', 1).count).toBe(0);
    worker.look();
    await expect.poll(() => work.names()).toEqual(waiting);
    work.endAll();
  });
});

describe('Job created in the process of its worker', () => {
  test('A job starts without a claim when no other job waits.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle });
    const claims = db.count(CLAIM);
    const { direct, waiting } = await make(3, queue.reserve('outbound', 3));
    expect(waiting).toEqual([]);
    expect(work.names()).toEqual(direct);
    work.endAll();
    await expect.poll(left).toEqual([]);
    expect(db.count(CLAIM)).toBe(claims);
  });

  test('A job waits if its worker has no direct dispatch, has not claimed yet or has stopped.', async () => {
    const work = handledByHand();
    const indirect = start({ handle: work.handle });
    await expect.poll(() => db.count(CLAIM)).toBe(1);
    expect(queue.reserve('outbound', 1).count).toBe(0);
    await indirect.stop();
    db.hold(CLAIM);
    const worker = start({ handle: work.handle, direct: true });
    await expect.poll(() => db.waiting()).toBe(1);
    expect(queue.reserve('outbound', 1).count).toBe(0);
    db.release();
    await expect.poll(() => takesDirectly()).toBe(true);
    await worker.stop();
    expect(queue.reserve('outbound', 1).count).toBe(0);
  });

  test('A job finds half of the slots free during a claim that was started without a known backlog.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db.hold(CLAIM);
    worker.look();
    await expect.poll(() => db.waiting()).toBe(1);
    const { count, begin } = queue.reserve('outbound', 4);
    expect(count).toBe(2);
    begin([]);
  });

  test('A job that finds no slot makes all later jobs wait until a claim has found the queue empty.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle, slots: () => 2 });
    const first = await make(3, queue.reserve('outbound', 3));
    expect([first.direct.length, first.waiting.length]).toEqual([2, 1]);
    expect(work.names()).toEqual(first.direct);
    db.hold(CLAIM);
    // A slot becomes free, and a claim for it is under way. Jobs created now cannot use this slot.
    work.end(first.direct[0] as string);
    await expect.poll(() => db.waiting()).toBe(1);
    const second = await make(1, queue.reserve('outbound', 1));
    expect(second.direct).toEqual([]);
    db.release();
    await expect.poll(() => work.names()).toEqual([...first.direct, ...first.waiting]);
    work.end(first.waiting[0] as string);
    await expect.poll(() => work.names()).toEqual([...first.direct, ...first.waiting, ...second.waiting]);
    work.endAll();
    await expect.poll(() => takesDirectly()).toBe(true);
    expect(await left()).toEqual([]);
  });

  test('A job does not overtake jobs for which a poll found no free slot.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle, slots: () => 1 });
    const { direct } = await make(1, queue.reserve('outbound', 1));
    const { waiting } = await make(1);
    worker.look();
    await nextTurn();
    await nextTurn();
    db.hold(CLAIM);
    work.end(direct[0] as string);
    await expect.poll(() => db.waiting()).toBe(1);
    expect(queue.reserve('outbound', 1).count).toBe(0);
    db.release();
    await expect.poll(() => work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A job does not overtake jobs that found no slot during a claim that cannot have seen them.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db.hold(CLAIM);
    worker.look();
    await expect.poll(() => db.waiting()).toBe(1);
    const reservation = queue.reserve('outbound', 3);
    expect(reservation.count).toBe(2);
    db.release();
    // The claim returns no job before the three jobs are committed.
    for (let i = 0; i < 20; i += 1) await opened.query('select 1', []);
    const { count, begin } = queue.reserve('outbound', 1);
    begin([]);
    await make(3, reservation);
    db.wake('outbound');
    await expect.poll(() => work.begun.length).toBe(3);
    work.endAll();
    expect(count).toBe(0);
  });

  test.each([
    ['some of the jobs', 1],
    ['none of the jobs', 2],
  ])(
    'A job does not overtake jobs that a claim between reservation and commit has not seen, with slots for %s.',
    async (_, busy) => {
      const work = handledByHand();
      const worker = await startDrained({ handle: work.handle, slots: () => 2 });
      const earlier = await make(busy, queue.reserve('outbound', busy));
      const reservation = queue.reserve('outbound', 3);
      expect(reservation.count).toBe(2 - busy);
      work.end(earlier.direct[0] as string);
      await expect.poll(left).toHaveLength(busy - 1);
      worker.look();
      await expect.poll(() => takesDirectly()).toBe(true);
      const { waiting } = await make(3, reservation);
      expect(takesDirectly()).toBe(false);
      work.endAll();
      await expect.poll(() => work.names()).toContain(waiting[0]);
      work.endAll();
    },
  );

  test('A job starts after a claim under way, which may return an earlier step of the same message.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const { waiting } = await make(1);
    db.hold(CLAIM);
    worker.look();
    await expect.poll(() => db.waiting()).toBe(1);
    const { direct } = await make(1, queue.reserve('outbound', 1));
    await nextTurn();
    expect(work.names()).toEqual([]);
    db.release();
    await expect.poll(() => work.names()).toEqual([...waiting, ...direct]);
    work.endAll();
  });

  test('A job that a late claim returns does not overtake jobs that started directly during the claim.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    clock.advance(1_000);
    // The claim waits for this statement before it reads the clock.
    db.hold(/set asleep = false/);
    worker.look();
    await expect.poll(() => db.waiting()).toBe(1);
    const { direct } = await make(2, queue.reserve('outbound', 2));
    const { waiting } = await make(1, queue.reserve('outbound', 1));
    expect([direct.length, waiting.length]).toEqual([2, 1]);
    db.release();
    await expect.poll(() => work.names()).toHaveLength(3);
    expect(work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A job starts together with a later step that a claim returned before the commit was answered.', async () => {
    const runs: string[][] = [];
    const worker = await startDrained({
      name: 'webhooks',
      async handle(claimed) {
        runs.push(claimed.map(({ job }) => nameOf(job)));
        await queue.finish(
          opened,
          claimed.map(({ job }) => job),
        );
      },
    });
    const { lease, begin } = queue.reserve('webhooks', 1);
    const rows = [
      { ordinal: 2, lease },
      { ordinal: 3, lease: null },
    ];
    const source = `select 'webhooks', 'msg_steps', ordinal, 'client', 'lane', $2::timestamptz, lease
      from json_to_recordset($1::json) as j (ordinal integer, lease integer)`;
    await opened.query(enqueueFrom(source, '$3'), [asJson(rows), new Date(clock.now() - 1), queue.holderId]);
    worker.look();
    // The claim has leased the later step, and the process does not know yet that the earlier one is committed.
    await expect.poll(async () => (await left()).every(({ leased }) => leased)).toBe(true);
    expect(runs).toEqual([]);
    begin([{ job: newJob('msg_steps', 2, lease), loaded: {} }]);
    await expect.poll(() => runs).toEqual([['msg_steps/2', 'msg_steps/3']]);
  });

  test('A job starts even when the claim under way fails.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db.hold(CLAIM);
    db.fail(CLAIM, 1, new DatabaseUnavailable('gone'));
    worker.look();
    await expect.poll(() => db.waiting()).toBe(1);
    const { direct } = await make(1, queue.reserve('outbound', 1));
    db.release();
    await expect.poll(() => work.names()).toEqual(direct);
    work.endAll();
  });

  test('A job that was not created returns its slots, after a rejection, a lost response or a known key.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle });
    queue.reserve('outbound', 4).fail(new Error('refused'));
    expect(takesDirectly()).toBe(true);
    queue.reserve('outbound', 4).fail(new DatabaseUnavailable('no answer'));
    expect(takesDirectly()).toBe(true);
    queue.reserve('outbound', 4).begin([]);
    const { direct } = await make(4, queue.reserve('outbound', 4));
    expect(direct).toHaveLength(4);
    work.endAll();
    await expect.poll(left).toEqual([]);
  });

  test('A job that was not created returns its slots to waiting jobs.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle, slots: () => 2 });
    const { fail } = queue.reserve('outbound', 2);
    const { waiting } = await make(2, queue.reserve('outbound', 2));
    fail(new Error('refused'));
    await expect.poll(() => work.names()).toEqual(waiting);
    work.endAll();
  });

  test('A job whose commit response was lost is claimed.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const reservation = queue.reserve<unknown>('outbound', 2);
    const { direct } = await make(2, { ...reservation, begin: () => undefined });
    reservation.fail(new DatabaseUnavailable('no answer'));
    worker.look();
    await expect.poll(() => work.names().toSorted()).toEqual(direct);
    expect(work.begun.map(({ job }) => [job.attempt, job.interrupted])).toEqual([
      [1, false],
      [1, false],
    ]);
    work.endAll();
  });
});

/**
 * Random bursts of jobs, by direct dispatch and through the queue. Some commits fail, and each job takes a random
 * number of turns of the event loop.
 */
test('A worker never exceeds its slots and runs each job once, by direct dispatch and by claims.', async () => {
  const burst = fc.record({
    wanted: fc.integer({ min: 1, max: 8 }),
    isDirect: fc.boolean(),
    fails: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    commitTurns: fc.integer({ min: 0, max: 6 }),
    pause: fc.integer({ min: 0, max: 4 }),
  });
  const turns = fc.infiniteStream(fc.integer({ min: 0, max: 5 }));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(burst, { minLength: 1, maxLength: 25 }),
      turns,
      async (slots, bursts, workTurns) => {
        await opened.query('truncate jobs');
        const done: string[] = [];
        const wanted: string[] = [];
        let inHand = 0;
        let reserved = 0;
        const check = () => expect(inHand + reserved).toBeLessThanOrEqual(slots);
        const pass = async (count: number) => {
          for (let i = 0; i < count; i += 1) await nextTurn();
        };
        const worker = start({
          slots: () => slots,
          direct: true,
          async handle(claimed, release) {
            inHand += claimed.length;
            check();
            await allOf(
              claimed.map(async ({ job }) => {
                await pass(workTurns.next().value as number);
                expect(await queue.finish(opened, [job])).toEqual(new Set([nameOf(job)]));
                done.push(nameOf(job));
                inHand -= 1;
                release(1);
              }),
            );
          },
        });
        await Promise.all(
          bursts.map(async ({ wanted: count, isDirect, fails, commitTurns, pause }, i) => {
            await pass(i * pause);
            if (!isDirect) {
              wanted.push(...(await make(count)).waiting);
              db.wake('outbound');
              return;
            }
            const reservation = queue.reserve<unknown>('outbound', count);
            reserved += reservation.count;
            check();
            await pass(commitTurns);
            if (fails) {
              reserved -= reservation.count;
              reservation.fail(new Error('refused'));
              return;
            }
            const begin: typeof reservation.begin = (claimed) => {
              reserved -= reservation.count;
              reservation.begin(claimed);
            };
            const { direct, waiting } = await make(count, { ...reservation, begin });
            wanted.push(...direct, ...waiting);
            if (waiting.length > 0) db.wake('outbound');
          }),
        );
        await expect.poll(() => done.length).toBe(wanted.length);
        await worker.stop();
        expect(done.toSorted()).toEqual(wanted.toSorted());
        expect(await left()).toEqual([]);
      },
    ),
    { numRuns: sized(40) },
  );
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
    const reservation = queue.reserve('outbound', 5);
    const { direct, waiting } = await make(5, reservation);
    expect([direct.length, waiting.length]).toEqual([2, 3]);
    expect(takesDirectly()).toBe(false);
    share.allowed = 10;
    db.wake('outbound');
    await expect.poll(() => work.begun.length).toBe(5);
    expect(work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A worker returns jobs that were reserved for a failed commit to its share.', async () => {
    const work = handledByHand();
    const share = shareOf(10);
    await startDrained({ handle: work.handle, share, slots: () => 20 });
    share.allowed = 4;
    queue.reserve('outbound', 4).fail(new Error('refused'));
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
          await queue.finish(opened, [job]);
        }
      },
    });
    await expect
      .poll(() => {
        clock.advance(1_000);
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
    const { direct } = await make(4, queue.reserve('outbound', 4));
    for (const name of direct) work.fail(name, new Error('no'));
    await expect.poll(async () => (await left()).every(({ interrupted }) => interrupted)).toBe(true);
    clock.advance(5_000);
    worker.look();
    await expect.poll(() => work.names().slice(4)).toEqual(direct);
    work.endAll();
  });

  test.each([
    ['the store is away', new DatabaseUnavailable('away')],
    ['the store refuses, for whatever reason,', new Error('could not write init file')],
  ])('While %s the release of jobs of a failed handler is repeated.', async (_, reason) => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db.fail(INTERRUPT, 3, reason);
    const { direct } = await make(1, queue.reserve('outbound', 1));
    work.fail(direct[0] as string, new DatabaseUnavailable('away'));
    await expect.poll(async () => (await left()).map(({ interrupted }) => interrupted)).toEqual([true]);
    clock.advance(5_000);
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
    clock.advance(5_000);
    worker.look();
    await expect.poll(() => work.names()).toEqual([...waiting, waiting[0]]);
    work.endAll();
  });
});

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
    db.wake('outbound');
    worker.look();
    expect(await settled(nextTurn())).toBe(true);
    expect(work.names()).toEqual(waiting.slice(0, 4));
    expect(await left()).toMatchObject([{ leased: false }, { leased: false }]);
  });

  test('A stop runs the jobs of a claim under way.', async () => {
    const work = handledByHand();
    const { waiting } = await make(1);
    db.hold(CLAIM);
    const worker = start({ handle: work.handle });
    await expect.poll(() => db.waiting()).toBe(1);
    const stopped = worker.stop();
    db.release();
    await expect.poll(() => work.names()).toEqual(waiting);
    expect(await settled(stopped)).toBe(false);
    work.endAll();
    await stopped;
    expect(await left()).toEqual([]);
  });

  test('A stop waits for commits with reserved slots, and runs the jobs that they create.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const [one, two] = [queue.reserve<unknown>('outbound', 1), queue.reserve<unknown>('outbound', 2)];
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
      db,
      queue,
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
    db.fail(INTERRUPT, Number.POSITIVE_INFINITY, new DatabaseUnavailable('away'));
    const { direct } = await make(1, queue.reserve('outbound', 1));
    work.fail(direct[0] as string, new DatabaseUnavailable('away'));
    await expect.poll(() => db.count(INTERRUPT)).toBeGreaterThan(0);
    const patience = new AbortController();
    const stopped = worker.stop(patience.signal);
    expect(await settled(stopped)).toBe(false);
    patience.abort();
    await stopped;
    expect(await left()).toMatchObject([{ leased: true, interrupted: false }]);
  });
});

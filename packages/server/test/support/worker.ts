import { afterEach, beforeEach, expect } from 'vitest';
import { asJson, type Db, type Queryable } from '#db/db.ts';
import { createLog } from '#platform/log.ts';
import type { Claimed } from '#queue/claim.ts';
import { type Job, nameOf, newJob, OUTBOUND, type QueueName } from '#queue/job.ts';
import { Queue, type Reservation } from '#queue/queue.ts';
import { enqueueFrom } from '#queue/sql.ts';
import { allOf, Worker, type WorkerOptions } from '#queue/worker.ts';
import { TestClock } from './clock.ts';
import { loadNothing } from './holder.ts';
import { ownStore } from './own-store.ts';

/** Poll interval in milliseconds that no test reaches. */
export const NEVER_MS = 600_000;
/** Pattern of the statement that claims jobs. */
export const CLAIM = /with recursive/;
/** Pattern of the statement that releases jobs as interrupted. */
export const INTERRUPT = /interrupted = true/;

/** Work that ends on request of the test, and is then finished in the store. */
class HandledByHand {
  readonly begun: Claimed<unknown>[] = [];
  readonly #finish: (job: Job) => Promise<unknown>;
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();
  #isClosed = false;

  constructor(finish: (job: Job) => Promise<unknown>) {
    this.#finish = finish;
  }

  readonly handle = async (claimed: Claimed<unknown>[], release: (count: number) => void): Promise<void> => {
    this.begun.push(...claimed);
    await allOf(
      claimed.map(async ({ job }) => {
        const end = Promise.withResolvers<void>();
        this.#ends.set(nameOf(job), end);
        if (this.#isClosed) end.resolve();
        await end.promise;
        await this.#finish(job);
        release(1);
      }),
    );
  };

  names(): string[] {
    return this.begun.map(({ job }) => nameOf(job));
  }

  end(name: string): void {
    this.#ends.get(name)?.resolve();
  }

  fail(name: string, error: Error): void {
    this.#ends.get(name)?.reject(error);
  }

  endAll(): void {
    for (const { resolve } of this.#ends.values()) resolve();
  }

  /** Ends all work, including work that begins later. A worker that stops waits for its work. */
  close(): void {
    this.#isClosed = true;
    this.endAll();
  }
}

/**
 * Registers the hooks of a test file about workers: each test begins with an empty queue, and its workers are stopped
 * at its end.
 * @returns access to the queue of the running test, and tools to start workers and to create jobs.
 */
export function withWorkers() {
  const opened = ownStore();
  const workers: Worker[] = [];
  const works: HandledByHand[] = [];
  let clock: TestClock;
  let db: ReturnType<typeof steered>;
  let alive: boolean;
  let queue: Queue;
  let made = 0;

  beforeEach(async () => {
    await opened().query('truncate jobs');
    clock = new TestClock();
    db = steered(opened());
    alive = true;
    queue = new Queue({ db, clock, holder: { id: 'prc_test', epoch: 1, alive: () => alive } });
    workers.length = 0;
  });
  afterEach(async () => {
    db.release();
    for (const work of works.splice(0)) work.close();
    await Promise.all(workers.map((worker) => worker.stop(AbortSignal.abort())));
  });

  function handledByHand(): HandledByHand {
    const work = new HandledByHand((job) => queue.finish(opened(), [job]));
    works.push(work);
    return work;
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
    await opened().query(enqueueFrom(source, '$3'), [asJson(rows), new Date(clock.now() - 1), queue.holderId]);
    const direct = rows.filter(({ lease }) => lease !== null);
    reservation?.begin(
      direct.map(({ subject, lease }) => ({ job: newJob(subject, OUTBOUND, lease as number), loaded: {} })),
    );
    const names = (of: typeof rows) => of.map(({ subject }) => nameOf({ subject, ordinal: OUTBOUND }));
    return { direct: names(direct), waiting: names(rows.filter(({ lease }) => lease === null)) };
  }

  return {
    /** Store without delays and failures. */
    opened,
    /** Store of the queue and of its workers, which delays and fails statements on request. */
    db: () => db,
    clock: () => clock,
    queue: () => queue,
    /** Sets whether the process of the queue counts as alive. */
    setAlive(living: boolean) {
      alive = living;
    },
    handledByHand,
    start,
    startDrained,
    takesDirectly,
    make,
    left: () => jobsLeft(opened()),
  };
}

function jobsLeft(db: Db) {
  return db.query<{ subject: string; leased: boolean; interrupted: boolean }>(
    'select subject, leased_by is not null as leased, interrupted from jobs order by subject',
    [],
  );
}

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

import { asJson, DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Allowance, Claimed, Load } from './claim.ts';
import { statementsOf } from './claim-sql.ts';
import { type Claim, Claimer } from './claimer.ts';
import {
  type Held,
  type Holder,
  type Job,
  type JobName,
  type Later,
  type NewJob,
  nameOf,
  type QueueName,
} from './job.ts';
import { Leases } from './leases.ts';
import { ADD, ANY_ABOUT, BEHIND, FINISH, INTERRUPT, POSTPONE } from './sql.ts';

/** Worker that accepts jobs by direct dispatch while no other job waits. */
export interface DirectWorker<Loaded> {
  /** Reserves up to `count` slots until `begin`. */
  reserve(count: number): ReservedSlots;
  /** Starts `claimed`, and frees the rest of `slots`. */
  begin(claimed: Claimed<Loaded>[], slots: ReservedSlots): void;
}

/** Slots of a worker that are reserved for jobs being committed. */
export interface ReservedSlots {
  readonly count: number;
  /** Whether fewer slots are reserved than requested. The other jobs wait in the queue. */
  readonly isShort: boolean;
}

/** Slots reserved for jobs that are about to be created. Call `begin` or `fail` exactly once. */
export interface Reservation<Loaded> {
  /** Lease under which to create the jobs. */
  readonly lease: number;
  /** Maximum number of jobs under the lease. */
  readonly count: number;
  /** Call after the commit, with the jobs that were created under the lease. */
  begin(claimed: Claimed<Loaded>[]): void;
  /** Call when there was no commit, or its outcome is unknown. */
  fail(error: unknown): void;
}

const NO_SLOTS: ReservedSlots = { count: 0, isShort: true };
const RECLAIM_MS = 15_000;

export interface QueueParts {
  db: Db;
  clock: Clock;
  holder: Holder;
}

/** Leased jobs of all queues, as counted by this process. */
export class Queue {
  readonly #parts: QueueParts;
  readonly #leases: Leases;
  readonly #workers = new Map<QueueName, DirectWorker<unknown>>();

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#leases = new Leases(parts.db, parts.holder);
  }

  get holderId(): string {
    return this.#parts.holder.id;
  }

  /** @returns function that leases up to `limit` due jobs, and keeps its own position in the fair scheduling. */
  claimer<Loaded>(
    queue: QueueName,
    load: Load<Loaded>,
  ): (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>> {
    const claimer = new Claimer({ ...this.#parts, leases: this.#leases }, queue, load);
    return (limit, allowance) => claimer.claim(limit, allowance);
  }

  /**
   * Leases jobs about messages with ids before `beforeId`, regardless of fair scheduling. Call `settled` when all are
   * done.
   */
  async claimOld<Loaded>(
    queue: QueueName,
    load: Load<Loaded>,
    beforeId: string,
    limit: number,
  ): Promise<Claimed<Loaded>[]> {
    if (!this.#parts.holder.alive()) return [];
    await this.#leases.settleDoubts();
    const lease = this.#leases.open();
    try {
      const jobs = await run(this.#parts.db, statementsOf(queue).claimOld, beforeId, limit, this.holderId, lease);
      if (jobs.length === 0) this.#leases.close(lease);
      const loaded = jobs.length > 0 ? await load(jobs) : [];
      return jobs.map((job, i) => ({ job, loaded: loaded[i] as Loaded }));
    } catch (error) {
      this.#leases.doubt(lease);
      throw error;
    }
  }

  /**
   * Finds earlier steps that these jobs must not overtake. Such a step waits for its first attempt, or another
   * process runs that attempt. This process must hold the jobs.
   * @returns for each job, the due time of the last such step of its subject. Undefined without one.
   */
  async behind(jobs: readonly Job[]): Promise<(Date | undefined)[]> {
    const later = jobs.filter(({ ordinal }) => ordinal > 1);
    if (later.length === 0) return jobs.map(() => undefined);
    const subjects = later.map(({ subject }) => subject);
    const ordinals = later.map(({ ordinal }) => ordinal);
    const rows = await run(this.#parts.db, BEHIND, subjects, ordinals, this.holderId);
    const dueOf = new Map(rows.map((row) => [nameOf(row), row.runAt]));
    return jobs.map((job) => dueOf.get(nameOf(job)));
  }

  /**
   * Registers `worker` for direct dispatch of jobs that this process creates. @returns function that unregisters it.
   */
  offer<Loaded>(queue: QueueName, worker: DirectWorker<Loaded>): () => void {
    this.#workers.set(queue, worker as DirectWorker<unknown>);
    return () => this.#workers.delete(queue);
  }

  /**
   * Reserves slots for up to `wanted` jobs that the caller is about to create. Jobs created under the lease of the
   * reservation start at once, without a claim. All other jobs wait in the queue.
   */
  reserve<Loaded>(queue: QueueName, wanted: number): Reservation<Loaded> {
    const worker = this.#workers.get(queue) as DirectWorker<Loaded> | undefined;
    const slots = (this.#parts.holder.alive() && worker?.reserve(wanted)) || NO_SLOTS;
    const { count } = slots;
    const leases = this.#leases;
    const lease = count > 0 ? leases.open() : 0;
    return {
      lease,
      count,
      begin(claimed) {
        if (claimed.length === 0) leases.close(lease);
        worker?.begin(claimed, slots);
      },
      fail(error) {
        if (count > 0 && error instanceof DatabaseUnavailable) leases.doubt(lease);
        else leases.close(lease);
        worker?.begin([], slots);
      },
    };
  }

  /**
   * Whether this process still holds the job. Otherwise another process may hold it, and no further work may begin.
   */
  holds({ lease }: Held): boolean {
    return this.#parts.holder.alive() && this.#leases.ofThisEpoch(lease);
  }

  /** Closes the lease of jobs that were claimed together, after all of them are recorded or released. */
  settled(claimed: readonly Claimed<unknown>[]): void {
    for (const { job } of claimed) this.#leases.close(job.lease);
  }

  /** Releases jobs that this process leases without running work. @returns number of jobs. */
  async reclaim(): Promise<number> {
    const queues = await this.#leases.reclaim();
    for (const queue of new Set(queues)) this.#parts.db.wake(queue);
    return queues.length;
  }

  /** Reclaims periodically, because PostgreSQL may commit a statement long after its connection broke. */
  reclaiming(log: Log): Loop {
    return new Loop({
      everyMs: RECLAIM_MS,
      run: async () => {
        const jobs = await this.reclaim();
        if (jobs > 0) log.warn({ event: 'leases_reclaimed', jobs });
      },
      onError: ({ message }) => log.warn({ event: 'reclaim_failed', reason: message }),
    });
  }

  /** Removes finished jobs, under their leases. @returns names of the jobs that were still held. */
  async finish(tx: Queryable, jobs: readonly Held[]): Promise<Set<string>> {
    if (jobs.length === 0) return new Set();
    return names(await run(tx, FINISH, asJson(jobs), this.holderId));
  }

  /** Ends the leases and makes the jobs due at `runAt`, under their leases. @returns names of the jobs still held. */
  async postpone(tx: Queryable, jobs: readonly Later[]): Promise<Set<string>> {
    if (jobs.length === 0) return new Set();
    return names(await run(tx, POSTPONE, asJson(jobs), this.holderId));
  }

  /**
   * Ends leases of jobs whose work stopped at an unknown point. The next claim, after `afterMs`, returns them as
   * interrupted.
   */
  async interrupt(jobs: readonly Held[], afterMs = 0): Promise<void> {
    await run(
      this.#parts.db,
      INTERRUPT,
      asJson(jobs),
      this.holderId,
      new Date(afterMs > 0 ? this.#parts.clock.now() + afterMs : 0),
    );
  }

  /** Whether any job is about a message with an id from `firstId` (inclusive) to `nextId` (exclusive). */
  async anyAbout({ firstId, nextId }: { firstId: string; nextId: string }): Promise<boolean> {
    const rows = await run(this.#parts.db, ANY_ABOUT, firstId, nextId);
    return rows.length > 0;
  }

  /** Adds jobs. An existing job of the same name stays unchanged. */
  async add(tx: Queryable, queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await run(tx, ADD, queue, asJson(jobs));
  }
}

const names = (rows: readonly JobName[]) => new Set(rows.map(nameOf));

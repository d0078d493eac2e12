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
  type Lane,
  type Later,
  type NewJob,
  nameOf,
  type OutboundQueue,
  type QueueName,
} from './job.ts';
import { Leases } from './leases.ts';
import {
  ADD,
  ANY_IN,
  BEHIND,
  DROP,
  FINISH,
  INTERRUPT,
  LOCK_OUTBOUND,
  MOVE,
  OUTBOUND_QUEUES,
  POSTPONE,
  WAITING_OUTBOUND,
} from './sql.ts';
import { Suspension } from './suspension.ts';

/** Worker that accepts jobs by direct dispatch while no other job waits. */
export interface DirectWorker<Loaded> {
  /** Reserves up to `count` slots until `begin`. */
  reserve(count: number): ReservedSlots;
  /** Starts `claimed`, and frees the rest of `slots`. */
  begin(claimed: Claimed<Loaded>[], slots: ReservedSlots): void;
  /** Stops direct dispatch until a claim finds the queue empty. */
  overflow(): void;
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
  /** Default: no job is ever suspended. */
  suspension?: Suspension;
}

/** Leased jobs of all queues, as counted by this process. */
export class Queue {
  readonly #parts: Required<QueueParts>;
  readonly #leases: Leases;
  readonly #workers = new Map<QueueName, DirectWorker<unknown>>();

  constructor(parts: QueueParts) {
    this.#parts = { suspension: new Suspension(), ...parts };
    this.#leases = new Leases(parts.db, parts.holder);
  }

  get holderId(): string {
    return this.#parts.holder.id;
  }

  /**
   * @returns function that leases up to `limit` due jobs, and keeps its own position in the fair scheduling.
   * @param carrier carrier to which the worker submits. Null for other work.
   */
  claimer<Loaded>(
    queue: QueueName,
    load: Load<Loaded>,
    carrier: string | null = null,
  ): (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>> {
    const claimer = new Claimer({ ...this.#parts, leases: this.#leases }, { queue, load, carrier });
    return (limit, allowance) => claimer.claim(limit, allowance);
  }

  /**
   * Leases jobs of expired messages, and interrupted ones, regardless of fair scheduling. Call `settled` when all are done.
   * @param beforeId jobs without a time of expiry expire if the id of their message is smaller.
   */
  async claimOld<Loaded>(
    queue: QueueName,
    load: Load<Loaded>,
    { beforeId, limit, carrier = null }: { beforeId: string; limit: number; carrier?: string | null },
  ): Promise<Claimed<Loaded>[]> {
    const { holder, suspension } = this.#parts;
    const mayClaim = () => holder.alive() && !(carrier !== null && suspension.before !== undefined);
    if (!mayClaim()) return [];
    await this.#leases.settleDoubts();
    if (!mayClaim()) return [];
    const lease = this.#leases.open();
    try {
      const { claimOld } = statementsOf(queue);
      const now = new Date(this.#parts.clock.now());
      const jobs = await run(this.#parts.db, claimOld, beforeId, limit, this.holderId, lease, carrier, now);
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
    const isOpen = this.#parts.holder.alive() && !(isOutbound(queue) && this.#parts.suspension.isHeld);
    const slots = (isOpen && worker?.reserve(wanted)) || NO_SLOTS;
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
   * Stops direct dispatch of a queue until a claim finds it empty. Call it before and after a commit that moves jobs to the
   * queue, so that no new job overtakes them.
   */
  overflow(queue: QueueName): void {
    this.#workers.get(queue)?.overflow();
  }

  /** Whether all outbound jobs wait for an operator. */
  get isHeld(): boolean {
    return this.#parts.suspension.isHeld;
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

  /** Stops reclaims until `resumeReclaim`. */
  pauseReclaim(): void {
    this.#leases.pause();
  }

  resumeReclaim(): void {
    this.#leases.resume();
  }

  /** @returns the last lease before the pause of reclaims, once no work runs under it or an earlier one. */
  quiescedUntil(): number | undefined {
    return this.#leases.quiescedUntil();
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

  /**
   * Attempts in progress of outbound jobs, which are locked, so that no further attempt begins before the commit.
   * @returns number of the attempt, by message.
   */
  async attemptsInProgress(tx: Queryable, messageIds: readonly string[]): Promise<Map<string, number>> {
    if (messageIds.length === 0) return new Map();
    const rows = await run(tx, LOCK_OUTBOUND, messageIds);
    return new Map(rows.flatMap(({ subject, attempt, isLeased }) => (isLeased ? [[subject, attempt] as const] : [])));
  }

  /** Whether a queue has any job, waiting or running. */
  async hasAny(queue: QueueName): Promise<boolean> {
    return (await run(this.#parts.db, ANY_IN, queue)).length > 0;
  }

  /** Queues of outbound jobs that wait. */
  async outboundQueues(): Promise<OutboundQueue[]> {
    return (await run(this.#parts.db, OUTBOUND_QUEUES)).map(({ queue }) => queue);
  }

  /**
   * Outbound jobs of a queue that no process holds, and that no interrupted attempt precedes.
   * @param after last job of the previous page.
   * @param withScheduled whether to include scheduled messages that are due within an hour.
   */
  waiting(
    queue: OutboundQueue,
    after: WaitingJob | undefined,
    limit: number,
    withScheduled = false,
  ): Promise<WaitingJob[]> {
    const { asleep, client, lane, runAt, subject } = after ?? FIRST_WAITING;
    return run(this.#parts.db, WAITING_OUTBOUND, queue, asleep, client, lane, runAt, subject, limit, withScheduled);
  }

  /**
   * Moves waiting jobs to other queues, due at once. A job that has had an attempt meanwhile stays.
   * @returns subjects of the moved jobs.
   */
  async move(tx: Queryable, from: OutboundQueue, moves: readonly Moved[], now: Date): Promise<Set<string>> {
    if (this.#parts.suspension.stopsClaims) return new Set();
    const rows = moves.map(({ subject, attempt, queue, lane }) => {
      return { subject, attempt, queue, ...(lane === undefined ? {} : { lane }) };
    });
    return new Set((await run(tx, MOVE, asJson(rows), from, now)).map(({ subject }) => subject));
  }

  /** Removes jobs that no process holds. */
  async drop(tx: Queryable, jobs: readonly JobName[]): Promise<void> {
    await run(tx, DROP, asJson(jobs));
  }

  /** Adds jobs. An existing job of the same name stays unchanged. */
  async add(tx: Queryable, queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await run(tx, ADD, queue, asJson(jobs));
  }
}

function isOutbound(queue: QueueName): boolean {
  return queue.startsWith('outbound');
}

/** Outbound job that no process holds. */
export interface WaitingJob extends Lane {
  subject: string;
  /** Number of the last attempt, or 0. */
  attempt: number;
  asleep: boolean;
  runAt: Date;
}

/** Waiting job with its new queue. */
export interface Moved extends Pick<WaitingJob, 'subject' | 'attempt'> {
  queue: OutboundQueue;
  /** New lane, if another number sends the message. */
  lane?: string | undefined;
}

/** Position before all waiting jobs. */
const FIRST_WAITING = { asleep: true, client: '', lane: '', runAt: new Date(0), subject: '' };

const names = (rows: readonly JobName[]) => new Set(rows.map(nameOf));

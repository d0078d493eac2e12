import { asJson, DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import {
  type Allowance,
  type Claimed,
  type Cursor,
  type Load,
  ROUND,
  type Round,
  readTurn,
  type Turn,
  WIDE_ROUND,
} from './claim.ts';
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
import { ADD, ANY_ABOUT, BEHIND, FINISH, INTERRUPT, MOST_WOKEN, OF_QUEUE, POSTPONE } from './sql.ts';

/** Worker that accepts jobs by direct dispatch while no other job waits. */
export interface DirectWorker<Loaded> {
  /** Reserves up to `count` slots until `begin`. */
  reserve(count: number): Room;
  /** Starts `claimed`, and frees the other slots of `room`. */
  begin(claimed: Claimed<Loaded>[], room: Room): void;
}

/** Slots of a worker that are reserved for jobs being committed. */
export interface Room {
  readonly count: number;
  /** Whether fewer slots are reserved than requested. The other jobs wait in the queue. */
  readonly isShort: boolean;
}

/** Jobs of one claim, with their loaded data. */
export interface Claim<Loaded> {
  claimed: Claimed<Loaded>[];
  /** Whether more jobs may be due than this claim took. */
  more: boolean;
  /** Whether due jobs wait for their pace. */
  paced: boolean;
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

const NO_ROOM: Room = { count: 0, isShort: true };
const RECLAIM_MS = 15_000;
/** Minimum interval, in milliseconds, at which a claimer wakes scheduled jobs that have become due. */
const WAKE_MS = 100;

export type Queue = ReturnType<typeof createQueue>;

export function createQueue({ db, clock, holder }: { db: Db; clock: Clock; holder: Holder }) {
  const leases = new Leases(db, holder);
  const workers = new Map<QueueName, DirectWorker<unknown>>();
  let reclaiming: NodeJS.Timeout | undefined;

  async function reclaim(): Promise<number> {
    const queues = await leases.reclaim();
    for (const queue of new Set(queues)) db.wake(queue);
    return queues.length;
  }

  const names = (rows: JobName[]) => new Set(rows.map(nameOf));

  return {
    holderId: holder.id,

    /**
     * @returns function that leases up to `limit` due jobs by fair scheduling. Claims serve clients in turn, and the
     *   lanes of each client in turn. Each lane yields its oldest jobs first, up to its allowance. The data of the jobs
     *   is loaded right after the commit.
     */
    claimer<Loaded>(
      queue: QueueName,
      load: Load<Loaded>,
    ): (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>> {
      const { claim, wake } = OF_QUEUE[queue];
      let cursor: Cursor = { client: '', lanes: {} };
      let wokenAt = Number.NEGATIVE_INFINITY;

      async function wakeDue(): Promise<void> {
        const now = clock.now();
        if (Math.abs(now - wokenAt) < WAKE_MS) return;
        const woken = await run(db, wake, new Date(now));
        if (woken.length < MOST_WOKEN) wokenAt = now;
      }

      async function turn(lease: number, limit: number, allowance: Allowance | undefined, round: Round): Promise<Turn> {
        const { lanes = {}, others = null } = allowance ?? {};
        const rows = await run(
          db,
          claim,
          new Date(clock.now()),
          limit,
          holder.id,
          lease,
          cursor.client,
          JSON.stringify(cursor.lanes),
          JSON.stringify(lanes),
          others,
          round.clients,
          round.lanesPerClient,
        );
        const taken = readTurn(rows, lease, { limit, round, allowance }, cursor);
        cursor = taken.cursor;
        return taken;
      }

      return async (limit, allowance) => {
        if (!holder.alive()) return { claimed: [], more: true, paced: false };
        await leases.settleDoubts();
        await wakeDue();
        const lease = leases.open();
        try {
          let { jobs, more, paced } = await turn(lease, limit, allowance, ROUND);
          if (jobs.length === 0 && more) ({ jobs, more, paced } = await turn(lease, limit, allowance, WIDE_ROUND));
          if (jobs.length === 0) leases.close(lease);
          const loaded = jobs.length > 0 ? await load(jobs) : [];
          return { claimed: jobs.map((job, i) => ({ job, loaded: loaded[i] as Loaded })), more, paced };
        } catch (error) {
          leases.doubt(lease);
          throw error;
        }
      };
    },

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
      if (!holder.alive()) return [];
      await leases.settleDoubts();
      const lease = leases.open();
      try {
        const jobs = await run(db, OF_QUEUE[queue].claimOld, beforeId, limit, holder.id, lease);
        if (jobs.length === 0) leases.close(lease);
        const loaded = jobs.length > 0 ? await load(jobs) : [];
        return jobs.map((job, i) => ({ job, loaded: loaded[i] as Loaded }));
      } catch (error) {
        leases.doubt(lease);
        throw error;
      }
    },

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
      const rows = await run(db, BEHIND, subjects, ordinals, holder.id);
      const dueOf = new Map(rows.map((row) => [nameOf(row), row.runAt]));
      return jobs.map((job) => dueOf.get(nameOf(job)));
    },

    /**
     * Registers `worker` for direct dispatch of jobs that this process creates. @returns function that unregisters it.
     */
    offer<Loaded>(queue: QueueName, worker: DirectWorker<Loaded>): () => void {
      workers.set(queue, worker as DirectWorker<unknown>);
      return () => workers.delete(queue);
    },

    /**
     * Reserves slots for up to `wanted` jobs that the caller is about to create. Jobs created under the lease of the
     * reservation start at once, without a claim. All other jobs wait in the queue.
     */
    reserve<Loaded>(queue: QueueName, wanted: number): Reservation<Loaded> {
      const worker = workers.get(queue) as DirectWorker<Loaded> | undefined;
      const room = (holder.alive() && worker?.reserve(wanted)) || NO_ROOM;
      const { count } = room;
      const lease = count > 0 ? leases.open() : 0;
      return {
        lease,
        count,
        begin(claimed) {
          if (claimed.length === 0) leases.close(lease);
          worker?.begin(claimed, room);
        },
        fail(error) {
          if (count > 0 && error instanceof DatabaseUnavailable) leases.doubt(lease);
          else leases.close(lease);
          worker?.begin([], room);
        },
      };
    },

    /**
     * Whether this process still holds the job. Otherwise another process may hold it, and no further work may begin.
     */
    holds: ({ lease }: Held): boolean => holder.alive() && leases.ofThisLife(lease),

    /** Closes the lease of jobs that were claimed together, after all of them are recorded or released. */
    settled(claimed: readonly Claimed<unknown>[]): void {
      for (const { job } of claimed) leases.close(job.lease);
    },

    /** Releases jobs that this process leases without running work. @returns number of jobs. */
    reclaim,

    /** Reclaims periodically, because PostgreSQL may commit a statement long after its connection broke. */
    startReclaiming(log: Log): void {
      reclaiming = setInterval(() => {
        reclaim()
          .then((count) => count > 0 && log.warn({ event: 'leases_reclaimed', jobs: count }))
          .catch((error) => log.warn({ event: 'reclaim_failed', reason: (error as Error).message }));
      }, RECLAIM_MS);
    },

    stopReclaiming: () => clearInterval(reclaiming),

    /** Removes finished jobs, under their leases. @returns names of the jobs that were still held. */
    async finish(tx: Queryable, jobs: readonly Held[]): Promise<Set<string>> {
      if (jobs.length === 0) return new Set();
      return names(await run(tx, FINISH, asJson(jobs), holder.id));
    },

    /** Ends the leases and makes the jobs due at `runAt`, under their leases. @returns names of the jobs still held. */
    async postpone(tx: Queryable, jobs: readonly Later[]): Promise<Set<string>> {
      if (jobs.length === 0) return new Set();
      return names(await run(tx, POSTPONE, asJson(jobs), holder.id));
    },

    /**
     * Ends leases of jobs whose work stopped at an unknown point. The next claim, after `afterMs`, returns them as
     * interrupted.
     */
    async interrupt(jobs: readonly Held[], afterMs = 0): Promise<void> {
      await run(db, INTERRUPT, asJson(jobs), holder.id, new Date(afterMs > 0 ? clock.now() + afterMs : 0));
    },

    /** Whether any job is about a message with an id from `firstId` (inclusive) to `nextId` (exclusive). */
    async anyAbout({ firstId, nextId }: { firstId: string; nextId: string }): Promise<boolean> {
      const rows = await run(db, ANY_ABOUT, firstId, nextId);
      return rows.length > 0;
    },

    /** Adds jobs. An existing job of the same name stays unchanged. */
    async add(tx: Queryable, queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
      if (jobs.length === 0) return;
      await run(tx, ADD, queue, asJson(jobs));
    },
  };
}

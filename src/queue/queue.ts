import type { Clock } from '../clock.ts';
import { asJson, DatabaseUnavailable, type Db, type Queryable } from '../db/db.ts';
import type { Log } from '../log.ts';
import {
  type Allowance,
  type Claimed,
  type ClaimRow,
  type Cursor,
  claimOldSql,
  claimSql,
  type Load,
  MOST_WOKEN,
  ROUND,
  type Round,
  readTurn,
  type Turn,
  WIDE_ROUND,
  wakeSql,
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
import { ADD, BEHIND, finishing, INTERRUPT, postponing } from './statements.ts';

/** Takes work straight from whoever makes it, when it has nothing else to do. */
export interface DirectWorker<Loaded> {
  /** Keeps room for as many of so many jobs as possible, until `begin`. */
  reserve(count: number): Room;
  /** Starts on these, and gives up the rest of the room. */
  begin(claimed: Claimed<Loaded>[], room: Room): void;
}

/** Slots of a worker that are kept for jobs that are being committed. */
export interface Room {
  readonly count: number;
  /** Whether it is for fewer jobs than were wanted: the others wait in the queue. */
  readonly isShort: boolean;
}

/** What one claim brought, read and ready. */
export interface Claim<Loaded> {
  claimed: Claimed<Loaded>[];
  /** More may be due than this claim took. */
  more: boolean;
  /** Some of it waits for its pace. */
  paced: boolean;
}

/** Room that a worker of this process keeps for jobs that are about to be made. Settle it once, with begin or fail. */
export interface Reservation<Loaded> {
  /** The lease under which to make the jobs. */
  readonly lease: number;
  /** So many jobs at most. */
  readonly count: number;
  /** After the commit: these were made under the lease. */
  begin(claimed: Claimed<Loaded>[]): void;
  /** There was no commit, or it is not known whether there was. */
  fail(error: unknown): void;
}

const NO_ROOM: Room = { count: 0, isShort: true };
const RECLAIM_MS = 15_000;
/** How often a claimer looks whether anything that was put off is due. */
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
     * @returns a function that leases up to so many due jobs: of the clients that have any in turn, of each client's
     * lanes in turn, and of each lane the oldest first, as many as it is allowed. What they are about is read right after
     * the commit.
     */
    claimer<Loaded>(
      queue: QueueName,
      load: Load<Loaded>,
    ): (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>> {
      const sql = claimSql(queue);
      const wake = wakeSql(queue);
      let cursor: Cursor = { client: '', lanes: {} };
      let wokenAt = Number.NEGATIVE_INFINITY;

      async function wakeDue(): Promise<void> {
        const now = clock.now();
        if (Math.abs(now - wokenAt) < WAKE_MS) return;
        const woken = await db.query(wake, [new Date(now)]);
        if (woken.length < MOST_WOKEN) wokenAt = now;
      }

      async function turn(lease: number, limit: number, allowance: Allowance | undefined, round: Round): Promise<Turn> {
        const { lanes = {}, others = null } = allowance ?? {};
        const params = [
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
        ];
        const rows = await db.query<ClaimRow>(sql, params);
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

    /** Leases jobs about messages with ids before `beforeId`, whatever else waits. Say when they are settled. */
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
        const jobs = await db.query<Job>(claimOldSql(queue), [beforeId, limit, holder.id, lease]);
        if (jobs.length === 0) leases.close(lease);
        const loaded = jobs.length > 0 ? await load(jobs) : [];
        return jobs.map((job, i) => ({ job, loaded: loaded[i] as Loaded }));
      } catch (error) {
        leases.doubt(lease);
        throw error;
      }
    },

    /**
     * For each of these jobs, which this process holds: when the last of the earlier steps of its subject is due, if one waits
     * for its first attempt or another process makes that; such a step must not be overtaken.
     */
    async behind(jobs: readonly Job[]): Promise<(Date | undefined)[]> {
      const later = jobs.filter(({ ordinal }) => ordinal > 1);
      if (later.length === 0) return jobs.map(() => undefined);
      const subjects = later.map(({ subject }) => subject);
      const ordinals = later.map(({ ordinal }) => ordinal);
      const rows = await db.query<JobName & { runAt: Date }>(BEHIND, [subjects, ordinals, holder.id]);
      const dueOf = new Map(rows.map((row) => [nameOf(row), row.runAt]));
      return jobs.map((job) => dueOf.get(nameOf(job)));
    },

    /** From now on `worker` is offered what this process makes for its queue. @returns a function that ends this. */
    offer<Loaded>(queue: QueueName, worker: DirectWorker<Loaded>): () => void {
      workers.set(queue, worker as DirectWorker<unknown>);
      return () => workers.delete(queue);
    },

    /**
     * Room for up to so many jobs that the caller is about to make: those that it makes under the reservation's lease are
     * begun at once, without a claim. The others wait in the queue as ever.
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

    /** false: the job may be somebody else's by now, and nothing more must be begun for it. */
    holds: ({ lease }: Held): boolean => holder.alive() && leases.ofThisLife(lease),

    /** All that was claimed together is recorded or given back: nothing more will be done under its lease. */
    settled(claimed: readonly Claimed<unknown>[]): void {
      for (const { job } of claimed) leases.close(job.lease);
    },

    /** Takes back what this process holds and nobody works at. @returns how many jobs. */
    reclaim,

    /** PostgreSQL may commit what is on its way long after the connection broke: it is found sooner or later. */
    startReclaiming(log: Log): void {
      reclaiming = setInterval(() => {
        reclaim()
          .then((count) => count > 0 && log.warn({ event: 'leases_reclaimed', jobs: count }))
          .catch((error) => log.warn({ event: 'reclaim_failed', reason: (error as Error).message }));
      }, RECLAIM_MS);
    },

    stopReclaiming: () => clearInterval(reclaiming),

    /** Removes finished jobs, under their leases. @returns the names of those that were still held. */
    async finish(tx: Queryable, jobs: readonly Held[]): Promise<Set<string>> {
      if (jobs.length === 0) return new Set();
      return names(await tx.query<JobName>(finishing('$1', '$2'), [asJson(jobs), holder.id]));
    },

    /** Ends the leases and makes the jobs due at `runAt`, under their leases. @returns the names of those still held. */
    async postpone(tx: Queryable, jobs: readonly Later[]): Promise<Set<string>> {
      if (jobs.length === 0) return new Set();
      return names(await tx.query<JobName>(postponing('$1', '$2'), [asJson(jobs), holder.id]));
    },

    /** Ends leases whose work stopped nobody knows where: whoever claims the jobs next, after so long, is told. */
    async interrupt(jobs: readonly Held[], afterMs = 0): Promise<void> {
      await db.query(INTERRUPT, [asJson(jobs), holder.id, new Date(afterMs > 0 ? clock.now() + afterMs : 0)]);
    },

    /** Whether there is any job about messages with ids from `firstId` on and before `nextId`. */
    async anyAbout({ firstId, nextId }: { firstId: string; nextId: string }): Promise<boolean> {
      const rows = await db.query('select 1 from jobs where subject >= $1 and subject < $2 limit 1', [firstId, nextId]);
      return rows.length > 0;
    },

    /** Adds jobs; one that is there already stays as it is. */
    async add(tx: Queryable, queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
      if (jobs.length === 0) return;
      await tx.query(ADD, [queue, asJson(jobs)]);
    },
  };
}

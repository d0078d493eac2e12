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
import { Leases } from './leases.ts';

/**
 * `outbound` hands messages to carriers; `outcomes` ends what a carrier never answered; `webhooks` delivers events; `replies`
 * answers the keywords of handsets.
 */
export type QueueName = 'outbound' | 'outcomes' | 'webhooks' | 'replies';

/** The ordinals of the steps that a message has once. */
export const OUTBOUND = 0;
export const OUTCOME = -1;
export const OPT_OUT_REPLY = -2;
export const OPT_IN_REPLY = -3;
export const HELP_REPLY = -4;

/** What names a job: there is never a second one for the same step of the same message. */
export interface JobName {
  /** The id of the message that it is about. */
  subject: string;
  /** Which step of its way: 0 outbound, -1 its outcome, -2 to -4 a reply to it, else the webhook of the event with that sequence. */
  ordinal: number;
}

/** What a job needs to be recognised as still held by whoever claimed it. */
export interface Held extends JobName {
  /** Which of its holder's leases this is. */
  lease: number;
}

/** Work that waits, or is being done under a lease. It is gone when it is done. */
export interface Job extends Held {
  /** 1 for the first claim. A claim that never came to an end does not count. */
  attempt: number;
  /** Somebody had claimed it and is gone: what they did before is not known. */
  interrupted: boolean;
}

/** Who takes turns: clients with each other, and the lanes (numbers) of one client. */
export interface Lane {
  client: string;
  lane: string;
}

export interface Later extends Held {
  runAt: Date;
  /** false: what kept it from being done was not its own fault, so the attempt does not count. */
  counts: boolean;
}

export interface NewJob extends JobName, Lane {
  runAt: Date;
}

/** The process, as the queue knows it: leases belong to it, for as long as it lives. */
export interface Holder {
  readonly id: string;
  /** false: what it leases others may take, so it must lease nothing. */
  alive(): boolean;
  /** Counts how often it has come to life. What it held in an earlier life may be another's, also now that it is alive. */
  readonly life: number;
}

/** Takes work straight from whoever makes it, when it has nothing else to do. */
export interface DirectWorker<Loaded> {
  /** @returns how many of so many jobs it has room for, and keeps that room free. */
  reserve(count: number): number;
  /** Starts on these, and gives up what else was reserved. */
  begin(claimed: Claimed<Loaded>[], reserved: number): void;
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

/**
 * SQL for the JSON rows of jobs that are still held under their leases, each with the place of its job (`at`). The planner
 * can't be left to choose the join: this table is empty at one moment and large at the next, and its statistics are of
 * either. OFFSET 0 and the row's place (ctid) leave it one way: the primary key for each row, then the row itself.
 * @param columns what else the rows say, as in a column definition list, with a comma before each.
 */
function stillHeld(rows: string, holder: string, columns = ''): string {
  return `select h.*, j.at
    from json_to_recordset(${rows}::json) as h (subject text, ordinal integer, lease bigint${columns})
    cross join lateral (
      select ctid as at from jobs
      where subject = h.subject and ordinal = h.ordinal and leased_by = ${holder} and lease = h.lease offset 0
    ) as j`;
}

/**
 * The row at that place, as long as it is held as it was. PostgreSQL before the minors of November 2025 does not look again
 * at a place (ctid) that has moved on while it waited for its lock; at these columns it does.
 */
function isIt(holder: string): string {
  return `j.ctid = h.at and j.leased_by = ${holder} and j.lease = h.lease`;
}

/** Nobody knows how far its holder came. */
const INTERRUPT = `
  update jobs j set leased_by = null, lease = null, interrupted = true, run_at = greatest(run_at, $3)
  from (${stillHeld('$1', '$2')}) as h where ${isIt('$2')}`;

/**
 * SQL that adds jobs from a query with the columns (queue, subject, ordinal, client, lane, run_at, lease), to be made part
 * of the statement that makes the reason for them: job and reason commit together or not at all. A lease that is not null
 * is one of `holder`'s, which begins on the job as soon as that has committed.
 */
export function enqueueFrom(source: string, holder: string): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease)
    select queue, subject, ordinal, client, lane, run_at, case when lease is null then 0 else 1 end,
      case when lease is null then null else ${holder} end, lease
    from (${source}) as made (queue, subject, ordinal, client, lane, run_at, lease)`;
}

/**
 * SQL that removes finished jobs, under their leases, and returns the rows of those that were still held.
 * @param rows SQL for JSON rows of `Held`, and of whatever else `columns` says.
 * @param columns as in a column definition list, with a comma before each.
 */
export function finishing(rows: string, holder: string, columns = ''): string {
  return `delete from jobs j using (${stillHeld(rows, holder, columns)}) as h where ${isIt(holder)} returning h.*`;
}

/**
 * SQL that ends leases and makes the jobs due again, and returns the rows of those that were still held.
 * @param rows SQL for JSON rows of `Later`, and of whatever else `columns` says.
 */
export function postponing(rows: string, holder: string, columns = ''): string {
  return `update jobs j set run_at = h."runAt", asleep = ${sleeps('h."runAt"')}, leased_by = null, lease = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end
    from (${stillHeld(rows, holder, `, "runAt" timestamptz, counts boolean${columns}`)}) as h
    where ${isIt(holder)} returning h.*`;
}

/** SQL: whether claims need not come by a job before it is woken. By the store's own clock; a hint, and no more. */
function sleeps(runAt: string): string {
  return `${runAt} > now() + interval '1 second'`;
}

/** A job that was made under a lease, and so never waited. */
export function newJob(subject: string, ordinal: number, lease: number): Job {
  return { subject, ordinal, lease, attempt: 1, interrupted: false };
}

/** For sets and maps. */
export function nameOf({ subject, ordinal }: JobName): string {
  return `${subject}/${ordinal}`;
}

const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep)
  select $1, subject, ordinal, client, lane, "runAt", ${sleeps('"runAt"')}
  from json_to_recordset($2::json) as j (subject text, ordinal integer, client text, lane text, "runAt" timestamptz)
  on conflict do nothing`;

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
      const count = holder.alive() ? (worker?.reserve(wanted) ?? 0) : 0;
      const lease = count > 0 ? leases.open() : 0;
      return {
        lease,
        count,
        begin(claimed) {
          if (claimed.length === 0) leases.close(lease);
          worker?.begin(claimed, count);
        },
        fail(error) {
          if (count > 0 && error instanceof DatabaseUnavailable) leases.doubt(lease);
          else leases.close(lease);
          worker?.begin([], count);
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

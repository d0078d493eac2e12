import type { Clock } from '../clock.ts';
import { asJson, type Db, type Queryable } from '../db/db.ts';
import { randomSecret } from '../ids.ts';

/** `outbound` hands messages to carriers; `outcomes` ends what a carrier never answered; `webhooks` delivers events. */
export type QueueName = 'outbound' | 'outcomes' | 'webhooks';

/** Work that waits, or is being done under a lease. It is gone when it is done. */
export interface Job {
  id: number;
  /** The id of the message that it is about. */
  subject: string;
  /** For webhooks the sequence of the event; otherwise 0. */
  ordinal: number;
  /** 1 for the first claim. A claim that never came to an end does not count. */
  attempt: number;
  /** Somebody had claimed it and never came back: what they did before is not known. */
  interrupted: boolean;
  /** Only who holds the job's present token may record what came of it. */
  token: string;
  /** When the lease ends, in ms since the epoch: after that, others may hold the job. */
  leaseEndsAt: number;
}

/** What to read along with each claimed job, named `job` in the SQL: one statement, so that work begins at once. */
export interface Load {
  columns: string;
  join: string;
}

/** A leased job and what was read along with it; all of that is null where there was nothing to join. */
export interface Claimed<Loaded> {
  job: Job;
  loaded: Loaded;
}

export interface Claim {
  queue: QueueName;
  leaseMs: number;
  load?: Load;
}

export interface Depth {
  queue: QueueName;
  /** Jobs that wait, due or not. */
  depth: number;
  /** Jobs under way, in whichever process; those of a process that is gone as well, until their lease ends. */
  leased: number;
  oldestAgeSeconds: number;
}

/** What a job needs to be recognised as still held by whoever claimed it. */
export type Held = Pick<Job, 'id' | 'token'>;

export interface Later extends Held {
  runAt: Date;
  /** false: what kept it from being done was not its own fault, so the attempt does not count. */
  counts: boolean;
}

/** A claim whose answer never came: nothing was done under its token, so its jobs are as they were before. */
const UNCLAIM = `
  update jobs set lease_token = null, leased_until = null,
    attempt = attempt - case when interrupted then 0 else 1 end
  where queue = $1 and lease_token = any($2)`;

/**
 * SQL that adds jobs from a query with the columns (queue, subject, ordinal, run_at, created_at), to be made part of the
 * statement that makes the reason for them: job and reason commit together or not at all.
 */
export function enqueueFrom(source: string): string {
  return `insert into jobs (queue, subject, ordinal, run_at, created_at) ${source}`;
}

/** SQL that removes finished jobs, under their tokens, and returns the ids of those still held. @see heldRows */
export function finishing(param: string): string {
  return `delete from jobs j using json_to_recordset(${param}::json) as h (id bigint, token text)
    where j.id = h.id and j.lease_token = h.token returning j.id`;
}

/** SQL that ends leases and makes the jobs due again, and returns the ids of those still held. @see laterRows */
export function postponing(param: string): string {
  return `update jobs j set run_at = h."runAt", lease_token = null, leased_until = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end
    from json_to_recordset(${param}::json) as h (id bigint, token text, "runAt" timestamptz, counts boolean)
    where j.id = h.id and j.lease_token = h.token returning j.id`;
}

/** The parameter of `finishing`. */
export function heldRows(jobs: readonly Held[]): string {
  return asJson(jobs.map(({ id, token }) => ({ id, token })));
}

/** The parameter of `postponing`. */
export function laterRows(jobs: readonly Later[]): string {
  return asJson(jobs.map(({ id, token, runAt, counts }) => ({ id, token, runAt, counts })));
}

export type Queue = ReturnType<typeof createQueue>;

type JobRow = Omit<Job, 'id' | 'token' | 'leaseEndsAt'> & { jobId: number };

const claimSql = ({ columns, join }: Load) => `
  with due as materialized (
    select id, run_at, interrupted or lease_token is not null as interrupted from jobs
    where queue = $1 and run_at <= $2 and (leased_until is null or leased_until <= $2) and id <> all($6::bigint[])
    order by run_at, id limit $3 for update skip locked
  ), job as (
    update jobs j set attempt = j.attempt + case when due.interrupted then 0 else 1 end, lease_token = $4,
      leased_until = $5, interrupted = due.interrupted
    from due where j.id = due.id
    returning j.id, j.subject, j.ordinal, j.attempt, j.interrupted, due.run_at
  )
  select job.id as "jobId", job.subject, job.ordinal, job.attempt, job.interrupted${columns && `, ${columns}`}
  from job ${join} order by job.run_at, job.id`;

export function createQueue({ db, clock }: { db: Db; clock: Clock }) {
  const ids = (rows: { id: number }[]) => new Set(rows.map(({ id }) => id));

  return {
    /**
     * @returns a function that leases up to so many due jobs, oldest first. A lease that ran out is as good as none;
     * whoever claims the job then is told that it was `interrupted`; so a worker leaves out those that it has `inHand`
     * itself, whatever the clock says.
     */
    claimer<Loaded>({ queue, leaseMs, load = { columns: '', join: '' } }: Claim) {
      const sql = claimSql(load);
      const unanswered = new Set<string>();
      return async (limit: number, inHand: readonly number[] = []): Promise<Claimed<Loaded>[]> => {
        if (unanswered.size > 0) await db.query(UNCLAIM, [queue, [...unanswered]]);
        unanswered.clear();
        const now = clock.now();
        const leaseEndsAt = now + leaseMs;
        const token = randomSecret('');
        unanswered.add(token);
        const leased = [queue, new Date(now), limit, token, new Date(leaseEndsAt), inHand];
        const rows = await db.query<JobRow>(sql, leased);
        unanswered.clear();
        return rows.map(({ jobId, subject, ordinal, attempt, interrupted, ...loaded }) => ({
          job: { id: jobId, subject, ordinal, attempt, interrupted, token, leaseEndsAt },
          loaded: loaded as Loaded,
        }));
      };
    },

    /** Removes finished jobs, under their tokens. @returns the ids of those that were still held. */
    async finish(tx: Queryable, jobs: readonly Held[]): Promise<Set<number>> {
      if (jobs.length === 0) return new Set();
      return ids(await tx.query<{ id: number }>(finishing('$1'), [heldRows(jobs)]));
    },

    /** Ends the leases and makes the jobs due at `runAt`, under their tokens. @returns the ids of those still held. */
    async postpone(tx: Queryable, jobs: readonly Later[]): Promise<Set<number>> {
      if (jobs.length === 0) return new Set();
      return ids(await tx.query<{ id: number }>(postponing('$1'), [laterRows(jobs)]));
    },

    async add(tx: Queryable, queue: QueueName, jobs: readonly { subject: string; runAt: Date }[]): Promise<void> {
      if (jobs.length === 0) return;
      await tx.query(
        enqueueFrom(`select $1, subject, 0, "runAt", $2::timestamptz
          from json_to_recordset($3::json) as j (subject text, "runAt" timestamptz)`),
        [queue, new Date(clock.now()), asJson(jobs)],
      );
    },

    /**
     * Ends every lease now. For the embedded store's start only, where the lock on the directory proves that
     * no other process can hold a lease: nobody has to wait for dead leases to run out.
     */
    async breakLeases(): Promise<number> {
      const rows = await db.query('update jobs set leased_until = $1 where lease_token is not null returning id', [
        new Date(clock.now()),
      ]);
      return rows.length;
    },

    /** For the metrics. */
    depths: () =>
      db.query<Depth>(
        `select queue, (count(*) filter (where lease_token is null))::int as depth,
           (count(*) filter (where lease_token is not null))::int as leased,
           coalesce(extract(epoch from $1::timestamptz
             - min(least(run_at, $1::timestamptz)) filter (where lease_token is null)), 0)::float8 as "oldestAgeSeconds"
         from jobs group by queue`,
        [new Date(clock.now())],
      ),
  };
}

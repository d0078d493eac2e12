/**
 * Statements of the table `jobs`. Other modules compose their own statements from the exported fragments, so that jobs
 * are committed with the reason for them.
 */
import { rowsAs, statement } from '#db/statement.ts';
import type { Lane, QueueName } from './job.ts';

/**
 * SQL for the JSON rows of jobs that are still held under their leases, each with the address of its row (`at`, a
 * ctid). The planner must not choose the join. This table alternates between empty and large, and its statistics may
 * describe either. OFFSET 0 and the ctid leave one plan: the primary key for each row, then the row itself.
 * @param columns further columns of the rows, as in a column definition list, with a comma before each.
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
 * Condition that the row at that ctid is still held under the same lease. PostgreSQL before the minor releases of
 * November 2025 does not recheck a ctid that has changed while the statement waited for its lock. These columns are
 * rechecked.
 */
function isIt(holder: string): string {
  return `j.ctid = h.at and j.leased_by = ${holder} and j.lease = h.lease`;
}

/** Releases jobs as interrupted, because the progress of their holder is unknown. */
export const INTERRUPT = statement(
  'queue.interrupt',
  { params: ['json', 'text', 'timestamp with time zone'] },
  `
  update jobs j set leased_by = null, lease = null, interrupted = true, run_at = greatest(run_at, $3)
  from (${stillHeld('$1', '$2')}) as h where ${isIt('$2')}`,
);

/**
 * SQL that adds jobs from a query with the columns (queue, subject, ordinal, client, lane, run_at, lease). Embed it in
 * the statement that creates the reason for the jobs, so that both commit together or not at all. A non-null lease is
 * one of `holder`, which starts the job as soon as the statement has committed.
 */
export function enqueueFrom(source: string, holder: string): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease)
    select queue, subject, ordinal, client, lane, run_at, case when lease is null then 0 else 1 end,
      case when lease is null then null else ${holder} end, lease
    from (${source}) as made (queue, subject, ordinal, client, lane, run_at, lease)`;
}

/** Effects of new jobs on jobs that exist already. `hastened`: makes a waiting job due no later than the new one. */
const EXISTING = {
  unchanged: 'do nothing',
  hastened: `(subject, ordinal) do update set run_at = least(jobs.run_at, excluded.run_at), asleep = false
      where jobs.leased_by is null`,
};

/**
 * SQL that adds jobs whose attempts count on from a number, from a query with the columns (queue, subject, ordinal,
 * client, lane, run_at, attempt).
 */
export function enqueueAgainFrom(source: string, existing: keyof typeof EXISTING): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt)
    ${source}
    on conflict ${EXISTING[existing]}`;
}

/** SQL clause that joins the job of a subject and ordinal as `j`. Without such a job, its columns are null. */
export function joiningJob(subject: string, ordinal: string): string {
  return `left join jobs j on j.subject = ${subject} and j.ordinal = ${ordinal}`;
}

/** SQL for a row if more than `count` jobs of a client wait in a queue, without the scheduled ones. */
export function moreWaiting(queue: QueueName, client: string, count: number): string {
  return `select true as found from jobs where queue = '${queue}' and client = ${client} and leased_by is null and not asleep
  offset ${count} limit 1`;
}

/**
 * SQL for the earlier steps of a subject that wait for their first attempt, or whose first attempt another process
 * runs.
 */
function stepsBefore(subject: string, ordinal: string, holder: string): string {
  return `from jobs j where j.subject = ${subject} and j.ordinal > 0 and j.ordinal < ${ordinal}
    and j.attempt <= 1 and case when j.leased_by is null then j.attempt = 0 or j.interrupted else j.leased_by <> ${holder} end`;
}

/**
 * SQL condition that such a step exists. A later step must then wait behind it, and must not be created under a lease.
 */
export function stepBefore(subject: string, ordinal: string, holder: string): string {
  return `exists (select ${stepsBefore(subject, ordinal, holder)})`;
}

/** Jobs with such an earlier step, and the due time of the last such step. $1 subjects, $2 ordinals, $3 holder. */
export const BEHIND = statement(
  'queue.behind',
  {
    params: ['text[]', 'integer[]', 'text'],
    row: { subject: 'text', ordinal: 'integer', runAt: 'timestamp with time zone' },
  },
  `select given.subject, given.ordinal, before."runAt"
  from unnest($1::text[], $2::integer[]) as given (subject, ordinal)
  cross join lateral (
    select max(j.run_at) as "runAt" ${stepsBefore('given.subject', 'given.ordinal', '$3')} having count(*) > 0
  ) as before`,
);

/**
 * SQL that removes finished jobs, under their leases, and returns the rows of the jobs that were still held.
 * @param rows SQL for JSON rows of `Held`, with the further `columns`.
 * @param columns further columns, as in a column definition list, with a comma before each.
 */
export function finishing(rows: string, holder: string, columns = '', returned = 'h.*'): string {
  return `delete from jobs j using (${stillHeld(rows, holder, columns)}) as h where ${isIt(holder)} returning ${returned}`;
}

/**
 * SQL that ends leases and makes the jobs due again, and returns the rows of the jobs that were still held.
 * @param rows SQL for JSON rows of `Later`, with the further `columns`.
 */
export function postponing(rows: string, holder: string, columns = '', returned = 'h.*'): string {
  return `update jobs j set run_at = h."runAt", asleep = ${sleeps('h."runAt"')}, leased_by = null, lease = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end
    from (${stillHeld(rows, holder, `, "runAt" timestamptz, counts boolean${columns}`)}) as h
    where ${isIt(holder)} returning ${returned}`;
}

/** SQL condition that claims may skip a job until it is woken. Uses the clock of the store, and is only a hint. */
function sleeps(runAt: string): string {
  return `${runAt} > now() + interval '1 second'`;
}

/** Ends leases of finished jobs. $1 JSON rows of `Held`, $2 holder. */
export const FINISH = statement(
  'queue.finish',
  { params: ['json', 'text'], row: { subject: 'text', ordinal: 'integer' } },
  finishing('$1', '$2', '', 'h.subject, h.ordinal'),
);

/** Makes jobs due later. $1 JSON rows of `Later`, $2 holder. */
export const POSTPONE = statement(
  'queue.postpone',
  { params: ['json', 'text'], row: { subject: 'text', ordinal: 'integer' } },
  postponing('$1', '$2', '', 'h.subject, h.ordinal'),
);

/** Adds jobs. Existing jobs stay unchanged. $1 queue, $2 JSON rows of `NewJob`. */
export const ADD = statement(
  'queue.add',
  { params: ['text', 'json'] },
  `insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep)
  select $1, subject, ordinal, client, lane, "runAt", ${sleeps('"runAt"')}
  from json_to_recordset($2::json) as j (subject text, ordinal integer, client text, lane text, "runAt" timestamptz)
  on conflict do nothing`,
);

/**
 * SQL for the jobs `j` about messages with an id from `first` (inclusive) to `end` (exclusive).
 * @param join SQL that joins other tables. The result ends with a condition, and callers may append further ones.
 */
export function jobsAbout(first: string, end: string, columns: string, join = ''): string {
  return `select ${columns} from jobs j ${join} where j.subject >= ${first} and j.subject < ${end}`;
}

/** Whether a job is about a message with an id from $1 (inclusive) to $2 (exclusive). */
export const ANY_ABOUT = statement(
  'queue.anyAbout',
  { params: ['text', 'text'], row: { found: 'boolean' } },
  'select true as found from jobs where subject >= $1 and subject < $2 limit 1',
);

/**
 * Releases jobs that the process $1 leases without running work, after a claim or commit without a response. The jobs
 * return to their previous state. Scans the table, because an index on leases would slow down every lease. $2 last
 * lease, $3 open leases.
 */
export const RECLAIM = rowsAs<{ queue: QueueName }>()(
  statement(
    'queue.reclaim',
    { params: ['text', 'bigint', 'bigint[]'], row: { queue: 'text' } },
    `update jobs set leased_by = null, lease = null, attempt = attempt - case when interrupted then 0 else 1 end
    where leased_by = $1 and lease <= $2 and lease <> all($3)
    returning queue`,
  ),
);

/**
 * SQL that releases the jobs of dead processes. A separate statement, so that it sees the leases that dead processes
 * acquired until their end. A process that stopped within a transaction may have locked some jobs. Those jobs are
 * released after PostgreSQL has ended that transaction (db/drivers/connection.ts), and the other jobs do not wait for
 * it.
 * @param living SQL for the row of a living process, by its id.
 */
export function releasingOrphans(living: (id: string) => string): string {
  return `update jobs j set leased_by = null, lease = null, interrupted = true
  from (
    select ctid as at, leased_by from jobs
    where leased_by is not null and not exists (${living('jobs.leased_by')})
    for update skip locked offset 0
  ) as orphan
  where j.ctid = orphan.at and j.leased_by = orphan.leased_by returning 1 as released`;
}

/** Waiting jobs per lane. Reads indexes only. PostgreSQL takes about 150 ms for a million jobs. */
export const WAITING = rowsAs<Waiting>()(
  statement(
    'queue.waiting',
    {
      params: [],
      row: {
        queue: 'text',
        client: 'text',
        lane: 'text',
        count: 'integer',
        due: 'integer',
        since: 'timestamp with time zone',
      },
    },
    `select queue, client, lane, sum(count)::int as count, sum(due)::int as due, min(since) as since from (
      select queue, client, lane, count(*) as count, count(*) as due, min(run_at) as since
      from jobs where leased_by is null and not asleep group by queue, client, lane
      union all
      select queue, client, lane, count(*), 0, min(run_at) from jobs where asleep group by queue, client, lane
    ) as waiting group by queue, client, lane`,
  ),
);

export interface Waiting extends Lane {
  queue: QueueName;
  count: number;
  /** Jobs that are due, or will be within a short time. */
  due: number;
  /** Due time of the first job. */
  since: Date;
}

/** Leased jobs per queue. Scans the table. No index covers leases, because it would slow down every lease. */
export const LEASED = rowsAs<{ queue: QueueName; count: number }>()(
  statement(
    'queue.leased',
    { params: [], row: { queue: 'text', count: 'integer' } },
    'select queue, count(*)::int as count from jobs where leased_by is not null group by queue',
  ),
);

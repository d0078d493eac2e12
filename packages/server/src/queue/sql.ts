/**
 * Statements of the table `jobs`. Other modules compose their own statements from the exported fragments, so that jobs
 * are committed with the reason for them.
 */
import { rowsAs, statement } from '#db/statement.ts';
import { type Lane, NEAR_SECONDS, OUTBOUND, type OutboundQueue, type QueueName } from './job.ts';

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
    select queue, subject, ordinal, client, lane, run_at, ${FIRST_ATTEMPT},
      case when lease is null then null else ${holder} end, lease
    from (${source}) as made (queue, subject, ordinal, client, lane, run_at, lease)`;
}

/**
 * SQL as `enqueueFrom`, for outbound jobs. The query has the carrier of the first attempt, the priority and the time of expiry as
 * further columns. Jobs that are due much later than `now` are added by `scheduleFrom`.
 */
export function enqueueOutboundFrom(source: string, holder: string, now: string): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease, carrier, priority, expires_at, asleep)
    select queue, subject, ${OUTBOUND}, client, lane, run_at, ${FIRST_ATTEMPT},
      case when lease is null then null else ${holder} end, lease, case when lease is null then null else carrier end,
      priority, expires_at, run_at > ${now}
    from (${source}) as made (queue, subject, client, lane, run_at, lease, carrier, priority, expires_at)
    where ${isNear('run_at', now)}`;
}

/** SQL that adds the jobs of the same query that are due much later. */
export function scheduleFrom(source: string, now: string): string {
  return `insert into scheduled_jobs (queue, subject, client, lane, run_at, priority, expires_at)
    select queue, subject, client, lane, run_at, priority, expires_at
    from (${source}) as made (queue, subject, client, lane, run_at, lease, carrier, priority, expires_at)
    where not ${isNear('run_at', now)}`;
}

/** SQL condition that a job is due within the time for which jobs are kept with those that are due now. */
function isNear(runAt: string, now: string): string {
  return `${runAt} <= ${now} + interval '${NEAR_SECONDS} seconds'`;
}

/** Number of the attempt of a new job. */
const FIRST_ATTEMPT = 'case when lease is null then 0 else 1 end';

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
  return `update jobs j set queue = coalesce(h.queue, j.queue), run_at = h."runAt", asleep = ${sleeps('h."runAt"')}, leased_by = null, lease = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end, excused = j.excused + case when h.excuses then 1 else 0 end
    from (${stillHeld(rows, holder, `, "runAt" timestamptz, counts boolean, excuses boolean, queue text${columns}`)}) as h
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
 * A page of the outbound jobs of queue $1 that no process holds and no interrupted attempt precedes. The ones that are due later
 * come first. $2 to $6 position of the last job of the previous page, $7 limit, $8 whether to include scheduled messages without an
 * attempt.
 */
export const WAITING_OUTBOUND = statement(
  'queue.waitingOutbound',
  {
    params: ['text', 'boolean', 'text', 'text', 'timestamp with time zone', 'text', 'bigint', 'boolean'],
    row: {
      subject: 'text',
      attempt: 'integer',
      asleep: 'boolean',
      client: 'text',
      lane: 'text',
      runAt: 'timestamp with time zone',
    },
  },
  `(select subject, attempt, asleep, client, lane, run_at as "runAt" from jobs
  where queue = $1 and asleep and leased_by is null and not interrupted and ordinal = 0 and ($8 or attempt > 0)
    and $2 and (run_at, client, lane, subject) > ($5, $3, $4, $6)
  order by run_at, client, lane, subject limit $7)
  union all
  (select subject, attempt, asleep, client, lane, run_at from jobs
  where queue = $1 and leased_by is null and not asleep and not interrupted and ordinal = 0
    and ($2 or (client, lane, run_at, subject) > ($3, $4, $5, $6))
  order by client, lane, run_at, subject limit $7)
  limit $7`,
);

/**
 * Moves outbound jobs of queue $2 to other queues, due at once, or at their time without an attempt. $1 JSON rows of `Moved`, $3 now. Jobs that a process holds, or
 * that have had another attempt, stay unchanged.
 */
export const MOVE = statement(
  'queue.move',
  { params: ['json', 'text', 'timestamp with time zone'], row: { subject: 'text' } },
  `update jobs j set queue = m."to", lane = coalesce(m.lane, j.lane), asleep = j.asleep and j.attempt = 0,
    run_at = case when j.asleep and j.attempt = 0 then j.run_at else least(j.run_at, $3) end
  from (
    select m.*, waiting.at from json_to_recordset($1::json) as m (subject text, attempt integer, queue text, lane text)
    cross join lateral (
      select ctid as at from jobs where subject = m.subject and ordinal = 0 and queue = $2 and leased_by is null offset 0
    ) as waiting
  ) as m (subject, attempt, "to", lane, at)
  where j.ctid = m.at and j.subject = m.subject and j.ordinal = 0 and j.queue = $2 and j.leased_by is null and not j.interrupted
    and j.attempt = m.attempt
  returning j.subject`,
);

/** Queues of outbound jobs that wait. Each costs one look-up in an index. */
export const OUTBOUND_QUEUES = rowsAs<{ queue: OutboundQueue }>()(
  statement(
    'queue.outboundQueues',
    { params: [], row: { queue: 'text' } },
    `with recursive due as (
      (select queue from jobs where leased_by is null and not asleep and queue >= 'outbound' order by queue limit 1)
      union all
      select (select queue from jobs where leased_by is null and not asleep and queue > due.queue order by queue limit 1)
      from due where due.queue is not null
    ), scheduled as (
      (select queue from jobs where asleep and queue >= 'outbound' order by queue limit 1)
      union all
      select (select queue from jobs where asleep and queue > scheduled.queue order by queue limit 1)
      from scheduled where scheduled.queue is not null
    )
    select queue from (select queue from due union select queue from scheduled) as found
    where queue = 'outbound' or queue like 'outbound:%'`,
  ),
);

/** Locks the outbound jobs of the messages $1, and returns their attempts. */
export const LOCK_OUTBOUND = statement(
  'queue.lockOutbound',
  { params: ['text[]'], row: { subject: 'text', attempt: 'integer', isLeased: 'boolean' } },
  `select subject, attempt, leased_by is not null as "isLeased" from jobs
  where subject = any($1) and ordinal = 0 order by subject for update`,
);

/** SQL for the queue of the due outbound job about a message, which waits or is being carried out. */
export function outboundQueueOf(messageId: string, now: string): string {
  return `select queue from jobs where subject = ${messageId} and ordinal = 0 and run_at <= ${now} and queue like 'outbound%' offset 0`;
}

/** Removes jobs that no process holds. $1 JSON rows of `JobName`. */
export const DROP = statement(
  'queue.drop',
  { params: ['json'] },
  `delete from jobs j using json_to_recordset($1::json) as r (subject text, ordinal integer)
  where j.subject = r.subject and j.ordinal = r.ordinal and j.leased_by is null`,
);

/**
 * SQL for the jobs `j` about messages with an id from `first` (inclusive) to `end` (exclusive).
 * @param join SQL that joins other tables. The result ends with a condition, and callers may append further ones.
 */
export function jobsAbout(first: string, end: string, columns: string, join = ''): string {
  return `select ${columns} from jobs j ${join} where j.subject >= ${first} and j.subject < ${end}`;
}

/** SQL as `jobsAbout`, for the scheduled jobs `s`. */
export function scheduledAbout(first: string, end: string, columns: string, join = ''): string {
  return `select ${columns} from scheduled_jobs s ${join} where s.subject >= ${first} and s.subject < ${end}`;
}

/** Whether queue $1 has a job. */
export const ANY_IN = statement(
  'queue.anyIn',
  { params: ['text'], row: { found: 'boolean' } },
  'select true as found from jobs where queue = $1 limit 1',
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
        scheduled: 'integer',
        since: 'timestamp with time zone',
      },
    },
    `select queue, client, lane, sum(count)::int as count, sum(due)::int as due, sum(scheduled)::int as scheduled,
      min(since) as since from (
      select queue, client, lane, count(*) as count, count(*) as due, 0 as scheduled, min(run_at) as since
      from jobs where leased_by is null and not asleep group by queue, client, lane
      union all
      select queue, client, lane, count(*) filter (where attempt > 0), 0, count(*) filter (where attempt = 0), min(run_at)
      from jobs where asleep group by queue, client, lane
    ) as waiting group by queue, client, lane`,
  ),
);

export interface Waiting extends Lane {
  queue: QueueName;
  count: number;
  /** Jobs that are due, or will be within a short time. */
  due: number;
  /** Jobs without an attempt that are due later. `count` does not include these. */
  scheduled: number;
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

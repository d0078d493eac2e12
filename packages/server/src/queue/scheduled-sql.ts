/** Statements of outbound jobs that are scheduled, canceled or rescheduled. */
import { rowsAs, statement } from '#db/statement.ts';
import { OUTBOUND, type OutboundQueue } from './job.ts';
import { enqueueOutboundFrom, scheduleFrom } from './sql.ts';

/** Scheduled jobs that are due until $1, at most $2, the next ones first. */
export const DUE_SCHEDULED = rowsAs<{ subject: string; queue: OutboundQueue }>()(
  statement(
    'queue.dueScheduled',
    { params: ['timestamp with time zone', 'bigint'], row: { subject: 'text', queue: 'text' } },
    `select subject, queue from scheduled_jobs where run_at <= $1 order by run_at limit $2`,
  ),
);

/**
 * Moves the scheduled jobs $1 to the jobs that are due soon. Inserts only rows that this statement has deleted, because another
 * process may have moved the others, and their messages may have left already. $2 JSON object with the queue of each job, $3 now.
 */
export const RELEASE = statement(
  'queue.release',
  { params: ['text[]', 'json', 'timestamp with time zone'], row: { subject: 'text' } },
  `with released as (
    delete from scheduled_jobs where subject = any($1) returning *
  ), queues as materialized (
    select $2::json::jsonb as by_subject
  )
  insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep, priority, expires_at)
  select coalesce(q.by_subject ->> s.subject, s.queue), s.subject, ${OUTBOUND}, s.client, s.lane, s.run_at, s.run_at > $3, s.priority,
    s.expires_at
  from released s cross join queues q
  on conflict do nothing returning subject`,
);

/** Number of scheduled jobs of client $1, counted up to $2. */
export const SCHEDULED_OF = statement(
  'queue.scheduledOf',
  { params: ['text', 'bigint'], row: { count: 'integer' } },
  `select count(*)::int as count from (select 1 from scheduled_jobs where client = $1 limit $2) as found`,
);

/**
 * Locks the outbound jobs of the messages $1 that no process holds and no interrupted attempt precedes, and returns whether each is
 * still to have its first attempt. Without jobs that were due before $2, if it is not null.
 */
export const LOCK_UNHELD = statement(
  'queue.lockUnheld',
  { params: ['text[]', 'timestamp with time zone?'], row: { subject: 'text', isFirst: 'boolean' } },
  `with waiting as (
    select subject, attempt = 0 as first from jobs
    where subject = any($1) and ordinal = 0 and leased_by is null and not interrupted and ($2::timestamptz is null or run_at > $2)
    order by subject for update
  ), scheduled as (
    select subject from scheduled_jobs where subject = any($1) and ($2::timestamptz is null or run_at > $2) order by subject for update
  )
  select subject, first as "isFirst" from waiting union all select subject, true from scheduled`,
);

/** Removes the outbound jobs of the messages $1, which are locked. */
export const DROP_OUTBOUND = statement(
  'queue.dropOutbound',
  { params: ['text[]'] },
  `with scheduled as (delete from scheduled_jobs where subject = any($1))
  delete from jobs where subject = any($1) and ordinal = 0 and leased_by is null`,
);

/** Queue, client, lane and priority of the outbound job of message $1, which is locked. */
export const OUTBOUND_JOB = rowsAs<{ queue: OutboundQueue; client: string; lane: string; priority: number }>()(
  statement(
    'queue.outboundJob',
    { params: ['text'], row: { queue: 'text', client: 'text', lane: 'text', priority: 'integer' } },
    `select queue, client, lane, priority::int as priority from jobs where subject = $1 and ordinal = 0
    union all
    select queue, client, lane, priority::int from scheduled_jobs where subject = $1`,
  ),
);

/** One outbound job from the parameters of `ADD_OUTBOUND`, with the columns of `enqueueOutboundFrom`. */
const GIVEN_OUTBOUND = `select $1::text, $2::text, $3::text, $4::text, $5::timestamptz, null::bigint, null::text, $6::integer::smallint,
  $7::timestamptz`;

/** Adds the outbound job of message $2. $1 queue, $3 client, $4 lane, $5 due time, $6 priority, $7 time of expiry, $8 now. */
export const ADD_OUTBOUND = statement(
  'queue.addOutbound',
  {
    params: [
      'text',
      'text',
      'text',
      'text',
      'timestamp with time zone',
      'integer',
      'timestamp with time zone',
      'timestamp with time zone',
    ],
  },
  `with scheduled as (
    ${scheduleFrom(GIVEN_OUTBOUND, '$8::timestamptz')}
  )
  ${enqueueOutboundFrom(GIVEN_OUTBOUND, 'null', '$8::timestamptz')}`,
);

/** Outbound jobs of messages, waiting, running or scheduled, of those among $1. */
export const OUTBOUND_AMONG = statement(
  'queue.outboundAmong',
  { params: ['text[]'], row: { subject: 'text' } },
  `select subject from jobs where subject = any($1) and ordinal = 0
  union all
  select subject from scheduled_jobs where subject = any($1)`,
);

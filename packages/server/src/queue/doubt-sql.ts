/** Statements of outbound jobs that may have been carried out although the store shows otherwise. */
import { statement } from '#db/statement.ts';
import { OUTBOUND } from './job.ts';

/** SQL that makes a job look like one whose holder has died during the attempt that the store lacks. */
const INTERRUPTED = `interrupted = true, attempt = attempt + 1, asleep = false`;

/** SQL that adds the scheduled jobs of a condition to the jobs, as interrupted ones. $2 now. */
function fromScheduled(where: string): string {
  return `with moved as (delete from scheduled_jobs where ${where} returning *)
  insert into jobs (queue, subject, ordinal, client, lane, run_at, priority, expires_at, interrupted, attempt)
  select queue, subject, ${OUTBOUND}, client, lane, least(run_at, $2), priority, expires_at, true, 1 from moved
  on conflict do nothing returning 1 as doubted`;
}

/**
 * SQL for the number of the last attempt of a message: $1 has the messages, $2 the numbers. Evaluated for found jobs only. A join with
 * the arrays would read all jobs for each message.
 */
const LAST_ATTEMPT = '($2::integer[])[array_position($1::text[], subject)]';

/**
 * Marks the waiting outbound jobs of the messages $1 whose last attempts have the numbers $2. A job of which the store has that attempt waits
 * for the next one, and is not marked. $3 now.
 */
export const DOUBT = statement(
  'queue.doubt',
  { params: ['text[]', 'integer[]', 'timestamp with time zone'], row: { doubted: 'integer' } },
  `update jobs set ${INTERRUPTED}, run_at = least(run_at, $3)
  where subject = any($1) and ordinal = ${OUTBOUND} and leased_by is null and not interrupted and attempt < ${LAST_ATTEMPT}
  returning 1 as doubted`,
);

/** Marks the scheduled jobs of the messages $1. $2 now. */
export const DOUBT_SCHEDULED = statement(
  'queue.doubtScheduled',
  { params: ['text[]', 'timestamp with time zone'], row: { doubted: 'integer' } },
  fromScheduled('subject = any($1)'),
);

/** Marks all outbound jobs that wait since before $1, of messages from before $1. */
export const DOUBT_ALL = statement(
  'queue.doubtAll',
  { params: ['timestamp with time zone'], row: { doubted: 'integer' } },
  `update jobs set ${INTERRUPTED}
  where ordinal = ${OUTBOUND} and leased_by is null and not interrupted and run_at <= $1 and subject < 'msg_' || ulid_floor($1)
  returning 1 as doubted`,
);

/** Marks all scheduled jobs that are due since before $1. $2 now. */
export const DOUBT_ALL_SCHEDULED = statement(
  'queue.doubtAllScheduled',
  { params: ['timestamp with time zone', 'timestamp with time zone'], row: { doubted: 'integer' } },
  fromScheduled('run_at <= $1'),
);

/**
 * Marks outbound jobs of the messages $1, whose last attempts have the numbers $2, that process $3 holds for such an attempt under leases
 * until $4. No work runs under these leases any more, and the records of its outcomes are missing.
 */
export const DOUBT_HELD = statement(
  'queue.doubtHeld',
  { params: ['text[]', 'integer[]', 'text', 'bigint'], row: { doubted: 'integer' } },
  `update jobs set leased_by = null, lease = null, interrupted = true
  where subject = any($1) and ordinal = ${OUTBOUND} and leased_by = $3 and lease <= $4 and attempt <= ${LAST_ATTEMPT}
  returning 1 as doubted`,
);

/** Marks outbound jobs as `DOUBT_HELD`, of all messages that process $1 holds under leases until $2. */
export const DOUBT_ALL_HELD = statement(
  'queue.doubtAllHeld',
  { params: ['text', 'bigint'], row: { doubted: 'integer' } },
  `update jobs set leased_by = null, lease = null, interrupted = true
  where ordinal = ${OUTBOUND} and leased_by = $1 and lease <= $2 returning 1 as doubted`,
);

/** Number of outbound jobs that may have been carried out. */
export const DOUBTED = statement(
  'queue.doubted',
  { params: [], row: { count: 'integer' } },
  `select count(*)::int as count from jobs where interrupted and leased_by is null and ordinal = ${OUTBOUND}`,
);

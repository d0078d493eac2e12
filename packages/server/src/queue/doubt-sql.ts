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

/** Marks the waiting outbound jobs of the messages $1. $2 now. */
export const DOUBT = statement(
  'queue.doubt',
  { params: ['text[]', 'timestamp with time zone'], row: { doubted: 'integer' } },
  `update jobs set ${INTERRUPTED}, run_at = least(run_at, $2)
  where subject = any($1) and ordinal = ${OUTBOUND} and leased_by is null and not interrupted returning 1 as doubted`,
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
 * Marks outbound jobs of the messages $1 that process $2 holds under leases until $3. Null: of all messages. No work runs under these
 * leases any more, and the records of its outcomes are missing.
 */
export const DOUBT_HELD = statement(
  'queue.doubtHeld',
  { params: ['text[]?', 'text', 'bigint'], row: { doubted: 'integer' } },
  `update jobs set leased_by = null, lease = null, interrupted = true
  where ($1::text[] is null or subject = any($1)) and ordinal = ${OUTBOUND} and leased_by = $2 and lease <= $3 returning 1 as doubted`,
);

/** Number of outbound jobs that may have been carried out. */
export const DOUBTED = statement(
  'queue.doubted',
  { params: [], row: { count: 'integer' } },
  `select count(*)::int as count from jobs where interrupted and leased_by is null and ordinal = ${OUTBOUND}`,
);

/** Statements of the table `webhook_attempts`. */
import { rowsAs, statement } from '#db/statement.ts';
import type { EventKey } from '#events/events.ts';
import { finishing, postponing } from '#queue/sql.ts';

export type AttemptOutcome = 'DELIVERED' | 'RETRY' | 'GIVEN_UP';

/** One attempt to deliver an event, as stored. */
export interface StoredAttempt {
  at: Date;
  url: string;
  outcome: AttemptOutcome;
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  /** At most 4 KiB of the response. Only for a failed attempt. */
  responseStart: string | null;
}

/** Maximum number of attempts that one statement redacts. */
const BATCH = 1_000;

/** Columns of an attempt in the JSON rows of jobs. */
const ATTEMPT = `, attempt integer, outcome text, url text, "statusCode" integer, error text, "responseStart" text,
  "durationMs" integer, "attemptedAt" timestamptz`;

/**
 * Records attempts and the results of their jobs in one statement and one commit. Only jobs that are still held are
 * recorded. $1 JSON rows of `Held` for finished jobs, $2 JSON rows of `Later` for postponed jobs, each with the columns
 * of its attempt. $3 holder.
 */
export const RECORD = statement(
  'webhooks.record',
  { params: ['json', 'json', 'text'], row: { subject: 'text', ordinal: 'integer' } },
  `with finished as (${finishing('$1', '$3', ATTEMPT)}), postponed as (${postponing('$2', '$3', ATTEMPT)}),
  attempted as (
    insert into webhook_attempts (message_id, sequence, attempt, outcome, url, status_code, error, response_start,
      duration_ms, attempted_at)
    select subject, ordinal, attempt, outcome, url, "statusCode", error, "responseStart", "durationMs", "attemptedAt"
    from finished where url is not null
    union all
    select subject, ordinal, attempt, outcome, url, "statusCode", error, "responseStart", "durationMs", "attemptedAt"
    from postponed where url is not null
    on conflict do nothing
  )
  select subject, ordinal from finished union all select subject, ordinal from postponed`,
);

/**
 * Attempts of the events with the message ids $1 and sequences $2. $3 and $4 span of the ids. OFFSET 0 forces the
 * planner to use the index for each event.
 */
export const ATTEMPTS = rowsAs<EventKey & StoredAttempt>()(
  statement(
    'webhooks.attempts.ofEvents',
    {
      params: ['text[]', 'integer[]', 'text', 'text'],
      row: {
        messageId: 'text',
        sequence: 'integer',
        at: 'timestamp with time zone',
        url: 'text',
        outcome: 'text',
        statusCode: 'integer?',
        error: 'text?',
        durationMs: 'integer',
        responseStart: 'text?',
      },
    },
    `select a.message_id as "messageId", a.sequence, a.attempted_at as at, a.url, a.outcome, a.status_code as "statusCode",
      a.error, a.duration_ms as "durationMs", a.response_start as "responseStart"
    from unnest($1::text[], $2::integer[]) as given (id, sequence)
    cross join lateral (
      select * from webhook_attempts
      where message_id = given.id and sequence = given.sequence and message_id between $3 and $4 order by attempt offset 0
    ) as a`,
  ),
);

/**
 * Removes the stored responses of the next attempts after ($1, $2, $3) and before the message id $4. Returns the last
 * of these attempts, and their number.
 */
export const REDACT = statement(
  'webhooks.attempts.redact',
  {
    params: ['text', 'integer', 'integer', 'text'],
    row: { messageId: 'text', sequence: 'integer', attempt: 'integer', count: 'integer' },
  },
  `with batch as materialized (
    select message_id, sequence, attempt from webhook_attempts
    where (message_id, sequence, attempt) > ($1, $2::integer, $3::integer) and message_id >= $1 and message_id < $4
      and response_start <> ''
    order by message_id, sequence, attempt limit ${BATCH}
  ), changed as (
    update webhook_attempts a set response_start = '' from batch
    where a.message_id = batch.message_id and a.sequence = batch.sequence and a.attempt = batch.attempt
  )
  select message_id as "messageId", sequence, attempt, (select count(*) from batch)::int as count
  from batch order by message_id desc, sequence desc, attempt desc limit 1`,
);

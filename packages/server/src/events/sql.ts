/**
 * Statements of the tables `events` and `stream`. Other modules compose their own statements from the exported
 * fragments, so that a state and its event are committed together.
 */
import { rowsAs, statement } from '#db/statement.ts';
import { enqueueFrom } from '#queue/sql.ts';
import type { EventKey, EventType } from './events.ts';
import type { EventPosition } from './stream.ts';

/** SQL expression for the current stream position, at which this transaction adds events (migration 0008). */
export const HERE = '(select shift + pg_current_xact_id()::text::bigint from stream)';

/**
 * SQL for the common table expressions that append events and their webhook jobs. The source is a query with the
 * columns (message_id, sequence, type, status, provider_message_ref, error, occurred_at, client, lane, lease, after).
 * Must be part of the statement that changes the state, so that a change and its event always exist together. `after`
 * is the position of the message's previous event, because a transaction that waited for the row may be older.
 * @param holder SQL expression for the process that holds the leases. @see enqueueFrom
 */
export function appendEvents(source: string, holder: string): string {
  return `event as materialized (${source}), appended as (
      insert into events (message_id, sequence, type, status, provider_message_ref, error, occurred_at, api_client_id, position)
      select message_id, sequence, type, status, provider_message_ref, error, occurred_at, client, greatest(after, ${HERE})
      from event
    ), fanned_out as (
      ${enqueueFrom(`select 'webhooks', message_id, sequence, client, lane, occurred_at, lease from event`, holder)}
    )`;
}

/**
 * SQL clause that reads the events with given keys as `e`, with the keys as `given (id, sequence)`. $1 message ids, $2
 * sequences, $3 and $4 the smallest and largest of these ids. The range limits the search to the day partitions between
 * them. OFFSET 0 forces the planner to use the index for each key, because the statement is planned once for all
 * parameters.
 */
export const GIVEN_EVENTS = `from unnest($1::text[], $2::integer[]) as given (id, sequence)
  cross join lateral (
    select * from events where message_id = given.id and sequence = given.sequence and message_id between $3 and $4 offset 0
  ) as e`;

/** SQL clause that reads the event of message $1 with sequence $2 as `e`. $3 and $4 the message id, as in `GIVEN_EVENTS`. */
export const GIVEN_EVENT =
  'from events e where e.message_id = $1 and e.sequence = $2 and e.message_id between $3 and $4';

/** SQL for the places of the events of client $1 after the place ($2, $3, $4), the first ones first. */
export function placesAfter(end: string, limit: string): string {
  return `select position, message_id as "messageId", sequence from events
  where api_client_id = $1 and (position, message_id, sequence) > ($2, $3, $4) and position < ${end}
  order by position, message_id, sequence limit ${limit}`;
}

/** Columns of `EventPosition`. */
const PLACE = { position: 'bigint', messageId: 'text', sequence: 'integer' } as const;

/** Next places after the place ($2, $3, $4) of client $1, at most $5, below the position $6. */
export const FORWARD = rowsAs<EventPosition>()(
  statement(
    'events.forward',
    { params: ['text', 'bigint', 'text', 'integer', 'bigint', 'bigint'], row: PLACE },
    placesAfter('$6', '$5'),
  ),
);

/** Places before the place ($2, $3, $4) of client $1, the latest first, at most $5, below the position $6. */
export const BACKWARD = rowsAs<EventPosition>()(
  statement(
    'events.backward',
    { params: ['text', 'bigint', 'text', 'integer', 'bigint', 'bigint'], row: PLACE },
    `select position, message_id as "messageId", sequence from events
    where api_client_id = $1 and (position, message_id, sequence) < ($2, $3, $4) and position < $6
    order by position desc, message_id desc, sequence desc limit $5`,
  ),
);

/** First event of client $1 at or after the position $2. */
export const FIRST_FROM = statement(
  'events.firstFrom',
  { params: ['text', 'bigint'], row: { position: 'bigint', occurredAt: 'timestamp with time zone' } },
  `select position, occurred_at as "occurredAt" from events
  where api_client_id = $1 and position >= $2 order by position, message_id, sequence limit 1`,
);

/** Position after all existing events, including those that cannot be read yet. */
export const END = statement('events.end', { params: [], row: { at: 'bigint' } }, `select ${HERE} + 1 as at`);

/**
 * Position below which the stream is complete: that of the oldest open transaction of this database. A reader that
 * continues from its last position misses nothing, regardless of open transactions.
 *
 * The snapshot's oldest transaction is not used, because it may belong to another database of the same PostgreSQL. The
 * horizon therefore needs a statement of its own, before the statement that reads. A transaction that is not open now
 * has ended, and is visible to the later statement. Transaction ids have 32 bits here and 64 bits elsewhere
 * (PostgreSQL, "Transactions and Identifiers").
 */
export const HORIZON = statement(
  'events.horizon',
  { params: [], row: { at: 'bigint' } },
  `select shift + least(newest, (
    select min(newest - age) from (
      select (newest - backend_xid::text::bigint) & 4294967295 as age from pg_stat_activity
      where datname = current_database() and backend_xid is not null
      union all
      select (newest - transaction::text::bigint) & 4294967295 from pg_prepared_xacts where database = current_database()
    ) as open where age < 2147483648
  )) as at
  from stream cross join (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest) as now`,
);

/** Event of a message, without the fields of the message. */
export interface MessageEvent extends EventKey {
  type: EventType;
  status: string;
  occurredAt: Date;
}

/** Events of the message $1, in their order. */
export const OF_MESSAGE = rowsAs<MessageEvent>()(
  statement(
    'events.ofMessage',
    {
      params: ['text'],
      row: {
        messageId: 'text',
        sequence: 'integer',
        type: 'text',
        status: 'text',
        occurredAt: 'timestamp with time zone',
      },
    },
    `select message_id as "messageId", sequence, type, status, occurred_at as "occurredAt" from events
    where message_id = $1 order by sequence`,
  ),
);

/** Moves the stream position ahead of all stored events, if the transaction counter is behind the mark. */
export const KEEP_AHEAD = statement(
  'events.keepAhead',
  { params: [] },
  `update stream set shift = greatest(mark, (select max(position) from events)) + 1 - pg_current_xact_id()::text::bigint
  where shift + pg_current_xact_id()::text::bigint < mark`,
);

/** Stores the current stream position as the mark. Returns no row if the mark is current. */
export const MARK = statement(
  'events.mark',
  { params: [], row: { marked: 'integer' } },
  `update stream set mark = ${HERE} where mark < ${HERE} returning 1 as marked`,
);

/**
 * Moves the stream position ahead of every position of a lost history, by the time. Each second has 2^21 positions, which is more than
 * the transactions of a second, so all positions used until now are lower, in every history. Positions have 53 bits until 2106.
 */
export const SKIP_AHEAD = statement(
  'events.skipAhead',
  { params: [] },
  'update stream set shift = greatest(shift + (1 << 21), floor(extract(epoch from clock_timestamp()))::bigint << 21)',
);

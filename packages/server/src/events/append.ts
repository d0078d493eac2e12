import { enqueueFrom } from '../queue/sql.ts';

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

import { enqueueFrom } from '../queue/statements.ts';

/** SQL: where the stream of events has come to, for what this very transaction adds to it (migration 0008). */
export const HERE = '(select shift + pg_current_xact_id()::text::bigint from stream)';

/**
 * SQL for the common table expressions that append events and the jobs that deliver them, from a query with the columns
 * (message_id, sequence, type, status, provider_message_ref, error, occurred_at, client, lane, lease, after). To be made part
 * of the statement that changes the state: an event never exists without its change, nor a change without its event.
 * `after` is the position of the message's event before: a transaction that waited for its row may be older than that.
 * @param holder SQL for the process that the leases are of. @see enqueueFrom
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

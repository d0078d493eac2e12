import { enqueueFrom } from '../queue/queue.ts';

/**
 * SQL for the common table expressions that append events and the jobs that deliver them, from a query with the columns
 * (message_id, sequence, type, status, provider_message_ref, error, occurred_at, client, lane, lease). To be made part of
 * the statement that changes the state: an event never exists without its change, nor a change without its event.
 * @param holder SQL for the process that the leases are of. @see enqueueFrom
 */
export function appendEvents(source: string, holder: string): string {
  return `event as materialized (${source}), appended as (
      insert into events (message_id, sequence, type, status, provider_message_ref, error, occurred_at)
      select message_id, sequence, type, status, provider_message_ref, error, occurred_at from event
    ), fanned_out as (
      ${enqueueFrom(`select 'webhooks', message_id, sequence, client, lane, occurred_at, lease from event`, holder)}
    )`;
}

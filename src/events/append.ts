import { enqueueFrom } from '../queue/queue.ts';

/**
 * SQL for the common table expressions that append events and the jobs that deliver them, from a query with the columns
 * (message_id, sequence, type, status, provider_message_ref, error, occurred_at). To be made part of the statement that
 * changes the state: an event never exists without its change, nor a change without its event.
 */
export function appendEvents(source: string): string {
  return `appended as (
      insert into events (message_id, sequence, type, status, provider_message_ref, error, occurred_at) ${source}
      returning message_id, sequence, occurred_at
    ), fanned_out as (
      ${enqueueFrom(`select 'webhooks', message_id, sequence, occurred_at, occurred_at from appended
        order by message_id, sequence`)}
    )`;
}

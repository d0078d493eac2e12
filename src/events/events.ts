import { span } from '../db/days.ts';
import type { Db } from '../db/db.ts';
import type { MessageError } from '../errors.ts';
import type { Load } from '../queue/claim.ts';
import { nameOf } from '../queue/queue.ts';

export type EventType = 'message.queued' | 'message.sent' | 'message.delivery' | 'message.failed' | 'message.inbound';

/** What a webhook carries (CONTRACT: "payload"). */
export interface EventBody {
  /** The same for every attempt: consumers may see an event twice, and know it by this. */
  eventId: string;
  type: EventType;
  occurredAt: string;
  /** 1, 2, 3 … within the message. */
  sequence: number;
  apiClientId: string;
  messageId: string;
  externalReference?: string;
  numberId: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  status: string;
  segments?: number;
  providerMessageRef?: string;
  error?: MessageError;
  text?: string;
  media?: unknown[];
}

/** An event as the store has it; without a message where there is none. */
export interface EventRow {
  messageId: string | null;
  sequence: number;
  type: EventType;
  occurredAt: Date;
  apiClientId: string;
  externalReference: string | null;
  numberId: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  status: string;
  segments: number | null;
  providerMessageRef: string | null;
  error: MessageError | null;
  text: string | null;
  media: unknown[] | null;
}

/** Planned once for all, so the planner is left no other way than through the index for each (OFFSET 0). */
const EVENTS = `
  select e.message_id as "messageId", e.sequence, e.type, e.occurred_at as "occurredAt",
    m.api_client_id as "apiClientId", m.external_reference as "externalReference",
    m.number_id as "numberId", m.from_address as "from", m.to_address as "to",
    m.message_type as "messageType", e.status, m.segments, e.provider_message_ref as "providerMessageRef",
    e.error, case when e.type = 'message.inbound' then m.text end as text,
    case when e.type = 'message.inbound' then m.media end as media
  from unnest($1::text[], $2::integer[]) as given (id, sequence)
  cross join lateral (
    select * from events where message_id = given.id and sequence = given.sequence and message_id between $3 and $4 offset 0
  ) as e
  cross join lateral (select * from messages where id = given.id and id between $3 and $4 offset 0) as m`;

const NO_EVENT = { messageId: null } as EventRow;

/** The events that webhook jobs are about. */
export function loadEvents(db: Db): Load<EventRow> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const sequences = jobs.map(({ ordinal }) => ordinal);
    const rows = await db.query<EventRow>(EVENTS, [ids, sequences, ...span(ids)]);
    const found = new Map(rows.map((row) => [`${row.messageId}/${row.sequence}`, row]));
    return jobs.map((job) => found.get(nameOf(job)) ?? NO_EVENT);
  };
}

/** An event's id says which it is: there is no second one for the same step of the same message. */
function eventId(messageId: string, sequence: number): string {
  return `evt_${messageId.slice(messageId.indexOf('_') + 1)}_${sequence}`;
}

/** The event as it is sent, the same however often it is; undefined when there is none. */
export function bodyOf(row: EventRow): EventBody | undefined {
  if (row.messageId === null) return undefined;
  return {
    eventId: eventId(row.messageId, row.sequence),
    type: row.type,
    occurredAt: row.occurredAt.toISOString(),
    sequence: row.sequence,
    apiClientId: row.apiClientId,
    messageId: row.messageId,
    ...(row.externalReference === null ? {} : { externalReference: row.externalReference }),
    numberId: row.numberId,
    from: row.from,
    to: row.to,
    messageType: row.messageType,
    status: row.status,
    ...(row.segments === null ? {} : { segments: row.segments }),
    ...(row.providerMessageRef === null ? {} : { providerMessageRef: row.providerMessageRef }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.media === null ? {} : { media: row.media }),
  };
}

import type { Queryable } from '#db/db.ts';
import type { MessageError } from '#platform/errors.ts';

export type EventType = 'message.queued' | 'message.sent' | 'message.delivery' | 'message.failed' | 'message.inbound';

/** Payload of a webhook (CONTRACT: "payload"). */
export interface EventBody {
  /** Equal for every attempt. Consumers may receive an event twice, and recognise it by this id. */
  eventId: string;
  type: EventType;
  occurredAt: string;
  /** Number of the event within its message: 1, 2, 3 … */
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
  /** Purpose of an automatic reply. Absent: no automatic reply. */
  purpose?: string;
  text?: string;
  media?: unknown[];
  /** Normalised keyword of an inbound message. Absent: the text is no keyword. */
  keyword?: string;
  optOutType?: string;
}

/** An event as stored. `messageId` is null when the event does not exist. */
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
  purpose: string | null;
  text: string | null;
  media: unknown[] | null;
  keyword: string | null;
  optOutType: string | null;
}

/** Key of an event: its message, and its number within the message. */
export interface EventKey {
  messageId: string;
  sequence: number;
}

/** Reads the events with these keys and their messages, in the given order (messages/lookup/events.ts). */
export type ReadEvents = (db: Queryable, keys: readonly EventKey[]) => Promise<EventRow[]>;

/** Derives the id from the key, so that a message has only one event per number. */
export function eventIdOf({ messageId, sequence }: EventKey): string {
  return `evt_${messageId.slice(messageId.indexOf('_') + 1)}_${sequence}`;
}

/** @returns the key of an event id, or undefined when the id is malformed. */
export function readEventId(eventId: string): EventKey | undefined {
  const [, ulid, digits] = /^evt_([0-9A-Za-z]{1,64})_([1-9]\d{0,8})$/.exec(eventId) ?? [];
  return ulid && digits ? { messageId: `msg_${ulid}`, sequence: Number(digits) } : undefined;
}

/** Payload of an event, equal for every attempt. undefined: the event does not exist. */
export function bodyOf(row: EventRow): EventBody | undefined {
  if (row.messageId === null) return undefined;
  return {
    eventId: eventIdOf({ messageId: row.messageId, sequence: row.sequence }),
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
    ...(row.purpose === null ? {} : { purpose: row.purpose }),
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.media === null ? {} : { media: row.media }),
    ...(row.keyword === null ? {} : { keyword: row.keyword }),
    ...(row.optOutType === null ? {} : { optOutType: row.optOutType }),
  };
}

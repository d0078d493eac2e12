/** Statements that read messages for clients and operators, and events with the fields of their messages. */
import type { Queryable } from '#db/db.ts';
import { rowsAs, statement } from '#db/statement.ts';
import type { EventRow } from '#events/events.ts';
import { GIVEN_EVENTS } from '#events/sql.ts';
import type { StoredContent } from '../lifecycle/shared-content.ts';
import { GIVEN_MESSAGES, messageById } from '../sql.ts';
import type { Message, MessageFilter, MessagePart } from './lookup.ts';
import type { Examined } from './pages.ts';

const MESSAGE = `m.id as "messageId", m.direction, m.status, m.number_id as "numberId", m.from_address as "from",
  m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.content_of as "contentOf",
  m.external_reference as "externalReference", m.delivery_guarantee as "deliveryGuarantee", m.purpose, m.keyword,
  m.opt_out_type as "optOutType", m.encoding, m.segments, m.provider_message_ref as "providerMessageRef",
  m.error, m.created_at as "createdAt", m.sent_at as "sentAt", m.finished_at as "finishedAt", m.send_at as "sendAt", m.bulk_send_id as "bulkSendId",
  case when m.direction = 'OUTBOUND' then coalesce(m.expires_at, m.created_at + interval '24 hours') end as "expiresAt",
  case when m.direction = 'OUTBOUND' then coalesce(m.priority, 'NORMAL') end as priority`;
const MESSAGE_ROW = {
  messageId: 'text',
  direction: 'text',
  status: 'text',
  numberId: 'text',
  from: 'text',
  to: 'text',
  messageType: 'text',
  text: 'text?',
  media: 'json?',
  contentOf: 'text?',
  externalReference: 'text?',
  deliveryGuarantee: 'text?',
  purpose: 'text?',
  keyword: 'text?',
  optOutType: 'text?',
  encoding: 'text?',
  segments: 'integer?',
  providerMessageRef: 'text?',
  error: 'json?',
  createdAt: 'timestamp with time zone',
  sentAt: 'timestamp with time zone?',
  finishedAt: 'timestamp with time zone?',
  sendAt: 'timestamp with time zone?',
  expiresAt: 'timestamp with time zone?',
  priority: 'text?',
  bulkSendId: 'text?',
} as const;

/** Origin of a message, for operators. */
export interface Origin {
  apiClientId: string | null;
  idempotencyKey: string | null;
  /** Why the carrier was selected. null: the default carrier or that of the number, which needs no explanation. */
  route: string | null;
  /** Pool that selected the number. null: the send named the number. */
  poolId: string | null;
}

/** The messages $1, newest first. $2 and $3 the span of the ids. */
export const READ = rowsAs<Message & StoredContent>()(
  statement(
    'messages.read',
    { params: ['text[]', 'text', 'text'], row: MESSAGE_ROW },
    `select ${MESSAGE} ${GIVEN_MESSAGES} order by m.id desc`,
  ),
);

/** Message $1, if it is of client $2. */
export const FIND = rowsAs<Message & StoredContent>()(
  statement(
    'messages.find',
    { params: ['text', 'text'], row: MESSAGE_ROW },
    `select ${MESSAGE} from messages m where m.id = $1 and m.api_client_id = $2`,
  ),
);

/** Message $1, with its origin. */
export const EXPLAIN = rowsAs<Message & StoredContent & Origin>()(
  statement(
    'messages.explain',
    {
      params: ['text'],
      row: { ...MESSAGE_ROW, apiClientId: 'text?', idempotencyKey: 'text?', route: 'text?', poolId: 'text?' },
    },
    `select ${MESSAGE}, m.api_client_id as "apiClientId", m.idempotency_key as "idempotencyKey",
      m.route, m.pool_id as "poolId" from messages m where m.id = $1`,
  ),
);

/** Segments of message $1. */
export const PARTS = rowsAs<MessagePart>()(
  statement(
    'messages.parts',
    {
      params: ['text'],
      row: {
        part: 'integer',
        attempt: 'integer?',
        state: 'text',
        carrier: 'text',
        providerMessageRef: 'text?',
        error: 'json?',
        submittedAt: 'timestamp with time zone',
        finishedAt: 'timestamp with time zone?',
      },
    },
    `select part, attempt, state, carrier, carrier_ref as "providerMessageRef", error, submitted_at as "submittedAt",
    finished_at as "finishedAt" from message_parts where message_id = $1 order by part`,
  ),
);

/**
 * Events with the fields of their messages. $1 ids of the messages, $2 sequences, $3 and $4 the span of the ids. The text
 * and the media are read for inbound messages only.
 */
export const EVENTS = rowsAs<EventRow>()(
  statement(
    'messages.events',
    {
      params: ['text[]', 'integer[]', 'text', 'text'],
      row: {
        messageId: 'text?',
        sequence: 'integer',
        type: 'text',
        occurredAt: 'timestamp with time zone',
        apiClientId: 'text',
        externalReference: 'text?',
        numberId: 'text',
        from: 'text',
        to: 'text',
        messageType: 'text',
        status: 'text',
        segments: 'integer?',
        providerMessageRef: 'text?',
        error: 'json?',
        purpose: 'text?',
        text: 'text?',
        media: 'json?',
        keyword: 'text?',
        optOutType: 'text?',
      },
    },
    `select e.message_id as "messageId", e.sequence, e.type, e.occurred_at as "occurredAt",
    m.api_client_id as "apiClientId", m.external_reference as "externalReference",
    m.number_id as "numberId", m.from_address as "from", m.to_address as "to",
    m.message_type as "messageType", e.status, m.segments, e.provider_message_ref as "providerMessageRef",
    e.error, m.purpose, case when e.type = 'message.inbound' then m.text end as text,
    case when e.type = 'message.inbound' then m.media end as media, m.keyword, m.opt_out_type as "optOutType"
  ${GIVEN_EVENTS}
  cross join lateral (${messageById('given.id', '$3', '$4')}) as m`,
  ),
);

/** Ranges of times without an index. */
const RANGES: Partial<Record<keyof MessageFilter, string>> = { sendAfter: 'm.send_at >=', sendBefore: 'm.send_at <' };

/** Conditions with an index, and their columns. */
const LED: Partial<Record<keyof MessageFilter, string>> = {
  externalReference: 'external_reference',
  bulkSendId: 'bulk_send_id',
  to: 'to_address',
};
const SOUGHT: Partial<Record<keyof MessageFilter, string>> = {
  status: 'status',
  from: 'from_address',
  direction: 'direction',
  numberId: 'number_id',
};

/** Query for the next ids of a client that a filter may match. */
export interface Examination {
  /** Whether a condition has no index. The query then also returns ids that do not match. */
  sifts: boolean;
  /**
   * Reads at most `limit` ids, newest first, and whether each matches.
   * @param before id. The result has only smaller ids, from `start` on.
   */
  read(db: Queryable, client: string, before: string, start: string, limit: number): Promise<Examined[]>;
}

/** Whether the index of inbound messages covers the sender. */
export const isOfHandset = ({ direction, from }: MessageFilter) => direction === 'INBOUND' && from !== undefined;

/**
 * Composes the query for a filter. The text depends on the conditions, because each combination needs the plan of its own
 * index. All ids match when every condition has an index.
 */
export function examining(filter: MessageFilter): Examination {
  const params: (string | readonly string[] | Date)[] = [];
  const given = (columns: typeof LED) =>
    (Object.keys(columns) as (keyof MessageFilter)[]).flatMap((field) => {
      const value = filter[field];
      if (value === undefined || value instanceof Date) return [];
      const [only, ...others] = [value].flat();
      if (only === undefined) return [];
      const isOne = others.length === 0;
      const parameter = `$${params.push(isOne ? only : value) + 4}`;
      return [`m.${columns[field]} = ${isOne ? parameter : `any(${parameter})`}`];
    });
  const led = given(LED);
  const sought = given(SOUGHT);
  for (const [field, condition] of Object.entries(RANGES)) {
    const value = filter[field as keyof MessageFilter];
    if (value instanceof Date) sought.push(`coalesce(${condition} $${params.push(value) + 4}, false)`);
  }
  // Inbound messages are few and have an index of their own.
  if (isOfHandset(filter)) led.push(...sought.splice(0), `m.direction = 'INBOUND'`);
  const fits = sought.length > 0 ? sought.join(' and ') : 'true';
  const sql = `/* messages.list */ select m.id, ${fits} as fits from messages m
    where ${[`m.api_client_id = $1`, 'm.id < $2', 'm.id >= $3', ...led].join(' and ')} order by m.id desc limit $4`;
  return {
    sifts: sought.length > 0,
    read: (db, client, before, start, limit) => db.query<Examined>(sql, [client, before, start, limit, ...params]),
  };
}

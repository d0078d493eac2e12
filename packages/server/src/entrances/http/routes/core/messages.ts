import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { EVENT_TYPES, Failure, Keyword, OptOutType, Purpose } from '#entrances/http/schemas/event-schema.ts';
import { readMoment } from '#entrances/http/schemas/moments.ts';
import { isIdOf, Limit, limitOf, readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { addressesMeant, recipientsMeant } from '#entrances/http/schemas/phone-filter.ts';
import { body, NullableTimestamp, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { eventIdOf } from '#events/events.ts';
import type { Message, MessageFilter, MessagePart } from '#messages/lookup/lookup.ts';
import { isRejectionId } from '#messages/lookup/rejections.ts';
import { notFound } from '#platform/errors.ts';
import type { DeliveredEvent } from '#webhooks/history/deliveries.ts';
import { Delivery, shownDelivery } from './delivery-schema.ts';
import { RejectionResponse, shownRejection } from './rejection-schema.ts';
import { BulkSendId, MediaOfMessage, Priority } from './send-message.ts';

const STATUSES = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED'] as const;

const MessageStatus = named(
  'MessageStatus',
  Type.Enum([...STATUSES], {
    description:
      'UNKNOWN: submitted without a response. Not submitted again, unless the sender chose AT_LEAST_ONCE. A receipt ' +
      'may still resolve the status.',
  }),
);

const fields = {
  messageId: Type.String(),
  direction: Type.Enum(['INBOUND', 'OUTBOUND']),
  status: MessageStatus,
  numberId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  messageType: Type.Enum(['SMS', 'MMS']),
  text: nullable(Type.String({ description: 'Removed after the retention period of texts (RC_TEXT_DAYS)' })),
  media: nullable(Type.Array(MediaOfMessage)),
  externalReference: nullable(Type.String()),
  deliveryGuarantee: nullable(Type.Enum(['AT_MOST_ONCE', 'AT_LEAST_ONCE'])),
  purpose: nullable(Purpose),
  keyword: nullable(Keyword),
  optOutType: nullable(OptOutType),
  encoding: nullable(Type.Enum(['GSM7', 'UCS2'])),
  segments: nullable(Type.Integer()),
  providerMessageRef: nullable(Type.String()),
  error: nullable(Failure),
  createdAt: Timestamp,
  sentAt: NullableTimestamp,
  finishedAt: NullableTimestamp,
  sendAt: nullable(Type.String({ format: 'date-time', description: 'Requested time of the submit' })),
  expiresAt: nullable(
    Type.String({ format: 'date-time', description: 'Time after which the message is not submitted any more' }),
  ),
  priority: nullable(Priority),
  bulkSendId: nullable(Type.String({ description: 'Bulk send to which the message belongs' })),
};

const EXAMPLE = {
  messageId: 'msg_abc123',
  direction: 'OUTBOUND' as const,
  status: 'DELIVERED' as const,
  numberId: 'num_abc123',
  from: '+15551234567',
  to: '+15551234567',
  messageType: 'SMS' as const,
  text: 'Hello from Red Cloud',
  media: null,
  externalReference: 'order_789',
  deliveryGuarantee: 'AT_MOST_ONCE' as const,
  purpose: null,
  keyword: null,
  optOutType: null,
  encoding: 'GSM7' as const,
  segments: 1,
  providerMessageRef: 'sim-abc123',
  error: null,
  createdAt: '2026-11-23T12:00:00.000Z',
  sentAt: '2026-11-23T12:00:00.020Z',
  finishedAt: '2026-11-23T12:00:00.220Z',
  sendAt: null,
  expiresAt: '2026-11-24T12:00:00.000Z',
  priority: 'NORMAL' as const,
  bulkSendId: null,
};

const MessageResponse = named('Message', Type.Object(fields, { examples: [EXAMPLE] }));

const Part = named(
  'MessagePart',
  Type.Object({
    part: Type.Integer({ minimum: 1 }),
    attempt: nullable(Type.Integer({ description: 'Number of the submit that gave the state' })),
    state: Type.Enum(['UNKNOWN', 'SENT', 'DELIVERED', 'FAILED']),
    carrier: Type.String(),
    providerMessageRef: nullable(Type.String()),
    error: nullable(Failure),
    submittedAt: Timestamp,
    finishedAt: NullableTimestamp,
  }),
);

const MessageEvent = named(
  'MessageEvent',
  Type.Object({
    eventId: Type.String(),
    type: Type.Enum(EVENT_TYPES),
    sequence: Type.Integer({ minimum: 1 }),
    status: Type.String(),
    occurredAt: Timestamp,
    delivery: Delivery,
  }),
);

const Address = Type.String({
  minLength: 1,
  maxLength: 255,
  description:
    'Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the ' +
    'rules of the countries of your numbers, or rejected with 400. Names and short codes match exactly.',
  examples: ['+15551234567'],
});

const listSchema = {
  operationId: 'listMessages',
  summary: 'List messages, newest first',
  description:
    'A message must match all given filters. A page may have fewer messages than `limit`, or none, before the end. ' +
    'Continue until `nextCursor` is null. New messages do not move earlier ones to another page. With the status ' +
    'REJECTED, lists the recipients that were rejected in `errors[]` of a send, which are in no other list. `to` then ' +
    'also matches the recipient as sent. Needs the capability `messages:read`.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  querystring: body({
    externalReference: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    bulkSendId: Type.Optional(BulkSendId),
    status: Type.Optional(Type.Enum([...STATUSES, 'REJECTED'])),
    to: Type.Optional(Address),
    from: Type.Optional(Address),
    numberId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    direction: Type.Optional(Type.Enum(['INBOUND', 'OUTBOUND'])),
    createdAfter: Type.Optional(Type.String({ format: 'date-time', description: 'Created at this time or later' })),
    createdBefore: Type.Optional(Type.String({ format: 'date-time', description: 'Created before this time' })),
    sendAfter: Type.Optional(Type.String({ format: 'date-time', description: '`sendAt` at this time or later' })),
    sendBefore: Type.Optional(Type.String({ format: 'date-time', description: '`sendAt` before this time' })),
    limit: Limit,
    cursor: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
  }),
  response: {
    200: Type.Object(
      { messages: Type.Array(Type.Union([MessageResponse, RejectionResponse])), nextCursor: nullable(Type.String()) },
      { description: 'Page of messages', examples: [{ messages: [EXAMPLE], nextCursor: null }] },
    ),
    ...refusals(400, 401, 403, 429, 500, 502),
  },
};

/** Message with its segments and events. */
export const MessageDetail = named(
  'MessageDetail',
  Type.Object({ ...fields, parts: Type.Array(Part), events: Type.Array(MessageEvent) }),
);

const getSchema = {
  operationId: 'getMessage',
  summary: 'Get a message with its segments, events and deliveries',
  description: 'Also gets a rejected recipient, by its id `rej_…`. Needs the capability `messages:read`.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  params: Type.Object({ messageId: Type.String({ examples: ['msg_abc123'] }) }),
  response: {
    200: Type.Union([MessageDetail, RejectionResponse]),
    ...refusals(400, 401, 403, 404, 429, 500, 502),
  },
};

type Query = Static<typeof listSchema.querystring>;

/** Conditions that both lists have. @param recipients reads the filter `to`. */
async function filterOf(
  numbers: Modules['numbers'],
  apiClientId: string,
  { to, from, externalReference, numberId, createdAfter, createdBefore }: Query,
  recipients: typeof addressesMeant,
) {
  const by = { apiClientId, hasNationalDigits: false };
  return {
    externalReference,
    numberId,
    to: to === undefined ? undefined : await recipients(numbers, { ...by, field: 'to', text: to }),
    from:
      from === undefined
        ? undefined
        : await addressesMeant(numbers, { ...by, field: 'from', text: from, hasNationalDigits: true }),
    createdAfter: momentOf('createdAfter', createdAfter),
    createdBefore: momentOf('createdBefore', createdBefore),
  };
}

function momentOf(field: string, text: string | undefined): Date | undefined {
  return text === undefined ? undefined : readMoment(field, text);
}

type Lists = Pick<Modules, 'lookup' | 'rejections' | 'numbers'>;

async function listMessages({ lookup, numbers }: Lists, client: string, query: Query, status: MessageFilter['status']) {
  const before = query.cursor === undefined ? undefined : readCursor('cursor', query.cursor, isIdOf('msg'))[0];
  const filter = {
    ...(await filterOf(numbers, client, query, addressesMeant)),
    ...{ status, direction: query.direction, bulkSendId: query.bulkSendId },
    sendAfter: momentOf('sendAfter', query.sendAfter),
    sendBefore: momentOf('sendBefore', query.sendBefore),
  };
  const page = await lookup.list(client, filter, before, limitOf(query));
  return pageOf(page.messages.map(toResponse), page.before);
}

async function listRejections({ rejections, numbers }: Lists, client: string, query: Query) {
  const before = query.cursor === undefined ? undefined : readCursor('cursor', query.cursor, isIdOf('rej'))[0];
  const filter = await filterOf(numbers, client, query, recipientsMeant);
  const { direction, sendAfter, sendBefore, bulkSendId } = query;
  const isScheduled = [momentOf('sendAfter', sendAfter), momentOf('sendBefore', sendBefore)].some(Boolean);
  // No handset is rejected, and a rejected recipient has no time of its submit and no bulk send.
  if (direction === 'INBOUND' || isScheduled || bulkSendId !== undefined) return pageOf([], undefined);
  const page = await rejections.list(client, filter, before, limitOf(query));
  return pageOf(page.rejections.map(shownRejection), page.before);
}

function pageOf<Item>(messages: Item[], before: string | undefined) {
  return { messages, nextCursor: before === undefined ? null : toCursor([before]) };
}

function toResponse({ createdAt, sentAt, finishedAt, sendAt, expiresAt, ...rest }: Message) {
  return {
    ...rest,
    sendAt: sendAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export function shownDetail(
  { parts, ...message }: Message & { parts: MessagePart[] },
  events: readonly DeliveredEvent[],
): Static<typeof MessageDetail> {
  return {
    ...toResponse(message),
    parts: parts.map(({ submittedAt, finishedAt, ...part }) => ({
      ...part,
      submittedAt: submittedAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
    })),
    events: events.map(({ messageId, sequence, occurredAt, type, status, delivery }) => ({
      eventId: eventIdOf({ messageId, sequence }),
      type,
      sequence,
      status,
      occurredAt: occurredAt.toISOString(),
      delivery: shownDelivery(delivery),
    })),
  };
}

/** @throws ApiError NOT_FOUND if there is no such message or rejection. */
export function existing<Found>(found: Found | undefined): Found {
  if (found === undefined) throw notFound('No such message');
  return found;
}

export function readMessages(app: App, { lookup, rejections, deliveries, numbers }: Modules): void {
  const onRequest = requireCapability('messages:read');
  const lists = { lookup, rejections, numbers };

  app.get('/messages', { schema: listSchema, onRequest, preValidation: readLimit }, ({ apiClient: { id }, query }) => {
    const { status } = query;
    return status === 'REJECTED' ? listRejections(lists, id, query) : listMessages(lists, id, query, status);
  });

  app.get('/messages/:messageId', { schema: getSchema, onRequest }, async ({ apiClient: { id }, params }) => {
    const { messageId } = params;
    if (isRejectionId(messageId)) return shownRejection(existing(await rejections.find(id, messageId)));
    const found = existing(await lookup.find(id, messageId));
    return shownDetail(found, await deliveries.ofMessage(found.messageId));
  });
}

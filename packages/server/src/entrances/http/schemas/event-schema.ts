import Type from 'typebox';
import { MediaOfMessage } from '../routes/core/send-message.ts';
import { named, Timestamp } from './schemas.ts';

export const EVENT_TYPES = ['message.queued', 'message.sent', 'message.delivery', 'message.failed', 'message.inbound'];

export const Failure = named(
  'Failure',
  Type.Object({
    code: Type.String({ description: 'See docs/errors.md' }),
    message: Type.String(),
    details: Type.Record(Type.String(), Type.Unknown()),
  }),
);

const PURPOSES = ['OPT_OUT_REPLY', 'OPT_IN_REPLY', 'HELP_REPLY'];
const OPT_OUT_TYPES = ['STOP', 'START', 'HELP'];

/** Shared with the schema of a message, where these fields may be null. */
export const Purpose = named(
  'Purpose',
  Type.Enum(PURPOSES, { description: 'Kind of an automatic reply. Absent or null for other messages.' }),
);
export const Keyword = named(
  'Keyword',
  Type.String({
    description: 'Normalised keyword, if the whole text is one (docs/opt-outs.md). Absent or null otherwise.',
    examples: ['STOP'],
  }),
);
export const OptOutType = named('OptOutType', Type.Enum(OPT_OUT_TYPES, { description: 'Meaning of `keyword`' }));

/** Fields of every event. */
export const EVENT_FIELDS = {
  eventId: Type.String({ description: 'Same for each attempt' }),
  occurredAt: Timestamp,
  sequence: Type.Integer({ minimum: 1, description: 'Order of the events of a message' }),
  apiClientId: Type.String(),
  messageId: Type.String(),
  externalReference: Type.Optional(Type.String()),
  numberId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  messageType: Type.Enum(['SMS', 'MMS']),
  segments: Type.Optional(Type.Integer()),
  providerMessageRef: Type.Optional(Type.String({ description: 'Carrier message id' })),
};

/** Further fields of events about messages to handsets, and of events about messages from handsets. */
export const OUTBOUND_FIELDS = { purpose: Type.Optional(Purpose) };
export const INBOUND_FIELDS = {
  text: Type.Optional(Type.String()),
  media: Type.Optional(Type.Array(MediaOfMessage)),
  keyword: Type.Optional(Keyword),
  optOutType: Type.Optional(OptOutType),
};

/** Any event, as in the body of its webhook. */
export const EventResponse = named(
  'Event',
  Type.Object({
    ...EVENT_FIELDS,
    type: Type.Enum(EVENT_TYPES),
    status: Type.String(),
    error: Type.Optional(Failure),
    ...OUTBOUND_FIELDS,
    ...INBOUND_FIELDS,
  }),
);

/** Last event of the canonical message. */
export const EVENT_EXAMPLE = {
  eventId: 'evt_abc123_3',
  type: 'message.delivery',
  occurredAt: '2026-11-23T12:00:00.000Z',
  sequence: 3,
  apiClientId: 'rc_test_client_123',
  messageId: 'msg_abc123',
  externalReference: 'order_789',
  numberId: 'num_abc123',
  from: '+15551234567',
  to: '+15551234567',
  messageType: 'SMS',
  status: 'DELIVERED',
  segments: 1,
  providerMessageRef: 'sim-abc123',
};

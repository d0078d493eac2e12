import Type from 'typebox';
import { MediaItem } from './routes/core/send-message.ts';
import { Timestamp } from './schemas.ts';

export const EVENT_TYPES = ['message.queued', 'message.sent', 'message.delivery', 'message.failed', 'message.inbound'];

export const Failure = Type.Object({
  code: Type.String({ description: 'See docs/errors.md' }),
  message: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});

/** What every event has. */
export const EVENT_FIELDS = {
  eventId: Type.String({ description: 'The same for every attempt' }),
  occurredAt: Timestamp,
  sequence: Type.Integer({ minimum: 1, description: "Orders a message's events" }),
  apiClientId: Type.String(),
  messageId: Type.String(),
  externalReference: Type.Optional(Type.String()),
  numberId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  messageType: Type.Enum(['SMS', 'MMS']),
  segments: Type.Optional(Type.Integer()),
  providerMessageRef: Type.Optional(Type.String({ description: "The carrier's reference" })),
};

/** Any event, as its webhook's body. */
export const EventResponse = Type.Object({
  ...EVENT_FIELDS,
  type: Type.Enum(EVENT_TYPES),
  status: Type.String(),
  error: Type.Optional(Failure),
  text: Type.Optional(Type.String()),
  media: Type.Optional(Type.Array(MediaItem)),
});

/** The last event of the canonical message. */
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

import Type, { type Static } from 'typebox';
import { Failure } from '#entrances/http/schemas/event-schema.ts';
import { named, nullable, Timestamp } from '#entrances/http/schemas/schemas.ts';
import type { Rejection } from '#messages/lookup/rejections.ts';

export const REJECTION_FIELDS = {
  messageId: Type.String({ pattern: '^rej_' }),
  status: Type.Literal('REJECTED'),
  numberId: nullable(Type.String({ description: 'Number that `sendFrom` named. null: a pool' })),
  from: nullable(Type.String()),
  poolId: nullable(Type.String({ description: 'Pool that `sendFrom` named. null: a number' })),
  to: Type.String({ description: 'The recipient as sent' }),
  error: Failure,
  externalReference: nullable(Type.String()),
  createdAt: Timestamp,
};

const EXAMPLE = {
  messageId: 'rej_abc123',
  status: 'REJECTED' as const,
  numberId: 'num_abc123',
  from: '+15551234567',
  poolId: null,
  to: 'invalid',
  error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
  externalReference: 'order_789',
  createdAt: '2026-11-23T12:00:00.000Z',
};

/** A rejected recipient, in the list of messages with the status REJECTED. */
export const RejectionResponse = named(
  'Rejection',
  Type.Object(REJECTION_FIELDS, {
    description:
      'A recipient that was rejected in `errors[]` of a send. There is no message, and no event. Deleted after the ' +
      'retention period of texts (RC_TEXT_DAYS).',
    examples: [EXAMPLE],
  }),
);

export function shownRejection({ createdAt, ...rest }: Rejection): Static<typeof RejectionResponse> {
  return { ...rest, status: 'REJECTED', createdAt: createdAt.toISOString() };
}

import Type, { type Static } from 'typebox';
import type { Delivery as DeliveryOfEvent } from '../../../webhooks/deliveries.ts';
import { nullable, Timestamp } from '../../schemas.ts';

/** Delivery of an event: its state and attempts. */
export const Delivery = Type.Object({
  state: Type.Enum(['PENDING', 'DELIVERED', 'FAILED', 'UNSENT'], {
    description:
      'FAILED: given up, until it is replayed. UNSENT: there was nowhere to send it, or its endpoint was disabled.',
  }),
  nextAttemptAt: nullable(Timestamp),
  attempts: Type.Array(
    Type.Object({
      at: Timestamp,
      url: Type.String(),
      outcome: Type.Enum(['DELIVERED', 'RETRY', 'GIVEN_UP']),
      statusCode: nullable(Type.Integer({ description: 'null: there was no answer' })),
      error: nullable(Type.String()),
      durationMs: Type.Integer(),
      responseStart: nullable(Type.String({ description: 'At most 4 KiB of the answer, of one that failed' })),
    }),
  ),
});

export function shownDelivery({ state, nextAttemptAt, attempts }: DeliveryOfEvent): Static<typeof Delivery> {
  return {
    state,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    attempts: attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
  };
}

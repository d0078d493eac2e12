import Type, { type Static } from 'typebox';
import { NullableTimestamp, named, nullable, Timestamp } from '#entrances/http/schemas/schemas.ts';
import type { Delivery as DeliveryOfEvent } from '#webhooks/history/deliveries.ts';

const Attempt = named(
  'WebhookAttempt',
  Type.Object({
    at: Timestamp,
    url: Type.String(),
    outcome: Type.Enum(['DELIVERED', 'RETRY', 'GIVEN_UP']),
    statusCode: nullable(Type.Integer({ description: 'null: no response' })),
    error: nullable(Type.String()),
    durationMs: Type.Integer(),
    responseStart: nullable(Type.String({ description: 'First 4 KiB of the response. Failed attempts only.' })),
  }),
);

/** Delivery of an event: its state and attempts. */
export const Delivery = named(
  'Delivery',
  Type.Object({
    state: Type.Enum(['PENDING', 'DELIVERED', 'FAILED', 'UNSENT'], {
      description:
        'FAILED: all attempts failed. UNSENT: no URL was set, or the endpoint was disabled. A replay sends such an ' +
        'event.',
    }),
    nextAttemptAt: NullableTimestamp,
    attempts: Type.Array(Attempt),
  }),
);

export function shownDelivery({ state, nextAttemptAt, attempts }: DeliveryOfEvent): Static<typeof Delivery> {
  return {
    state,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    attempts: attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
  };
}

import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { EVENT_TYPES } from '#entrances/http/schemas/event-schema.ts';
import { Limit, limitOf, placeCursor, readLimit, readPlace } from '#entrances/http/schemas/paging.ts';
import { body, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { eventIdOf, readEventId } from '#events/events.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { Delivery, shownDelivery } from './delivery-schema.ts';

const DeliveredEvent = named(
  'DeliveredEvent',
  Type.Object({
    eventId: Type.String(),
    type: Type.Enum(EVENT_TYPES),
    messageId: Type.String(),
    sequence: Type.Integer({ minimum: 1 }),
    occurredAt: Timestamp,
    ...Delivery.properties,
  }),
);

const shared = { tags: ['Webhooks'], security: [{ bearer: [] }] };

const listSchema = {
  ...shared,
  operationId: 'listDeliveries',
  summary: 'List events with their delivery attempts, latest first',
  description:
    'With `state`, a page may have fewer items than `limit`, or none, before the end. Continue until `nextCursor` is ' +
    'null. Needs the capability `webhooks:read`.',
  querystring: body({
    state: Type.Optional(Type.Enum(['PENDING', 'DELIVERED', 'FAILED', 'UNSENT'])),
    limit: Limit,
    cursor: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
  }),
  response: {
    200: Type.Object({ deliveries: Type.Array(DeliveredEvent), nextCursor: nullable(Type.String()) }),
    ...refusals(400, 401, 403, 429, 500, 502),
  },
};

const replaySchema = {
  ...shared,
  operationId: 'replayEvent',
  summary: 'Replay one event',
  description:
    'Also for a delivered event. An event that waits for its next attempt is sent now. The event gets the whole ' +
    'schedule of attempts again. Needs the capability `webhooks:update`.',
  params: Type.Object({ eventId: Type.String({ examples: ['evt_abc123_3'] }) }),
  response: {
    202: Type.Object({ eventId: Type.String(), state: Type.Literal('PENDING') }, { description: 'Queued' }),
    ...refusals(400, 401, 403, 404, 409, 413, 415, 429, 500, 502),
  },
};

export function webhookDeliveries(app: App, { deliveries, replays, targetOf }: Modules): void {
  const reads = requireCapability('webhooks:read');
  const updates = requireCapability('webhooks:update');

  app.get(
    '/webhooks/deliveries',
    { schema: listSchema, onRequest: reads, preValidation: readLimit },
    async ({ apiClient, query }) => {
      const before = query.cursor === undefined ? undefined : readPlace('cursor', query.cursor);
      const page = await deliveries.list(apiClient.id, before, limitOf(query), query.state);
      const { before: last } = page;
      return {
        deliveries: page.deliveries.map(({ event, delivery }) => ({
          eventId: event.eventId,
          type: event.type,
          messageId: event.messageId,
          sequence: event.sequence,
          occurredAt: event.occurredAt,
          ...shownDelivery(delivery),
        })),
        nextCursor: last ? placeCursor(last) : null,
      };
    },
  );

  app.post(
    '/webhooks/deliveries/:eventId/replay',
    { schema: replaySchema, onRequest: updates },
    async ({ apiClient, params }, reply) => {
      const key = readEventId(params.eventId);
      const found = key && (await deliveries.find(apiClient.id, key));
      if (!found) throw notFound('No such event');
      const target = await targetOf(found.event);
      if (!target) throw conflict('No URL is set for this event. Set one, then replay.');
      if (target.disabled) throw conflict(DISABLED, { urls: [target.url] });
      await replays.one(apiClient.id, found.event.numberId, key);
      return reply.code(202).send({ eventId: eventIdOf(key), state: 'PENDING' as const });
    },
  );
}

export const DISABLED = 'The endpoint is disabled. Enable it with POST /api/core/webhooks/enable, then replay.';

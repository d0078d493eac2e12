import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { EVENT_EXAMPLE, EventResponse } from '#entrances/http/schemas/event-schema.ts';
import { readMoment } from '#entrances/http/schemas/moments.ts';
import { Limit, limitOf, placeCursor, readLimit, readPlace } from '#entrances/http/schemas/paging.ts';
import { body, refusals } from '#entrances/http/schemas/schemas.ts';
import { type EventPosition, START } from '#events/stream.ts';
import { invalidRequest } from '#platform/errors.ts';

const schema = {
  operationId: 'listEvents',
  summary: 'List events in order',
  description:
    'Events as in their webhooks, delivered or not, for polling instead of webhooks or for catching up. Store ' +
    '`nextCursor` together with your results, and send it as `after` in the next request. No event is skipped or ' +
    'returned twice, even while events are added. A page with fewer items than `limit` is the current end. Without ' +
    '`after` and `since`, the list starts at the oldest stored event. Needs the capability `events:read`.',
  tags: ['Events'],
  security: [{ bearer: [] }],
  querystring: body({
    after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
    since: Type.Optional(
      Type.String({ format: 'date-time', description: 'Instead of `after`: start with the events from this time on' }),
    ),
    limit: Limit,
  }),
  response: {
    200: Type.Object(
      {
        events: Type.Array(EventResponse),
        nextCursor: Type.String({ description: 'Always present, also at the current end' }),
      },
      {
        description: 'Page of events',
        examples: [{ events: [EVENT_EXAMPLE], nextCursor: placeCursor({ ...EVENT_EXAMPLE, position: 4711 }) }],
      },
    ),
    ...refusals(400, 401, 403, 429, 500, 502),
  },
};

export function listEvents(app: App, { stream }: Modules): void {
  const onRequest = requireCapability('events:read');
  app.get('/events', { schema, onRequest, preValidation: readLimit }, async ({ apiClient, query }) => {
    const { after, since } = query;
    if (after !== undefined && since !== undefined) throw invalidRequest('Give after or since, not both');
    const from = since === undefined ? placeOf(after) : await stream.since(apiClient.id, readMoment('since', since));
    const placed = await stream.after(apiClient.id, from, limitOf(query));
    const events = placed.map(({ event }) => event as Static<typeof EventResponse>);
    return { events, nextCursor: placeCursor(placed.at(-1) ?? from) };
  });
}

function placeOf(after: string | undefined): EventPosition {
  return after === undefined ? START : readPlace('after', after);
}

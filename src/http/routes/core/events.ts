import Type, { type Static } from 'typebox';
import { invalidRequest } from '../../../errors.ts';
import { type Place, START } from '../../../events/stream.ts';
import type { App, Rooms } from '../../app.ts';
import { requireCapability } from '../../bearer.ts';
import { EVENT_EXAMPLE, EventResponse } from '../../event-schema.ts';
import { readMoment } from '../../moments.ts';
import { Limit, limitOf, placeCursor, readLimit, readPlace } from '../../paging.ts';
import { body, refusals } from '../../schemas.ts';

const schema = {
  operationId: 'listEvents',
  summary: 'Everything that happened, in order',
  description:
    'Each event as its webhook has it, whether that was delivered or not: to poll instead of webhooks, or to catch up. Keep ' +
    '`nextCursor` along with what you have done, and give it as `after` the next time: no event is missing and none comes ' +
    'twice, however many are written meanwhile. A page that is not full is the present end. Without `after` and `since` it ' +
    'begins with the oldest event that is kept. Needs the capability `events:read`. An addition to the contract.',
  tags: ['Events'],
  security: [{ bearer: [] }],
  querystring: body({
    after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the page before' })),
    since: Type.Optional(
      Type.String({ format: 'date-time', description: 'Instead of `after`: begin with what happened from then on' }),
    ),
    limit: Limit,
  }),
  response: {
    200: Type.Object(
      {
        events: Type.Array(EventResponse),
        nextCursor: Type.String({ description: 'Always there, also at the present end' }),
      },
      {
        description: 'A page',
        examples: [{ events: [EVENT_EXAMPLE], nextCursor: placeCursor({ ...EVENT_EXAMPLE, position: 4711 }) }],
      },
    ),
    ...refusals(400, 401, 403, 429, 500, 502),
  },
};

export function listEvents(app: App, { stream }: Rooms): void {
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

function placeOf(after: string | undefined): Place {
  return after === undefined ? START : readPlace('after', after);
}

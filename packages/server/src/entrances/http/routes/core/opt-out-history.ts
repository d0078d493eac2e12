import Type from 'typebox';
import { readsOf } from '#db/drivers/reads.ts';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { limitOf, readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { listOptOutChanges, type OptOutChange } from '#optouts/listing.ts';
import { PageQuery, readFilter } from './opt-out-pages.ts';
import { Origin } from './opt-outs.ts';

const Change = named(
  'OptOutChange',
  Type.Object(
    {
      numberId: Type.String(),
      recipient: Type.String(),
      change: Type.Enum(['OPTED_OUT', 'OPTED_IN']),
      origin: Origin,
      source: nullable(Type.String()),
      keyword: nullable(Type.String()),
      note: nullable(Type.String()),
      messageId: nullable(Type.String({ description: 'Message of the handset' })),
      changedAt: Timestamp,
    },
    {
      examples: [
        {
          numberId: 'num_abc123',
          recipient: '+15551230000',
          change: 'OPTED_OUT',
          origin: 'HANDSET',
          source: null,
          keyword: 'STOP',
          note: null,
          messageId: 'msg_abc123',
          changedAt: '2026-11-23T12:00:00.000Z',
        },
      ],
    },
  ),
);

const schema = {
  operationId: 'listOptOutChanges',
  summary: 'List the history of opt-outs and opt-ins',
  description: 'Oldest first. Needs the capability `optouts:read`.',
  tags: ['Opt-outs'],
  security: [{ bearer: [] }],
  querystring: PageQuery,
  response: {
    200: Type.Object({ changes: Type.Array(Change), nextCursor: nullable(Type.String()) }),
    ...refusals(400, 401, 403, 404, 429, 500, 502),
  },
};

export function optOutHistory(app: App, modules: Modules): void {
  app.get(
    '/opt-outs/history',
    { schema, onRequest: requireCapability('optouts:read'), preValidation: readLimit },
    async (request) => {
      const { query, apiClient } = request;
      const limit = limitOf(query);
      const [after] = query.after === undefined ? [0] : readCursor('after', query.after, isPlace);
      const page = await listOptOutChanges(
        readsOf(modules.db),
        await readFilter(modules, apiClient.id, query),
        after,
        limit,
      );
      const last = page.length === limit ? page.at(-1) : undefined;
      return { changes: page.map(toResponse), nextCursor: last ? toCursor([last.id]) : null };
    },
  );
}

function isPlace(value: unknown): value is [number] {
  return Array.isArray(value) && value.length === 1 && Number.isSafeInteger(value[0]) && value[0] > 0;
}

function toResponse({ id: _, changedAt, ...change }: OptOutChange) {
  return { ...change, changedAt: changedAt.toISOString() };
}

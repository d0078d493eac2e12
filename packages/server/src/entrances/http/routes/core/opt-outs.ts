import Type from 'typebox';
import { readsOf } from '#db/drivers/reads.ts';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { isStorable, limitOf, readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { addressesMeant } from '#entrances/http/schemas/phone-filter.ts';
import { body, E164, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { listOptOuts } from '#optouts/listing.ts';
import type { OptOut } from '#optouts/optouts.ts';
import { invalidRequest, notFound } from '#platform/errors.ts';
import { PageQuery, readFilter, requireOwn } from './opt-out-pages.ts';

const common = { tags: ['Opt-outs'], security: [{ bearer: [] }] };

export const Origin = Type.Enum(['HANDSET', 'API', 'CARRIER'], {
  description: 'HANDSET: by a keyword. API: by a request. CARRIER: recorded by the carrier.',
});

const OptOutResponse = named(
  'OptOut',
  Type.Object(
    {
      numberId: Type.String({
        description: 'Number, or sender pool (`pool_…`), from which the recipient gets no messages',
      }),
      recipient: Type.String(),
      origin: Origin,
      source: nullable(Type.String()),
      keyword: nullable(Type.String()),
      note: nullable(Type.String()),
      createdAt: Timestamp,
    },
    {
      examples: [
        {
          numberId: 'num_abc123',
          recipient: '+15551230000',
          origin: 'HANDSET',
          source: null,
          keyword: 'STOP',
          note: null,
          createdAt: '2026-11-23T12:00:00.000Z',
        },
      ],
    },
  ),
);

const listSchema = {
  ...common,
  operationId: 'listOptOuts',
  summary: 'List opt-outs',
  description: 'Current opt-outs, by number and recipient. Needs the capability `optouts:read`.',
  querystring: PageQuery,
  response: {
    200: Type.Object({ optOuts: Type.Array(OptOutResponse), nextCursor: nullable(Type.String()) }),
    ...refusals(400, 401, 403, 404, 429, 500, 502),
  },
};

const addSchema = {
  ...common,
  operationId: 'addOptOut',
  summary: 'Record an opt-out',
  description:
    'For an opt-out that you received by other means than a text message. Safe to repeat: an existing opt-out stays ' +
    'unchanged and is returned with 200. No reply is sent. The opt-out of a number in a sender pool applies to the ' +
    'pool. Needs the capability `optouts:update`.',
  body: body(
    {
      numberId: Type.String({ maxLength: 255, description: 'Number or sender pool' }),
      recipient: E164,
      source: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Source of the opt-out' })),
      note: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    },
    { examples: [{ numberId: 'num_abc123', recipient: '+15551230000', source: 'call centre', note: 'Ticket 4711' }] },
  ),
  response: {
    200: OptOutResponse,
    201: OptOutResponse,
    ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502),
  },
};

const removeSchema = {
  ...common,
  operationId: 'removeOptOut',
  summary: 'Remove an opt-out',
  description:
    'Remove an opt-out only with consent that you can prove. The opt-out stays in the history. For a sender pool or ' +
    'one of its numbers, the opt-outs of the pool and of all its numbers are removed. Needs the capability ' +
    '`optouts:update`.',
  params: Type.Object({
    numberId: Type.String({ examples: ['num_abc123'] }),
    recipient: Type.String({ examples: ['+15551230000'] }),
  }),
  response: { 204: Type.Null({ description: 'Removed' }), ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502) },
};

export function optOuts(app: App, { db, numbers, pools, optOuts }: Modules): void {
  const senders = { numbers, pools };
  app.get(
    '/opt-outs',
    { schema: listSchema, onRequest: requireCapability('optouts:read'), preValidation: readLimit },
    async (request) => {
      const { query, apiClient } = request;
      const limit = limitOf(query);
      const [numberId, recipient] = query.after === undefined ? ['', ''] : readCursor('after', query.after, isPlace);
      const filter = await readFilter(senders, apiClient.id, query);
      const page = await listOptOuts(readsOf(db), filter, { numberId, recipient }, limit);
      const last = page.length === limit ? page.at(-1) : undefined;
      return { optOuts: page.map(toResponse), nextCursor: last ? toCursor([last.numberId, last.recipient]) : null };
    },
  );

  app.post(
    '/opt-outs',
    { schema: addSchema, onRequest: requireCapability('optouts:update') },
    async (request, reply) => {
      const apiClientId = request.apiClient.id;
      await requireOwn(senders, apiClientId, request.body.numberId);
      const { optOut, isNew } = await optOuts.add({ apiClientId, origin: 'API', ...request.body });
      return reply.code(isNew ? 201 : 200).send(toResponse(optOut));
    },
  );

  app.delete(
    '/opt-outs/:numberId/:recipient',
    { schema: removeSchema, onRequest: requireCapability('optouts:update') },
    async (request, reply) => {
      const apiClientId = request.apiClient.id;
      const { numberId, recipient } = request.params;
      const scopes = await requireOwn(senders, apiClientId, numberId);
      const recipients = await addressesMeant(numbers, { ...ITS_PATH, text: recipient, apiClientId });
      const standing = [...(await optOuts.among({ apiClientId, scopes, recipients }))];
      if (standing.length > 1) throw ambiguous(standing);
      const [meant] = standing;
      const removed = meant && (await optOuts.remove({ apiClientId, numberId, recipient: meant, origin: 'API' }));
      if (!removed) throw notFound('No such opt-out');
      return reply.code(204).send(null);
    },
  );
}

const ITS_PATH = { in: 'params', field: 'recipient', hasNationalDigits: true };

function ambiguous(recipients: readonly string[]) {
  const message = `recipient can be ${recipients.join(' or ')}. Write it with a plus and its country code.`;
  return invalidRequest(message, { in: 'params', field: 'recipient' });
}

function isPlace(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(isStorable);
}

function toResponse({ createdAt, ...optOut }: OptOut) {
  return { ...optOut, createdAt: createdAt.toISOString() };
}

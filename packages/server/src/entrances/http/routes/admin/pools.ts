import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { isId, Limit, limitOf, readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { OPERATOR, RepeatHeaders, repeatOf, toCreated } from '#entrances/http/schemas/repeat.ts';
import { body, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { invalidRequest } from '#platform/errors.ts';
import { MOST_MEMBERS, type Pool } from '#pools/pools.ts';
import { ADMIN } from './admin.ts';

const PoolResponse = named(
  'Pool',
  Type.Object(
    {
      poolId: Type.String(),
      apiClientId: Type.String(),
      name: Type.String(),
      numberIds: Type.Array(Type.String(), { description: 'Members, in ascending order' }),
      createdAt: Timestamp,
      updatedAt: Timestamp,
    },
    {
      examples: [
        {
          poolId: 'pool_01JDQ0000000000000000000AA',
          apiClientId: 'rc_test_client_123',
          name: 'Shop',
          numberIds: ['num_abc123'],
          createdAt: '2026-11-23T12:00:00.000Z',
          updatedAt: '2026-11-23T12:00:00.000Z',
        },
      ],
    },
  ),
);

const Name = Type.String({ minLength: 1, maxLength: 255 });
const NumberIds = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: MOST_MEMBERS, description }));
const ById = Type.Object({ poolId: Type.String({ examples: ['pool_01JDQ0000000000000000000AA'] }) });

const JOIN =
  'A number is in at most one pool, and all numbers of a pool belong to its API client. The opt-outs of a number that ' +
  'joins are copied to the pool, and those of the pool to a number that leaves.';

const createSchema = {
  ...ADMIN,
  operationId: 'createPool',
  summary: 'Create a sender pool',
  description: `A pool sends from the number used last with the recipient. ${JOIN}`,
  headers: RepeatHeaders,
  body: body({
    apiClientId: Type.String({ maxLength: 255 }),
    name: Name,
    numberIds: NumberIds('Members. Default: none'),
  }),
  response: { 201: PoolResponse, ...refusals(400, 401, 409, 413, 415, 500, 502) },
};

const listSchema = {
  ...ADMIN,
  operationId: 'listPools',
  summary: 'List sender pools',
  querystring: body({
    apiClientId: Type.Optional(Type.String({ maxLength: 255, description: 'Only pools of this API client' })),
    limit: Limit,
    after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
  }),
  response: {
    200: Type.Object({ pools: Type.Array(PoolResponse), nextCursor: nullable(Type.String()) }),
    ...refusals(400, 401, 500, 502),
  },
};

const readSchema = {
  ...ADMIN,
  operationId: 'getPool',
  summary: 'Get a sender pool',
  params: ById,
  response: { 200: PoolResponse, ...refusals(400, 401, 404, 500, 502) },
};

const updateSchema = {
  ...ADMIN,
  operationId: 'updatePool',
  summary: 'Rename a sender pool or change its numbers',
  description: `Safe to repeat. \`numberIds\` replaces all members. ${JOIN}`,
  params: ById,
  body: body({
    name: Type.Optional(Name),
    numberIds: NumberIds('New members. Not together with the other two lists'),
    addNumberIds: NumberIds('Numbers that join. Members stay'),
    removeNumberIds: NumberIds('Numbers that leave. Other numbers are ignored'),
  }),
  response: { 200: PoolResponse, ...refusals(400, 401, 404, 413, 415, 500, 502) },
};

const deleteSchema = {
  ...ADMIN,
  operationId: 'deletePool',
  summary: 'Delete a sender pool',
  description: 'Its numbers stay with the API client, and get copies of the opt-outs of the pool.',
  params: ById,
  response: { 204: Type.Null({ description: 'Deleted' }), ...refusals(400, 401, 404, 413, 415, 500, 502) },
};

export function adminPools(app: App, { pools }: Modules): void {
  app.post('/pools', { schema: createSchema }, async (request, reply) => {
    const { apiClientId, name, numberIds = [] } = request.body;
    const created = await pools.create({ apiClientId, name, numberIds }, repeatOf(request, OPERATOR));
    return reply.code(201).send(toResponse(toCreated(created, reply)));
  });

  app.get('/pools', { schema: listSchema, preValidation: readLimit }, async ({ query }) => {
    const limit = limitOf(query);
    const [after] = query.after === undefined ? [''] : readCursor('after', query.after, isId);
    const page = await pools.page(query.apiClientId ?? null, after, limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { pools: page.map(toResponse), nextCursor: last ? toCursor([last.poolId]) : null };
  });

  app.get('/pools/:poolId', { schema: readSchema }, async ({ params }) => toResponse(await pools.get(params.poolId)));

  app.patch('/pools/:poolId', { schema: updateSchema }, async ({ params, body: change }) => {
    if (Object.keys(change).length === 0) throw invalidRequest('Nothing to change');
    if (change.numberIds && (change.addNumberIds || change.removeNumberIds)) {
      throw invalidRequest('numberIds replaces all members. Use it without addNumberIds and removeNumberIds');
    }
    return toResponse(await pools.update(params.poolId, change));
  });

  app.delete('/pools/:poolId', { schema: deleteSchema }, async ({ params }, reply) => {
    await pools.delete(params.poolId);
    return reply.code(204).send(null);
  });
}

function toResponse({ createdAt, updatedAt, ...pool }: Pool) {
  return { ...pool, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

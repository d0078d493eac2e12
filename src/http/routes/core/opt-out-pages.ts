import Type, { type Static } from 'typebox';
import { notFound } from '../../../errors.ts';
import type { Filter } from '../../../optouts/listing.ts';
import type { Rooms } from '../../app.ts';
import { Limit } from '../../paging.ts';
import { body, E164 } from '../../schemas.ts';

/** A page of what may be many: `nextCursor` of one is `after` of the next. */
export const PageQuery = body({
  numberId: Type.Optional(Type.String({ maxLength: 255, description: 'Only of this number, which must be yours' })),
  recipient: Type.Optional(E164),
  limit: Limit,
  after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the page before' })),
});

type Query = Static<typeof PageQuery>;

/** @throws ApiError NOT_FOUND for a number of somebody else, as for one that is not there. */
export async function readFilter(numbers: Rooms['numbers'], apiClientId: string, query: Query): Promise<Filter> {
  const { numberId = null, recipient = null } = query;
  if (numberId !== null) await requireOwn(numbers, apiClientId, numberId);
  return { apiClientId, numberId, recipient };
}

/** @throws ApiError NOT_FOUND */
export async function requireOwn(numbers: Rooms['numbers'], apiClientId: string, numberId: string): Promise<void> {
  const number = await numbers.byId(numberId);
  if (number?.apiClientId !== apiClientId) throw notFound('No such number');
}

import Type from 'typebox';
import { invalidRequest, notFound } from '../../../errors.ts';
import type { Filter } from '../../../optouts/listing.ts';
import type { Rooms } from '../../app.ts';
import { body, E164 } from '../../schemas.ts';

const MOST = 500;
const USUAL = 100;
const WHOLE_NUMBER = /^[1-9]\d{0,2}$/;

/** A page of what may be many: `nextCursor` of one is `after` of the next. */
export const PageQuery = body({
  numberId: Type.Optional(Type.String({ maxLength: 255, description: 'Only of this number, which must be yours' })),
  recipient: Type.Optional(E164),
  limit: Type.Optional(Type.String({ description: `1 to ${MOST}; ${USUAL} unless given`, examples: ['100'] })),
  after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the page before' })),
});

export interface Query {
  numberId?: string;
  recipient?: string;
  limit?: string;
  after?: string;
}

/** @throws ApiError INVALID_REQUEST */
export function readLimit({ limit }: Query): number {
  if (limit === undefined) return USUAL;
  if (WHOLE_NUMBER.test(limit) && Number(limit) <= MOST) return Number(limit);
  throw invalidRequest(`limit must be a whole number from 1 to ${MOST}`, { in: 'querystring', field: 'limit' });
}

/** @throws ApiError NOT_FOUND for a number of somebody else, as for one that is not there. */
export async function readFilter(numbers: Rooms['numbers'], apiClientId: string, query: Query): Promise<Filter> {
  const { numberId = null, recipient = null } = query;
  if (numberId !== null) await requireOwn(numbers, apiClientId, numberId);
  return { apiClientId, numberId, recipient };
}

/** @throws ApiError NOT_FOUND */
export async function requireOwn(numbers: Rooms['numbers'], apiClientId: string, numberId: string): Promise<void> {
  const number = numberId.includes('\0') ? undefined : await numbers.byId(numberId);
  if (number?.apiClientId !== apiClientId) throw notFound('No such number');
}

/** Opaque to whoever gets it. */
export function cursorOf(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * @param isPlace whether this is what `cursorOf` was given.
 * @throws ApiError INVALID_REQUEST
 */
export function readCursor<Place extends readonly (string | number)[]>(
  { after }: Query,
  isPlace: (value: unknown) => value is Place,
): Place | undefined {
  if (after === undefined) return undefined;
  const place = parsed(after);
  if (isPlace(place) && cursorOf(place) === after) return place;
  throw invalidRequest('after is not a cursor', { in: 'querystring', field: 'after' });
}

function parsed(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

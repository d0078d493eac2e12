import Type, { type Static } from 'typebox';
import type { Modules } from '#entrances/http/app.ts';
import { Limit } from '#entrances/http/schemas/paging.ts';
import { addressesMeant } from '#entrances/http/schemas/phone-filter.ts';
import { body } from '#entrances/http/schemas/schemas.ts';
import type { Filter } from '#optouts/listing.ts';
import { invalidRequest, notFound } from '#platform/errors.ts';

/** Query of one page. `nextCursor` of a page is `after` of the next page. */
export const PageQuery = body({
  numberId: Type.Optional(
    Type.String({ maxLength: 255, description: 'Only of this number, or of this sender pool, of the API client' }),
  ),
  recipient: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the ' +
        'rules of the countries of your numbers, or rejected with 400.',
      examples: ['+15551230000'],
    }),
  ),
  limit: Limit,
  after: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
});

type Query = Static<typeof PageQuery>;
type Senders = Pick<Modules, 'numbers' | 'pools'>;

/**
 * @throws ApiError NOT_FOUND for another client's number, as for a missing one. INVALID_REQUEST for a recipient that is
 *   no phone number.
 */
export async function readFilter(senders: Senders, apiClientId: string, query: Query): Promise<Filter> {
  const { numbers } = senders;
  const { numberId = null, recipient } = query;
  if (numberId !== null) await requireOwn(senders, apiClientId, numberId);
  const recipients = recipient === undefined ? null : await recipientsOf(numbers, apiClientId, recipient);
  return { apiClientId, numberId, recipients };
}

/** Recipients that a spelling may mean. Opt-outs may also be of short codes. */
async function recipientsOf(numbers: Modules['numbers'], apiClientId: string, text: string): Promise<string[]> {
  const field = 'recipient';
  const meant = await addressesMeant(numbers, { field, text, apiClientId, hasNationalDigits: true });
  if (meant.every((address) => /^\+?\d+$/.test(address))) return meant;
  throw invalidRequest('recipient must be a phone number, such as +15551230000', { in: 'querystring', field });
}

/**
 * Checks that a number or a pool belongs to the API client.
 * @returns ids whose opt-outs apply to messages from it.
 * @throws ApiError NOT_FOUND
 */
export async function requireOwn({ numbers, pools }: Senders, apiClientId: string, id: string): Promise<string[]> {
  if ((await pools.ownerOf(id)) === apiClientId) return [id];
  const number = await numbers.byId(id);
  if (number?.apiClientId !== apiClientId) throw notFound('No such number');
  return number.poolId === null ? [id] : [id, number.poolId];
}

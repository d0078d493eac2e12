import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, nullable, refusals } from '#entrances/http/schemas/schemas.ts';
import { invalidRequest } from '#platform/errors.ts';

const schema = {
  operationId: 'searchNumbers',
  summary: 'Search the inventory of available numbers',
  description:
    'Needs at least one filter. A number must match all given filters, ignoring case. Needs the capability ' +
    '`numbers:search`.',
  tags: ['Numbers'],
  security: [{ bearer: [] }],
  body: body(
    {
      npa: Type.Optional(Type.String({ pattern: '^[2-9]\\d{2}$', description: 'Area code' })),
      nxx: Type.Optional(Type.String({ pattern: '^[2-9]\\d{2}$', description: 'Central office code' })),
      city: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      state: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', description: 'Two letters' })),
      zipCode: Type.Optional(Type.String({ pattern: '^\\d{5}$' })),
      rateCenter: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 500, description: 'Numbers in all groups. Default 50.' }),
      ),
    },
    { examples: [{ npa: '503', limit: 10 }] },
  ),
  response: {
    200: Type.Object(
      {
        groups: Type.Array(
          Type.Object({
            npa: nullable(Type.String()),
            nxx: nullable(Type.String()),
            city: nullable(Type.String()),
            state: nullable(Type.String()),
            rateCenter: nullable(Type.String()),
            count: Type.Integer({ description: 'Matching numbers. `numbers` may have fewer.' }),
            numbers: Type.Array(
              Type.Object({ e164: Type.String(), smsEnabled: Type.Boolean(), mmsEnabled: Type.Boolean() }),
            ),
          }),
        ),
      },
      { description: 'Groups by area code, office code and place' },
    ),
    ...refusals(400, 401, 403, 413, 415, 429, 500, 502),
  },
};

export function searchNumbers(app: App, { numbers }: Modules): void {
  app.post('/numbers/search', { schema, onRequest: requireCapability('numbers:search') }, async ({ body }) => {
    const { limit = 50, ...filter } = body;
    if (Object.keys(filter).length === 0) throw invalidRequest('At least one filter is required');
    return { groups: await numbers.search(filter, limit) };
  });
}

import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { enableEach, withWebhookUrls } from '#entrances/http/documents/urls.ts';
import {
  body,
  NullableWebhookUrl,
  named,
  nullable,
  refusals,
  SenderAddress,
  SenderType,
} from '#entrances/http/schemas/schemas.ts';
import type { NewNumber, NumberChange, PhoneNumber } from '#numbers/numbers.ts';
import { invalidRequest } from '#platform/errors.ts';
import { isCallingCode, senderTypeOf } from '#platform/phone-numbers.ts';
import { ADMIN } from './admin.ts';

const PAGE = 200;
const Status = Type.Enum(['ACTIVE', 'INACTIVE']);
const Place = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 })));

const settings = {
  apiClientId: Type.Optional(
    nullable(Type.String({ maxLength: 255, description: 'Owner of the number. null: available inventory.' })),
  ),
  status: Type.Optional(Status),
  campaignRegId: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
  smsEnabled: Type.Optional(Type.Boolean()),
  mmsEnabled: Type.Optional(Type.Boolean()),
  carrier: Type.Optional(
    nullable(
      Type.String({ maxLength: 32, description: 'Name of a carrier in RC_CARRIERS. null: the default carrier.' }),
    ),
  ),
  carriers: Type.Optional(
    nullable(
      Type.Array(Type.String({ maxLength: 32 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'Carriers that may send messages of the number. null: all.',
      }),
    ),
  ),
  allowedCountries: Type.Optional(
    nullable(
      Type.Array(Type.String({ pattern: '^[1-9]\\d{0,2}$' }), {
        minItems: 1,
        maxItems: 300,
        uniqueItems: true,
        description: 'Country calling codes of recipients to which the number may send, such as "44". null: all.',
      }),
    ),
  ),
  webhookInboundOverride: Type.Optional(NullableWebhookUrl),
  webhookDeliveryOverride: Type.Optional(NullableWebhookUrl),
};

const AdminNumber = named(
  'AdminNumber',
  Type.Object({
    numberId: Type.String(),
    e164: Type.String(),
    type: SenderType,
    apiClientId: nullable(Type.String()),
    status: Status,
    campaignRegId: nullable(Type.String()),
    smsEnabled: Type.Boolean(),
    mmsEnabled: Type.Boolean(),
    carrier: nullable(Type.String()),
    carriers: nullable(Type.Array(Type.String())),
    allowedCountries: nullable(Type.Array(Type.String())),
    webhookInboundOverride: nullable(Type.String()),
    webhookDeliveryOverride: nullable(Type.String()),
    poolId: nullable(Type.String({ description: 'Sender pool of the number. null: none' })),
  }),
);

const OVERRIDES = ['webhookInboundOverride', 'webhookDeliveryOverride'] as const;

export function adminNumbers(app: App, { numbers, pools, targets, health, carriers }: Modules): void {
  function requireCarriers({ carrier, carriers: list }: Pick<NumberChange, 'carrier' | 'carriers'>): void {
    const names = carriers.names();
    const name = [carrier, ...(list ?? [])].find((one) => one != null && !names.includes(one));
    if (name == null) return;
    throw invalidRequest(`carrier ${name} is not configured. Configured carriers: ${names.join(', ')}`, {
      carrier: name,
    });
  }

  app.post(
    '/numbers',
    {
      schema: {
        ...ADMIN,
        operationId: 'importNumbers',
        summary: 'Import numbers',
        description: 'Safe to repeat. An existing number stays unchanged and is not in the response.',
        body: body({
          numbers: Type.Array(
            body({
              e164: SenderAddress,
              ...settings,
              npa: Type.Optional(nullable(Type.String({ pattern: '^[2-9]\\d{2}$' }))),
              nxx: Type.Optional(nullable(Type.String({ pattern: '^[2-9]\\d{2}$' }))),
              city: Place,
              state: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{2}$' }))),
              zipCode: Type.Optional(nullable(Type.String({ pattern: '^\\d{5}$' }))),
              rateCenter: Place,
            }),
            { minItems: 1, maxItems: 1000 },
          ),
        }),
        response: {
          201: Type.Object({ imported: Type.Array(AdminNumber) }),
          ...refusals(400, 401, 413, 415, 500, 502),
        },
      },
    },
    async (request, reply) => {
      for (const number of request.body.numbers) {
        requireCarriers(number);
        requireCallingCodes(number);
      }
      const imported = request.body.numbers.map((number) => withWebhookUrls(targets, number, OVERRIDES));
      return reply.code(201).send({ imported: (await numbers.import(imported as NewNumber[])).map(toResponse) });
    },
  );

  app.get(
    '/numbers',
    {
      schema: {
        ...ADMIN,
        operationId: 'listAllNumbers',
        summary: 'List all numbers, assigned or not',
        querystring: Type.Object({
          after: Type.Optional(Type.String({ description: '`nextCursor` of the previous page' })),
          apiClientId: Type.Optional(Type.String({ maxLength: 255, description: 'Only numbers of this API client' })),
        }),
        response: {
          200: Type.Object({ numbers: Type.Array(AdminNumber), nextCursor: nullable(Type.String()) }),
          ...refusals(400, 401, 500, 502),
        },
      },
    },
    async (request) => {
      const { after = '', apiClientId } = request.query;
      if (after.includes('\0')) throw invalidRequest('after is not a cursor of this list');
      const page = await numbers.all(after, PAGE, apiClientId);
      return {
        numbers: page.map(toResponse),
        nextCursor: page.length === PAGE ? (page.at(-1)?.numberId ?? null) : null,
      };
    },
  );

  app.patch(
    '/numbers/:numberId',
    {
      schema: {
        ...ADMIN,
        operationId: 'updateAnyNumber',
        summary: 'Assign a number or change its settings',
        description: 'A number that gets another owner leaves its sender pool.',
        params: Type.Object({ numberId: Type.String() }),
        body: body(settings),
        response: { 200: AdminNumber, ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request) => {
      if (Object.keys(request.body).length === 0) throw invalidRequest('Nothing to change');
      requireCarriers(request.body);
      requireCallingCodes(request.body);
      const change = withWebhookUrls(targets, request.body, OVERRIDES);
      const updated = await pools.updateNumber(request.params.numberId, change);
      const { webhookInboundOverride, webhookDeliveryOverride } = change;
      if (updated.apiClientId) {
        await enableEach(health, updated.apiClientId, [webhookInboundOverride, webhookDeliveryOverride]);
      }
      return toResponse(updated);
    },
  );
}

function toResponse(number: PhoneNumber) {
  return { ...number, type: senderTypeOf(number.e164) };
}

/** @throws ApiError INVALID_REQUEST */
function requireCallingCodes({ allowedCountries }: Pick<NumberChange, 'allowedCountries'>): void {
  const unknown = allowedCountries?.find((code) => !isCallingCode(code));
  if (unknown === undefined) return;
  throw invalidRequest(`allowedCountries contains ${unknown}, which is no country calling code such as "1" or "44"`, {
    field: 'allowedCountries',
  });
}

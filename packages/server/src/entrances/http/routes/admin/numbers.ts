import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { enableEach, withWebhookUrls } from '#entrances/http/documents/urls.ts';
import { body, E164, named, nullable, refusals, WebhookUrl } from '#entrances/http/schemas/schemas.ts';
import type { NewNumber } from '#numbers/numbers.ts';
import { invalidRequest } from '#platform/errors.ts';
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
  webhookInboundOverride: Type.Optional(nullable(WebhookUrl)),
  webhookDeliveryOverride: Type.Optional(nullable(WebhookUrl)),
};

const AdminNumber = named(
  'AdminNumber',
  Type.Object({
    numberId: Type.String(),
    e164: Type.String(),
    apiClientId: nullable(Type.String()),
    status: Status,
    campaignRegId: nullable(Type.String()),
    smsEnabled: Type.Boolean(),
    mmsEnabled: Type.Boolean(),
    carrier: nullable(Type.String()),
    webhookInboundOverride: nullable(Type.String()),
    webhookDeliveryOverride: nullable(Type.String()),
  }),
);

const OVERRIDES = ['webhookInboundOverride', 'webhookDeliveryOverride'] as const;

export function adminNumbers(app: App, { numbers, targets, health, carriers }: Modules): void {
  function requireCarrier(name: string | null | undefined): void {
    if (name == null || carriers.names.includes(name)) return;
    throw invalidRequest(`carrier ${name} is not configured. Configured carriers: ${carriers.names.join(', ')}`, {
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
              e164: E164,
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
      for (const { carrier } of request.body.numbers) requireCarrier(carrier);
      const imported = request.body.numbers.map((number) => withWebhookUrls(targets, number, OVERRIDES));
      return reply.code(201).send({ imported: await numbers.import(imported as NewNumber[]) });
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
        }),
        response: {
          200: Type.Object({ numbers: Type.Array(AdminNumber), nextCursor: nullable(Type.String()) }),
          ...refusals(400, 401, 500, 502),
        },
      },
    },
    async (request) => {
      const { after = '' } = request.query;
      if (after.includes('\0')) throw invalidRequest('after is not a cursor of this list');
      const page = await numbers.all(after, PAGE);
      return { numbers: page, nextCursor: page.length === PAGE ? (page.at(-1)?.numberId ?? null) : null };
    },
  );

  app.patch(
    '/numbers/:numberId',
    {
      schema: {
        ...ADMIN,
        operationId: 'updateAnyNumber',
        summary: 'Assign a number or change its settings',
        params: Type.Object({ numberId: Type.String() }),
        body: body(settings),
        response: { 200: AdminNumber, ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request) => {
      if (Object.keys(request.body).length === 0) throw invalidRequest('Nothing to change');
      requireCarrier(request.body.carrier);
      const change = withWebhookUrls(targets, request.body, OVERRIDES);
      const updated = await numbers.update(request.params.numberId, change);
      const { webhookInboundOverride, webhookDeliveryOverride } = change;
      if (updated.apiClientId) {
        await enableEach(health, updated.apiClientId, [webhookInboundOverride, webhookDeliveryOverride]);
      }
      return updated;
    },
  );
}

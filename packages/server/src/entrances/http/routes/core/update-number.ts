import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { enableEach, withWebhookUrls } from '#entrances/http/documents/urls.ts';
import { body, NullableWebhookUrl, NumberResponse, nullable, refusals } from '#entrances/http/schemas/schemas.ts';
import type { NumberChange } from '#numbers/numbers.ts';
import { invalidRequest } from '#platform/errors.ts';
import { publicNumber } from './list-numbers.ts';

const schema = {
  operationId: 'updateNumber',
  summary: "Change a number's settings",
  description: 'Omitted fields stay unchanged. null removes a value. Needs the capability `numbers:update`.',
  tags: ['Numbers'],
  security: [{ bearer: [] }],
  params: Type.Object({ numberId: Type.String({ examples: ['num_abc123'] }) }),
  body: body(
    {
      campaignregId: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
      webhookInboundOverride: Type.Optional(NullableWebhookUrl),
      webhookDeliveryOverride: Type.Optional(NullableWebhookUrl),
    },
    { examples: [{ campaignregId: 'camp_abc123', webhookDeliveryOverride: null }] },
  ),
  response: { 200: NumberResponse, ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502) },
};

export function updateNumber(app: App, { numbers, targets, health, carriers }: Modules): void {
  app.patch('/numbers/:numberId', { schema, onRequest: requireCapability('numbers:update') }, async (request) => {
    const { campaignregId, ...given } = request.body;
    if (Object.keys(request.body).length === 0) throw invalidRequest('Nothing to change');
    const overrides = withWebhookUrls(targets, given, ['webhookInboundOverride', 'webhookDeliveryOverride']);
    const change: NumberChange =
      campaignregId === undefined ? overrides : { ...overrides, campaignRegId: campaignregId };
    const updated = await numbers.update(request.params.numberId, change, request.apiClient.id);
    await enableEach(health, request.apiClient.id, [
      overrides.webhookInboundOverride,
      overrides.webhookDeliveryOverride,
    ]);
    return publicNumber(updated, carriers);
  });
}

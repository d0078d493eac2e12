import Type from 'typebox';
import { invalidRequest } from '../../../errors.ts';
import type { NumberChange } from '../../../numbers/numbers.ts';
import type { App, Modules } from '../../app.ts';
import { requireCapability } from '../../bearer.ts';
import { body, NumberResponse, nullable, refusals, WebhookUrl } from '../../schemas.ts';
import { enableEach, withWebhookUrls } from '../../urls.ts';
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
      webhookInboundOverride: Type.Optional(nullable(WebhookUrl)),
      webhookDeliveryOverride: Type.Optional(nullable(WebhookUrl)),
    },
    { examples: [{ campaignregId: 'camp_abc123', webhookDeliveryOverride: null }] },
  ),
  response: { 200: NumberResponse, ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502) },
};

export function updateNumber(app: App, { numbers, targets, health }: Modules): void {
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
    return publicNumber(updated);
  });
}

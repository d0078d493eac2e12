import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { refusals } from '#entrances/http/schemas/schemas.ts';
import { identityOfText } from '#webhooks/endpoints/destinations.ts';

const schema = {
  operationId: 'whoami',
  summary: 'Get the API client of the token',
  tags: ['Account'],
  security: [{ bearer: [] }],
  response: {
    200: Type.Object(
      {
        apiClientId: Type.String(),
        apiClientName: Type.String(),
        apiClientStatus: Type.Enum(['ACTIVE', 'SUSPENDED'], { description: 'SUSPENDED is visible to operators only' }),
        capabilities: Type.Array(Type.String()),
        assignedNumbers: Type.Object({
          total: Type.Integer(),
          smsEnabledCount: Type.Integer(),
          mmsEnabledCount: Type.Integer({ description: 'Numbers whose carrier supports MMS, too' }),
        }),
        inboundWebhookConfigured: Type.Boolean({ description: 'Also false while the endpoint is disabled' }),
        deliveryWebhookConfigured: Type.Boolean({ description: 'Also false while the endpoint is disabled' }),
      },
      {
        description: 'API client of the token',
        examples: [
          {
            apiClientId: 'rc_test_client_123',
            apiClientName: 'Sandbox',
            apiClientStatus: 'ACTIVE' as const,
            capabilities: ['numbers:read', 'numbers:search', 'numbers:update', 'messages:send'],
            assignedNumbers: { total: 1, smsEnabledCount: 1, mmsEnabledCount: 1 },
            inboundWebhookConfigured: true,
            deliveryWebhookConfigured: true,
          },
        ],
      },
    ),
    ...refusals(401, 403, 429, 500, 502),
  },
};

export function whoami(app: App, { numbers, health, carriers }: Modules): void {
  app.get('/whoami', { schema }, async ({ apiClient }) => {
    const disabled = await health.disabled(apiClient.id);
    const works = (url: string | null) => url !== null && !disabled.has(identityOfText(url));
    return {
      apiClientId: apiClient.id,
      apiClientName: apiClient.name,
      apiClientStatus: apiClient.status,
      capabilities: apiClient.capabilities,
      assignedNumbers: await numbers.counts(apiClient.id, (number) => carriers.mmsProblem(number) === undefined),
      inboundWebhookConfigured: works(apiClient.inboundWebhookUrl),
      deliveryWebhookConfigured: works(apiClient.deliveryWebhookUrl),
    };
  });
}

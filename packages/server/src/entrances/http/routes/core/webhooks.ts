import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { enableEach, withWebhookUrls } from '#entrances/http/documents/urls.ts';
import {
  body,
  NullableTimestamp,
  NullableWebhookUrl,
  named,
  nullable,
  refusals,
  WebhookUrl,
} from '#entrances/http/schemas/schemas.ts';
import { invalidRequest, notFound } from '#platform/errors.ts';
import { identityOfText } from '#webhooks/endpoints/destinations.ts';
import type { EndpointState } from '#webhooks/endpoints/sql.ts';

const Endpoint = named(
  'Endpoint',
  Type.Object({
    url: Type.String(),
    succeededAt: NullableTimestamp,
    failingSince: NullableTimestamp,
    failures: Type.Integer({ description: 'Failures since `failingSince`, without a success' }),
    disabledAt: NullableTimestamp,
    disabledBecause: nullable(Type.String()),
  }),
);

const Settings = named(
  'WebhookSettings',
  Type.Object(
    {
      deliveryUrl: nullable(Type.String()),
      inboundUrl: nullable(Type.String()),
      endpoints: Type.Array(Endpoint, { description: 'State of each URL with an attempt, including URLs of numbers' }),
    },
    { description: 'Webhook URLs and their state' },
  ),
);

const shared = { tags: ['Webhooks'], security: [{ bearer: [] }] };

const getSchema = {
  ...shared,
  operationId: 'getWebhooks',
  summary: 'Get the webhook URLs and their state',
  description: 'URLs of single numbers are returned with the numbers. Needs the capability `webhooks:read`.',
  response: { 200: Settings, ...refusals(401, 403, 429, 500, 502) },
};

const patchSchema = {
  ...shared,
  operationId: 'updateWebhooks',
  summary: 'Set the webhook URLs',
  description:
    'Omitted fields stay unchanged. null removes a URL. Setting the URL of a disabled endpoint enables the endpoint. ' +
    'A URL with characters beyond ASCII is stored in its normal form, with the host in punycode. Needs the ' +
    'capability `webhooks:update`.',
  body: body(
    { deliveryUrl: Type.Optional(NullableWebhookUrl), inboundUrl: Type.Optional(NullableWebhookUrl) },
    { examples: [{ deliveryUrl: 'https://example.com/hooks/redcloud' }] },
  ),
  response: { 200: Settings, ...refusals(400, 401, 403, 413, 415, 429, 500, 502) },
};

const enableSchema = {
  ...shared,
  operationId: 'enableWebhookEndpoint',
  summary: 'Enable a disabled endpoint',
  description:
    'Accepts any spelling of the URL. Events of the meantime are stored, and are sent by a replay. Needs the ' +
    'capability `webhooks:update`.',
  body: body({ url: WebhookUrl }),
  response: { 200: Settings, ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502) },
};

const testSchema = {
  ...shared,
  operationId: 'testWebhook',
  summary: 'Send a test event and return the response',
  description:
    'One signed POST of type `webhook.test`, also to a disabled endpoint. The test is not repeated and changes no ' +
    'state. Two may run at once, and ten may begin in a minute. Needs the capability `webhooks:update`.',
  body: body({ purpose: Type.Optional(Type.Enum(['delivery', 'inbound'])) }, { examples: [{ purpose: 'delivery' }] }),
  response: {
    200: Type.Object({
      url: Type.String(),
      delivered: Type.Boolean(),
      statusCode: nullable(Type.Integer()),
      error: nullable(Type.String()),
      durationMs: Type.Integer(),
      responseStart: nullable(Type.String()),
    }),
    ...refusals(400, 401, 403, 413, 415, 429, 500, 502),
  },
};

export function webhookSettings(app: App, { apiClients, health, testEvents, targets }: Modules): void {
  const reads = requireCapability('webhooks:read');
  const updates = requireCapability('webhooks:update');

  async function toResponse(clientId: string) {
    const { deliveryWebhookUrl, inboundWebhookUrl } = await apiClients.byId(clientId);
    const urls = [deliveryWebhookUrl, inboundWebhookUrl].filter((url) => url !== null);
    const spellings = new Map(urls.map((url) => [identityOfText(url), url]));
    const endpoints = (await health.states(clientId)).map((state) => shownState(state, spellings));
    return { deliveryUrl: deliveryWebhookUrl, inboundUrl: inboundWebhookUrl, endpoints };
  }

  app.get('/webhooks', { schema: getSchema, onRequest: reads }, async ({ apiClient }) => toResponse(apiClient.id));

  app.patch('/webhooks', { schema: patchSchema, onRequest: updates }, async ({ apiClient, body: change }) => {
    const { deliveryUrl, inboundUrl } = withWebhookUrls(targets, change, ['deliveryUrl', 'inboundUrl']);
    if (deliveryUrl === undefined && inboundUrl === undefined) throw invalidRequest('Nothing to change');
    await apiClients.update(apiClient.id, {
      ...(deliveryUrl === undefined ? {} : { deliveryWebhookUrl: deliveryUrl }),
      ...(inboundUrl === undefined ? {} : { inboundWebhookUrl: inboundUrl }),
    });
    await enableEach(health, apiClient.id, [deliveryUrl, inboundUrl]);
    return toResponse(apiClient.id);
  });

  app.post('/webhooks/enable', { schema: enableSchema, onRequest: updates }, async ({ apiClient, body: { url } }) => {
    const states = await health.states(apiClient.id);
    const isKnown = states.some((state) => identityOfText(state.url) === identityOfText(url));
    if (!isKnown) throw notFound('No such endpoint');
    await health.enable(apiClient.id, url);
    return toResponse(apiClient.id);
  });

  app.post(
    '/webhooks/test',
    { schema: testSchema, onRequest: updates },
    ({ apiClient, body: { purpose = 'delivery' } }) => testEvents.run(apiClient.id, purpose),
  );
}

/**
 * @param spellings URLs that are set, by their identity. An endpoint is listed under the text of its URL as it was set.
 */
function shownState(
  { url, succeededAt, failingSince, disabledAt, ...rest }: EndpointState,
  spellings: ReadonlyMap<string, string>,
) {
  return {
    url: spellings.get(identityOfText(url)) ?? url,
    ...rest,
    succeededAt: succeededAt?.toISOString() ?? null,
    failingSince: failingSince?.toISOString() ?? null,
    disabledAt: disabledAt?.toISOString() ?? null,
  };
}

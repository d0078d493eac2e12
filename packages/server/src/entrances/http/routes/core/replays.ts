import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { readMoment } from '#entrances/http/schemas/moments.ts';
import { body, NullableTimestamp, named, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import type { ApiClient } from '#identity/api-clients.ts';
import { conflict } from '#platform/errors.ts';
import { identityOfText } from '#webhooks/endpoints/destinations.ts';
import type { Replay } from '#webhooks/history/sql.ts';
import { DISABLED } from './deliveries.ts';

const EXAMPLE = {
  replayId: 'rpl_01KB0000000000000000000000',
  which: 'MISSING' as const,
  since: '2026-11-23T10:00:00.000Z',
  status: 'RUNNING' as const,
  examined: 1500,
  replayed: 320,
  createdAt: '2026-11-23T12:00:00.000Z',
  finishedAt: null,
};

const ReplayResponse = named(
  'Replay',
  Type.Object(
    {
      replayId: Type.String(),
      which: Type.Enum(['FAILED', 'MISSING']),
      since: Timestamp,
      status: Type.Enum(['RUNNING', 'DONE', 'CANCELLED'], {
        description: 'DONE: all matching events are queued. The deliveries show their state.',
      }),
      examined: Type.Integer({ description: 'Events examined so far' }),
      replayed: Type.Integer({ description: 'Examined events that are sent again' }),
      createdAt: Timestamp,
      finishedAt: NullableTimestamp,
    },
    { examples: [EXAMPLE] },
  ),
);

const shared = { tags: ['Webhooks'], security: [{ bearer: [] }] };
const params = Type.Object({ replayId: Type.String({ examples: [EXAMPLE.replayId] }) });

const createSchema = {
  ...shared,
  operationId: 'createReplay',
  summary: 'Replay the undelivered events since a given time',
  description:
    'MISSING (the default): each event that was never delivered and is not queued, also if its endpoint was disabled ' +
    'or no URL was set. FAILED: only events whose attempts all failed. Each event gets the whole schedule of ' +
    'attempts again. A replay continues by itself, also after a restart, and can be followed and cancelled. Five may ' +
    'run at once, and 20 may begin in a minute. Needs the capability `webhooks:update`.',
  body: body(
    { since: Type.String({ format: 'date-time' }), which: Type.Optional(Type.Enum(['FAILED', 'MISSING'])) },
    { examples: [{ since: EXAMPLE.since }] },
  ),
  response: {
    202: Type.Object(ReplayResponse.properties, { description: 'The replay has begun', examples: [EXAMPLE] }),
    ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 502),
  },
};

const listSchema = {
  ...shared,
  operationId: 'listReplays',
  summary: 'List the latest replays',
  description: 'Needs the capability `webhooks:read`.',
  response: { 200: Type.Object({ replays: Type.Array(ReplayResponse) }), ...refusals(401, 403, 429, 500, 502) },
};

const getSchema = {
  ...shared,
  operationId: 'getReplay',
  summary: 'Get the progress of a replay',
  description: 'Needs the capability `webhooks:read`.',
  params,
  response: { 200: ReplayResponse, ...refusals(400, 401, 403, 404, 429, 500, 502) },
};

const cancelSchema = {
  ...shared,
  operationId: 'cancelReplay',
  summary: 'Cancel a replay',
  description: 'Events that are already queued are still sent. Needs the capability `webhooks:update`.',
  params,
  response: { 200: ReplayResponse, ...refusals(400, 401, 403, 404, 413, 415, 429, 500, 502) },
};

export function webhookReplays(app: App, { replays, numbers, health }: Modules): void {
  const reads = requireCapability('webhooks:read');
  const updates = requireCapability('webhooks:update');

  /**
   * URLs of a client whose endpoints are disabled. Events for these URLs would not be delivered, so the client must
   * enable the endpoints before a replay.
   */
  async function disabledUrls({ id, deliveryWebhookUrl, inboundWebhookUrl }: ApiClient): Promise<string[]> {
    const disabled = await health.disabled(id);
    if (disabled.size === 0) return [];
    const overrides = (await numbers.assignedTo(id)).flatMap((number) => [
      number.webhookDeliveryOverride,
      number.webhookInboundOverride,
    ]);
    const used = [deliveryWebhookUrl, inboundWebhookUrl, ...overrides].filter((url) => url !== null);
    return [...new Set(used)].filter((url) => disabled.has(identityOfText(url)));
  }

  app.post('/webhooks/replays', { schema: createSchema, onRequest: updates }, async ({ apiClient, body }, reply) => {
    const since = readMoment('since', body.since);
    const urls = await disabledUrls(apiClient);
    if (urls.length > 0) throw conflict(DISABLED, { urls });
    const begun = await replays.begin(apiClient.id, body.which ?? 'MISSING', since);
    return reply.code(202).send(toResponse(begun));
  });

  app.get('/webhooks/replays', { schema: listSchema, onRequest: reads }, async ({ apiClient }) => ({
    replays: (await replays.list(apiClient.id)).map(toResponse),
  }));

  app.get('/webhooks/replays/:replayId', { schema: getSchema, onRequest: reads }, async ({ apiClient, params }) =>
    toResponse(await replays.find(apiClient.id, params.replayId)),
  );

  app.delete(
    '/webhooks/replays/:replayId',
    { schema: cancelSchema, onRequest: updates },
    async ({ apiClient, params }) => toResponse(await replays.cancel(apiClient.id, params.replayId)),
  );
}

function toResponse({ id, since, createdAt, finishedAt, ...rest }: Replay) {
  return {
    replayId: id,
    ...rest,
    since: since.toISOString(),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

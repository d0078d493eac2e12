import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { enableEach, withWebhookUrls } from '#entrances/http/documents/urls.ts';
import { OPERATOR, RepeatHeaders, repeatOf, toCreated } from '#entrances/http/schemas/repeat.ts';
import { body, NullableWebhookUrl, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { type ApiClient, CAPABILITIES } from '#identity/api-clients.ts';
import { QuietHoursBody, QuietHoursResponse, shownQuietHours, storedQuietHours } from '../core/quiet-hours.ts';
import { Standing, toResponse } from './accounts.ts';
import { ADMIN } from './admin.ts';

const fields = {
  name: Type.String({ minLength: 1, maxLength: 255 }),
  capabilities: Type.Array(Type.Enum([...CAPABILITIES]), { maxItems: CAPABILITIES.length, uniqueItems: true }),
  deliveryWebhookUrl: NullableWebhookUrl,
  inboundWebhookUrl: NullableWebhookUrl,
};

const Client = named(
  'ApiClient',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    status: Standing,
    capabilities: Type.Array(Type.String()),
    deliveryWebhookUrl: nullable(Type.String()),
    inboundWebhookUrl: nullable(Type.String()),
    quietHours: QuietHoursResponse,
    createdAt: Timestamp,
  }),
);

const Secret = named(
  'ClientSecret',
  Type.Object({
    id: Type.String(),
    hint: Type.String({ description: 'Last four characters of the secret' }),
    createdAt: Timestamp,
  }),
);

const clientParams = Type.Object({ clientId: Type.String() });

const URLS = ['deliveryWebhookUrl', 'inboundWebhookUrl'] as const;

export function adminClients(app: App, { apiClients, clientSecrets, targets, health }: Modules): void {
  app.post(
    '/clients',
    {
      schema: {
        ...ADMIN,
        operationId: 'createClient',
        summary: 'Create an API client',
        description: 'Returns both secrets. A repeat with the same `Idempotency-Key` returns them again.',
        headers: RepeatHeaders,
        body: body({
          accountId: Type.String({ maxLength: 255 }),
          name: fields.name,
          capabilities: Type.Optional(fields.capabilities),
          deliveryWebhookUrl: Type.Optional(fields.deliveryWebhookUrl),
          inboundWebhookUrl: Type.Optional(fields.inboundWebhookUrl),
        }),
        response: {
          201: Type.Object({ client: Client, clientSecret: Type.String(), webhookSecret: Type.String() }),
          ...refusals(400, 401, 409, 413, 415, 500, 502),
        },
      },
    },
    async (request, reply) => {
      const wanted = { capabilities: CAPABILITIES, ...withWebhookUrls(targets, request.body, URLS) };
      const created = toCreated(await apiClients.create(wanted, repeatOf(request, OPERATOR)), reply);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...created, client: shownClient(created.client) });
    },
  );

  app.get(
    '/clients',
    {
      schema: {
        ...ADMIN,
        operationId: 'listClients',
        summary: 'List API clients by name',
        response: { 200: Type.Object({ clients: Type.Array(Client) }), ...refusals(401, 500, 502) },
      },
    },
    async () => ({ clients: (await apiClients.all()).map(shownClient) }),
  );

  app.get(
    '/clients/:clientId',
    {
      schema: {
        ...ADMIN,
        operationId: 'getClient',
        summary: 'Get an API client',
        params: clientParams,
        response: { 200: Client, ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request) => shownClient(await apiClients.byId(request.params.clientId)),
  );

  app.patch(
    '/clients/:clientId',
    {
      schema: {
        ...ADMIN,
        operationId: 'updateClient',
        summary: 'Change, suspend or reactivate an API client',
        description:
          'A suspension applies from the next request on, also to issued tokens. The clients of the sandbox cannot ' +
          'be activated while the sandbox is off (409). `quietHours` replaces all quiet hours of the client, like ' +
          '`PUT /api/core/quiet-hours`.',
        params: clientParams,
        body: body({
          name: Type.Optional(fields.name),
          status: Type.Optional(Standing),
          capabilities: Type.Optional(fields.capabilities),
          deliveryWebhookUrl: Type.Optional(fields.deliveryWebhookUrl),
          inboundWebhookUrl: Type.Optional(fields.inboundWebhookUrl),
          quietHours: Type.Optional(QuietHoursBody),
        }),
        response: { 200: Client, ...refusals(400, 401, 404, 409, 413, 415, 500, 502) },
      },
    },
    async (request) => {
      const { quietHours, ...rest } = withWebhookUrls(targets, request.body, URLS);
      const change = { ...rest, ...(quietHours ? { quietHours: storedQuietHours(quietHours) } : {}) };
      const updated = await apiClients.update(request.params.clientId, change);
      await enableEach(health, updated.id, [change.deliveryWebhookUrl, change.inboundWebhookUrl]);
      return shownClient(updated);
    },
  );

  adminSecrets(app, clientSecrets);
}

/** Clients from idempotent responses of earlier versions have no quiet hours. */
function shownClient({ quietHours, ...client }: ApiClient) {
  return { ...toResponse(client), quietHours: shownQuietHours(quietHours) };
}

function adminSecrets(app: App, clientSecrets: Modules['clientSecrets']): void {
  app.post(
    '/clients/:clientId/secrets',
    {
      schema: {
        ...ADMIN,
        operationId: 'addClientSecret',
        summary: 'Add a client secret',
        description:
          'To rotate, add a secret, roll it out, and delete the old one. Two secrets may be valid at a time. The ' +
          'secret is returned only here, and to a repeat with the same `Idempotency-Key`.',
        headers: RepeatHeaders,
        params: clientParams,
        response: {
          201: Type.Object({ ...Secret.properties, clientSecret: Type.String() }),
          ...refusals(400, 401, 404, 409, 413, 415, 500, 502),
        },
      },
    },
    async (request, reply) => {
      const added = await clientSecrets.add(request.params.clientId, repeatOf(request, OPERATOR));
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(toResponse(toCreated(added, reply)));
    },
  );

  app.get(
    '/clients/:clientId/secrets',
    {
      schema: {
        ...ADMIN,
        operationId: 'listClientSecrets',
        summary: 'List the valid client secrets by hint',
        params: clientParams,
        response: { 200: Type.Object({ secrets: Type.Array(Secret) }), ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request) => ({ secrets: (await clientSecrets.of(request.params.clientId)).map(toResponse) }),
  );

  app.delete(
    '/clients/:clientId/secrets/:secretId',
    {
      schema: {
        ...ADMIN,
        operationId: 'deleteClientSecret',
        summary: 'Revoke a client secret',
        description:
          'No further token is issued for the secret. Issued tokens stay valid until they expire. To end them ' +
          'earlier, suspend the client.',
        params: Type.Object({ clientId: Type.String(), secretId: Type.String() }),
        response: { 204: Type.Null({ description: 'Revoked' }), ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request, reply) => {
      await clientSecrets.delete(request.params.clientId, request.params.secretId);
      return reply.code(204).send(null);
    },
  );
}

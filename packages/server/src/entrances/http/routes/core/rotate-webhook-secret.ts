import type { FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { RepeatHeaders, repeatOf, toCreated } from '#entrances/http/schemas/repeat.ts';
import { body, NullableTimestamp, named, refusals } from '#entrances/http/schemas/schemas.ts';
import type { Repeat } from '#identity/idempotent-responses.ts';

const DAY = 86_400;

export const RotationRequest = named(
  'SecretRotation',
  body(
    {
      overlapSeconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 7 * DAY,
          description:
            'Seconds for which the old secret signs besides the new one. Default: one day. 0: all old secrets stop ' +
            'signing at once, for a secret that has leaked.',
        }),
      ),
    },
    { examples: [{ overlapSeconds: DAY }] },
  ),
);

export const RotationResponse = named(
  'RotatedSecret',
  Type.Object(
    {
      webhookSecret: Type.String(),
      oldSecretValidUntil: NullableTimestamp,
    },
    {
      description: 'New secret. Returned only here, and to a repeat with the same `Idempotency-Key`.',
      examples: [
        { webhookSecret: 'whsec_bmV3LXdlYmhvb2stc2VjcmV0LTEyMw==', oldSecretValidUntil: '2026-11-24T12:00:00.000Z' },
      ],
    },
  ),
);

const schema = {
  operationId: 'rotateWebhookSecret',
  summary: 'Rotate the webhook secret',
  description:
    'Both secrets sign until `oldSecretValidUntil`. `webhook-signature` then has both signatures, and ' +
    '`X-RedCloud-Signature` uses the old secret. Returns 409 during an overlap, unless `overlapSeconds` is 0. Needs ' +
    'the capability `webhooks:update`.',
  tags: ['Webhooks'],
  security: [{ bearer: [] }],
  headers: RepeatHeaders,
  body: RotationRequest,
  response: { 200: RotationResponse, ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 502) },
};

export function rotateWebhookSecret(app: App, { webhookSecrets }: Modules): void {
  const onRequest = requireCapability('webhooks:update');
  app.post('/webhooks/secret/rotate', { schema, onRequest }, (request, reply) => {
    const { apiClient, body } = request;
    return rotate(webhookSecrets, apiClient.id, body, repeatOf(request, apiClient.id), reply);
  });
}

/** Rotates the webhook secret of a client, for the client itself or for an operator. */
export async function rotate(
  webhookSecrets: Modules['webhookSecrets'],
  apiClientId: string,
  { overlapSeconds = DAY }: Static<typeof RotationRequest>,
  repeat: Repeat | undefined,
  reply: FastifyReply,
): Promise<Static<typeof RotationResponse>> {
  reply.header('cache-control', 'no-store');
  const rotation = toCreated(await webhookSecrets.rotate(apiClientId, overlapSeconds, repeat), reply);
  return { ...rotation, oldSecretValidUntil: rotation.oldSecretValidUntil?.toISOString() ?? null };
}

import Type, { type Static } from 'typebox';
import type { Rotation } from '../../../accounts/webhook-secrets.ts';
import type { App, Rooms } from '../../app.ts';
import { requireCapability } from '../../bearer.ts';
import { body, nullable, refusals, Timestamp } from '../../schemas.ts';

const DAY = 86_400;

export const RotationRequest = body(
  {
    overlapSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 7 * DAY,
        description:
          'For which the old secret signs beside the new one; default a day. 0: it signs nothing any more, and an overlap ' +
          'that runs ends; for a secret that has leaked',
      }),
    ),
  },
  { examples: [{ overlapSeconds: DAY }] },
);

export const RotationResponse = Type.Object(
  {
    webhookSecret: Type.String(),
    oldSecretValidUntil: nullable(Timestamp),
  },
  {
    description: 'The new secret, which is shown only here',
    examples: [
      { webhookSecret: 'whsec_bmV3LXdlYmhvb2stc2VjcmV0LTEyMw==', oldSecretValidUntil: '2026-11-24T12:00:00.000Z' },
    ],
  },
);

const schema = {
  operationId: 'rotateWebhookSecret',
  summary: 'Get a new webhook secret',
  description:
    'Until `oldSecretValidUntil` both sign: `webhook-signature` carries both, `X-RedCloud-Signature` is still by the old ' +
    'one. 409 while an overlap runs, unless `overlapSeconds` is 0. Needs the capability `webhooks:update`.',
  tags: ['Webhooks'],
  security: [{ bearer: [] }],
  body: RotationRequest,
  response: { 200: RotationResponse, ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 502) },
};

export function rotateWebhookSecret(app: App, { accounts }: Rooms): void {
  const onRequest = requireCapability('webhooks:update');
  app.post('/webhooks/secret/rotate', { schema, onRequest }, async ({ apiClient, body }, reply) => {
    const rotation = await rotate(accounts, apiClient.id, body);
    return reply.header('cache-control', 'no-store').send(rotation);
  });
}

/** Whoever asks for it, the client or the operator. */
export async function rotate(
  accounts: Rooms['accounts'],
  apiClientId: string,
  { overlapSeconds = DAY }: Static<typeof RotationRequest>,
): Promise<Static<typeof RotationResponse>> {
  const { webhookSecret, oldSecretValidUntil }: Rotation = await accounts.rotateWebhookSecret(
    apiClientId,
    overlapSeconds,
  );
  return { webhookSecret, oldSecretValidUntil: oldSecretValidUntil?.toISOString() ?? null };
}

import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { OPERATOR, RepeatHeaders, repeatOf } from '#entrances/http/schemas/repeat.ts';
import { refusals } from '#entrances/http/schemas/schemas.ts';
import { RotationRequest, RotationResponse, rotate } from '../core/rotate-webhook-secret.ts';
import { ADMIN } from './admin.ts';

const schema = {
  ...ADMIN,
  operationId: 'rotateClientWebhookSecret',
  summary: 'Rotate the webhook secret of an API client',
  description: 'Same as `POST /api/core/webhooks/secret/rotate`, but for any client.',
  params: Type.Object({ clientId: Type.String() }),
  headers: RepeatHeaders,
  body: RotationRequest,
  response: { 200: RotationResponse, ...refusals(400, 401, 404, 409, 413, 415, 500, 502) },
};

export function adminWebhookSecret(app: App, { webhookSecrets }: Modules): void {
  app.post('/clients/:clientId/webhook-secret/rotate', { schema }, (request, reply) => {
    const { params, body } = request;
    return rotate(webhookSecrets, params.clientId, body, repeatOf(request, OPERATOR), reply);
  });
}

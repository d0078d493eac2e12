import Type from 'typebox';
import type { App, Rooms } from '../../app.ts';
import { refusals } from '../../schemas.ts';
import { RotationRequest, RotationResponse, rotate } from '../core/rotate-webhook-secret.ts';
import { ADMIN } from './admin.ts';

const schema = {
  ...ADMIN,
  operationId: 'rotateClientWebhookSecret',
  summary: "Make a new webhook secret for a client that can't, or whose secret has leaked",
  description: 'As `POST /api/core/webhooks/secret/rotate` is for the client itself.',
  params: Type.Object({ clientId: Type.String() }),
  body: RotationRequest,
  response: { 200: RotationResponse, ...refusals(400, 401, 404, 409, 413, 415, 500, 502) },
};

export function adminWebhookSecret(app: App, { accounts }: Rooms): void {
  app.post('/clients/:clientId/webhook-secret/rotate', { schema }, async ({ params, body }, reply) => {
    const rotation = await rotate(accounts, params.clientId, body);
    return reply.header('cache-control', 'no-store').send(rotation);
  });
}

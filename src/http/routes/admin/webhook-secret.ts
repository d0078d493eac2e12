import Type from 'typebox';
import type { App, Rooms } from '../../app.ts';
import { OPERATOR, RepeatHeaders, repeatOf } from '../../repeat.ts';
import { refusals } from '../../schemas.ts';
import { RotationRequest, RotationResponse, rotate } from '../core/rotate-webhook-secret.ts';
import { ADMIN } from './admin.ts';

const schema = {
  ...ADMIN,
  operationId: 'rotateClientWebhookSecret',
  summary: "Make a new webhook secret for a client that can't, or whose secret has leaked",
  description: 'As `POST /api/core/webhooks/secret/rotate` is for the client itself.',
  params: Type.Object({ clientId: Type.String() }),
  headers: RepeatHeaders,
  body: RotationRequest,
  response: { 200: RotationResponse, ...refusals(400, 401, 404, 409, 413, 415, 500, 502) },
};

export function adminWebhookSecret(app: App, { accounts }: Rooms): void {
  app.post('/clients/:clientId/webhook-secret/rotate', { schema }, (request, reply) => {
    const { params, body } = request;
    return rotate(accounts, params.clientId, body, repeatOf(request, OPERATOR), reply);
  });
}

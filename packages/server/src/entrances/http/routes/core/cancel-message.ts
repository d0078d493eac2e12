import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, refusals } from '#entrances/http/schemas/schemas.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { MessageDetail, shownDetail } from './messages.ts';

const common = { tags: ['Messages'], security: [{ bearer: [] }] };

const cancelSchema = {
  ...common,
  operationId: 'cancelMessage',
  summary: 'Cancel a message',
  description:
    'Returns 200 if the message will never be submitted. It then ends with `message.failed` and the code CANCELED. Waits up to ' +
    '2 seconds for a worker that holds the message. Returns 409 if the message was or may have been submitted, or has ended. ' +
    'Safe to repeat. Needs no body. Needs the capability `messages:cancel`.',
  params: Type.Object({ messageId: Type.String({ examples: ['msg_abc123'] }) }),
  response: { 200: MessageDetail, ...refusals(400, 401, 403, 404, 409, 429, 500, 502) },
};

export const CancelCounts = Type.Object(
  { canceled: Type.Integer({ minimum: 0 }), tooLate: Type.Integer({ minimum: 0 }) },
  { description: 'Numbers of messages', examples: [{ canceled: 2, tooLate: 1 }] },
);

const cancelAllSchema = {
  ...common,
  operationId: 'cancelMessages',
  summary: 'Cancel all messages with a reference',
  description:
    'Cancels the messages whose `externalReference` equals the given one. `canceled` includes messages that were canceled before. ' +
    '`tooLate` counts messages that were or may have been submitted, or have ended. Needs the capability `messages:cancel`.',
  body: body(
    { externalReference: Type.String({ minLength: 1, maxLength: 255 }) },
    { examples: [{ externalReference: 'order_789' }] },
  ),
  response: {
    200: CancelCounts,
    ...refusals(400, 401, 403, 413, 415, 429, 500, 502),
  },
};

export function cancelMessages(app: App, { canceler, lookup, deliveries }: Modules): void {
  const onRequest = requireCapability('messages:cancel');

  app.post('/messages/:messageId/cancel', { schema: cancelSchema, onRequest }, async ({ apiClient, params }) => {
    const { messageId } = params;
    const result = await canceler.one(apiClient.id, messageId);
    const found = result === 'unknown' ? undefined : await lookup.find(apiClient.id, messageId);
    if (!found) throw notFound('No such message');
    if (result === 'canceled') return shownDetail(found, await deliveries.ofMessage(messageId));
    throw conflict('The message was or may have been submitted, or has ended', { status: found.status });
  });

  app.post('/messages/cancel', { schema: cancelAllSchema, onRequest }, async ({ apiClient, body }) =>
    canceler.withReference(apiClient.id, body.externalReference),
  );
}

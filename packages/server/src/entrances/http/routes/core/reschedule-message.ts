import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, refusals } from '#entrances/http/schemas/schemas.ts';
import { notFound } from '#platform/errors.ts';
import { MessageDetail, shownDetail } from './messages.ts';

const schema = {
  operationId: 'rescheduleMessage',
  summary: 'Change the time of a message',
  description:
    'Only for messages that wait for their first submit. Quiet hours apply as for a send. Without `expiresAt`, the message expires ' +
    '24 hours after its new time. Returns 409 if the message was or may have been submitted, or has ended. Needs the capability ' +
    '`messages:send`.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  params: Type.Object({ messageId: Type.String({ examples: ['msg_abc123'] }) }),
  body: body(
    {
      sendAt: Type.String({ format: 'date-time', maxLength: 64, description: 'At most 365 days ahead' }),
      expiresAt: Type.Optional(Type.String({ format: 'date-time', maxLength: 64 })),
    },
    { examples: [{ sendAt: '2026-12-24T18:00:00Z' }] },
  ),
  response: { 200: MessageDetail, ...refusals(400, 401, 403, 404, 409, 413, 415, 429, 500, 502) },
};

export function rescheduleMessage(app: App, { rescheduler, lookup, deliveries }: Modules): void {
  const onRequest = requireCapability('messages:send');
  app.patch('/messages/:messageId', { schema, onRequest }, async ({ apiClient, params, body }) => {
    const { messageId } = params;
    await rescheduler.reschedule(apiClient.id, messageId, body);
    const found = await lookup.find(apiClient.id, messageId);
    if (!found) throw notFound('No such message');
    return shownDetail(found, await deliveries.ofMessage(messageId));
  });
}

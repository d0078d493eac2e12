import Type from 'typebox';
import { readIdempotencyKey } from '../../../messages/idempotency.ts';
import { MAX_SEGMENTS } from '../../../messages/send-request.ts';
import type { App, Rooms } from '../../app.ts';
import { requireCapability } from '../../bearer.ts';
import { body, refusals, SourceUrl } from '../../schemas.ts';

export const MediaItem = body({
  storageKey: Type.String({ minLength: 1, maxLength: 512 }),
  mimeType: Type.String({ maxLength: 127, pattern: '^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$' }),
  byteLength: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
  sourceUrl: Type.Optional(SourceUrl),
  fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
});

/**
 * Longest recipient, in characters. A longer item is no phone number in any spelling. The whole request is rejected, so
 * that the item is not stored in an idempotent response.
 */
const MAX_RECIPIENT_LENGTH = 64;

const SMS_EXAMPLE = {
  sendFrom: 'num_abc123',
  to: ['+15551234567'],
  messageType: 'SMS',
  text: 'Hello from Red Cloud',
  externalReference: 'order_789',
};

const MMS_EXAMPLE = {
  sendFrom: 'num_abc123',
  to: ['+15551234567'],
  messageType: 'MMS',
  text: 'Catalog preview',
  media: [
    {
      storageKey: 'storage_abc123',
      mimeType: 'image/jpeg',
      byteLength: 182340,
      sourceUrl: 'https://example.com/files/catalog.jpg',
      fileName: 'catalog.jpg',
    },
  ],
  externalReference: 'order_789',
};

const SendBody = body(
  {
    sendFrom: Type.String({ maxLength: 255, description: 'A numberId from GET /api/core/numbers, not a phone number' }),
    to: Type.Array(Type.String({ maxLength: MAX_RECIPIENT_LENGTH }), {
      maxItems: 1000,
      description: 'E.164; at least one. Each is judged by itself.',
    }),
    messageType: Type.Enum(['SMS', 'MMS']),
    text: Type.Optional(Type.String({ maxLength: 1600, description: `SMS: at most ${MAX_SEGMENTS} segments` })),
    media: Type.Optional(Type.Array(MediaItem, { maxItems: 10, description: 'MMS only, and required there' })),
    externalReference: Type.Optional(
      Type.String({ maxLength: 255, description: 'Yours; comes back in every webhook of these messages' }),
    ),
    deliveryGuarantee: Type.Optional(
      Type.Enum(['AT_MOST_ONCE', 'AT_LEAST_ONCE'], {
        description:
          'What happens to a message whose submit was never answered. AT_MOST_ONCE (default): it is not sent again; ' +
          'a later receipt resolves it, or it fails with OUTCOME_UNKNOWN. AT_LEAST_ONCE: it is sent again.',
      }),
    ),
    smartEncoding: Type.Optional(
      Type.Boolean({
        description:
          'Replace typographic characters (“ ” – …, spaces, full-width letters) by plain ones and remove invisible ones, when ' +
          'all of the text then fits GSM-7 and takes no more segments. Emoji stay as they are.',
      }),
    ),
  },
  { examples: [SMS_EXAMPLE, MMS_EXAMPLE] },
);

const SendResponse = Type.Object(
  {
    results: Type.Array(Type.Object({ to: Type.String(), messageId: Type.String(), status: Type.Literal('QUEUED') })),
    errors: Type.Array(
      Type.Object({
        to: Type.String(),
        error: Type.Object({
          code: Type.String(),
          message: Type.String(),
          details: Type.Record(Type.String(), Type.Unknown()),
        }),
      }),
    ),
  },
  {
    description:
      'Accepted into the queue, recipient by recipient. Queued is not delivered: webhooks tell what follows.',
    examples: [
      {
        results: [{ to: '+15551234567', messageId: 'msg_abc123', status: 'QUEUED' }],
        errors: [
          {
            to: 'invalid',
            error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
          },
        ],
      },
    ],
  },
);

export const sendSchema = {
  operationId: 'sendMessage',
  summary: 'Queue messages',
  description:
    'Safe to repeat: the same Idempotency-Key with the same payload gives the stored answer again, byte for byte, with ' +
    '`Idempotent-Replayed: true`; with a different payload 409. Keys are kept for 7 days unless the operator set another ' +
    'period. A refused request (4xx, 5xx) stores nothing and leaves its key free. Needs the capability `messages:send`, also ' +
    'for a repeat.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        description: '1–255 printable ASCII characters, stable for the business operation. Required.',
        examples: ['idem_order_789'],
      }),
    ),
  }),
  body: SendBody,
  response: { 202: SendResponse, ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 502) },
};

export function sendMessage(app: App, { accept, metrics, shedding, workerShare }: Rooms): void {
  // Checked before the body is read. A known idempotency key does not replace the capability.
  const onRequest = requireCapability('messages:send');
  app.post('/messages/send', { schema: sendSchema, onRequest }, async (request, reply) => {
    const key = readIdempotencyKey(request.raw.headersDistinct['idempotency-key']);
    const { id } = request.apiClient;
    const refused = await shedding.check({ client: id, lane: request.body.sendFrom });
    const end = workerShare.send();
    const { body, replayed, messages } = await accept(id, key, request.body, refused).finally(end);
    if (replayed) {
      metrics.replayed.inc();
      reply.header('idempotent-replayed', 'true');
    }
    metrics.accepted.inc(messages);
    Object.assign(request.logged, { messages, replayed });
    return reply
      .code(202)
      .type('application/json; charset=utf-8')
      .send(body as never);
  });
}

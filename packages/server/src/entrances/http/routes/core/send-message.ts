import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, named, refusals, SourceUrl } from '#entrances/http/schemas/schemas.ts';
import { readIdempotencyKey } from '#messages/request/idempotency.ts';
import { MAX_SEGMENTS } from '#messages/request/send-request.ts';

export const MediaItem = named(
  'MediaItem',
  body({
    storageKey: Type.String({ minLength: 1, maxLength: 512 }),
    mimeType: Type.String({ maxLength: 127, pattern: '^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$' }),
    byteLength: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    sourceUrl: Type.Optional(SourceUrl),
    fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  }),
);

/** File of a message, as in a response. A received file that could not be copied has an error instead of a key. */
export const MediaOfMessage = named(
  'MediaOfMessage',
  Type.Object({
    storageKey: Type.Optional(Type.String()),
    mimeType: Type.String(),
    byteLength: Type.Integer(),
    sourceUrl: Type.Optional(Type.String()),
    fileName: Type.Optional(Type.String()),
    error: Type.Optional(Type.String({ description: 'Reason why a received file has no `storageKey`' })),
  }),
);

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

export const Priority = named(
  'Priority',
  Type.Enum(['HIGH', 'NORMAL', 'BULK'], {
    description: 'Order among the waiting messages of one number. HIGH ignores quiet hours.',
  }),
);

export const BULK_SEND_ID = '^bulk_[0-9A-Za-z]{1,64}$';
/** Chosen by the client, for example from a hash of the file of recipients. */
export const BulkSendId = Type.String({
  maxLength: 69,
  pattern: BULK_SEND_ID,
  examples: ['bulk_abc123'],
});

const Time = (description: string) => Type.Optional(Type.String({ format: 'date-time', maxLength: 64, description }));

export const SendBody = named(
  'SendRequest',
  body(
    {
      sendFrom: Type.String({
        maxLength: 255,
        description: 'A numberId or a poolId from GET /api/core/numbers, not a phone number',
      }),
      to: Type.Array(Type.String({ maxLength: MAX_RECIPIENT_LENGTH }), {
        maxItems: 1000,
        description: 'At least one number in E.164. Each recipient is accepted or rejected separately.',
      }),
      messageType: Type.Enum(['SMS', 'MMS']),
      text: Type.Optional(Type.String({ maxLength: 1600, description: `SMS: at most ${MAX_SEGMENTS} segments` })),
      media: Type.Optional(Type.Array(MediaItem, { maxItems: 10, description: 'Required for MMS, rejected for SMS' })),
      externalReference: Type.Optional(
        Type.String({ maxLength: 255, description: 'Your own reference, returned in each webhook of these messages' }),
      ),
      deliveryGuarantee: Type.Optional(
        Type.Enum(['AT_MOST_ONCE', 'AT_LEAST_ONCE'], {
          description:
            'Handling of a message whose submit had no response. AT_MOST_ONCE (default): not submitted again. A later ' +
            'receipt resolves the message, or it fails with OUTCOME_UNKNOWN. AT_LEAST_ONCE: submitted again.',
        }),
      ),
      smartEncoding: Type.Optional(
        Type.Boolean({
          description:
            'Replaces typographic characters (“ ” – …, spaces, full-width letters) by plain ones and removes invisible ' +
            'ones, if the whole text then fits GSM-7 and takes no more segments. Emoji stay unchanged.',
        }),
      ),
      sendAt: Time('Time of the submit, at most 365 days ahead. Up to 60 s in the past means now.'),
      expiresAt: Time(
        'A message that was not submitted by this time fails with EXPIRED. At most 48 hours after the time from which it may be ' +
          'sent. Default: 24 hours after that time.',
      ),
      respectQuietHours: Type.Optional(
        Type.Boolean({ description: 'Whether quiet hours apply. Default: the setting of the API client.' }),
      ),
      recipientTimeZone: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 64,
          description:
            'IANA time zone for quiet hours. Default: all time zones that the number of the recipient may be in.',
        }),
      ),
      priority: Type.Optional(Priority),
      maxPerMinute: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100_000, description: 'Messages of this request per minute' }),
      ),
      bulkSendId: Type.Optional(
        Type.String({
          ...BulkSendId,
          description:
            'Registered bulk send to which the messages belong. A repeat with another one gets the same response.',
        }),
      ),
    },
    { examples: [SMS_EXAMPLE, MMS_EXAMPLE] },
  ),
);

export const SendErrors = Type.Array(
  Type.Object({
    to: Type.String(),
    error: Type.Object({
      code: Type.String(),
      message: Type.String(),
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  }),
);

const SendResponse = named(
  'SendResponse',
  Type.Object(
    {
      results: Type.Array(Type.Object({ to: Type.String(), messageId: Type.String(), status: Type.Literal('QUEUED') })),
      errors: SendErrors,
    },
    {
      description:
        'Accepted recipients in `results`, rejected ones in `errors`. Messages are queued. Webhooks report their ' +
        'delivery.',
      examples: [
        {
          results: [{ to: '+15551234567', messageId: 'msg_abc123', status: 'QUEUED' }],
          errors: [
            {
              to: 'invalid',
              error: {
                code: 'INVALID_RECIPIENT',
                message: 'Recipient must be a valid E.164 phone number',
                details: {},
              },
            },
          ],
        },
      ],
    },
  ),
);

export const sendSchema = {
  operationId: 'sendMessage',
  summary: 'Send messages',
  description:
    'Safe to repeat: the same Idempotency-Key with the same payload returns the stored response, byte for byte, with ' +
    '`Idempotent-Replayed: true`. A different payload returns 409. Keys are stored for 7 days, unless the operator ' +
    'set another period. A rejected request (4xx, 5xx) stores nothing, and its key stays free. Needs the capability ' +
    '`messages:send`, also for a repeat.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        description: 'Required. 1–255 printable ASCII characters, the same for each repeat of one operation.',
        examples: ['idem_order_789'],
      }),
    ),
  }),
  body: SendBody,
  response: { 202: SendResponse, ...refusals(400, 401, 403, 409, 413, 415, 429, 500, 502) },
};

export function sendMessage(app: App, { accept, metrics, workerShare }: Modules): void {
  // Checked before the body is read. A known idempotency key does not replace the capability.
  const onRequest = requireCapability('messages:send');
  app.post('/messages/send', { schema: sendSchema, onRequest }, async (request, reply) => {
    const key = readIdempotencyKey(request.raw.headersDistinct['idempotency-key']);
    const { id } = request.apiClient;
    const end = workerShare.send();
    const { body, replayed, messages, rejected } = await accept(id, key, request.body).catch((error) => {
      // A rejected send needs no priority. The workers then reduce the backlog that is the reason for the rejection.
      end(0);
      throw error;
    });
    end(messages);
    if (replayed) {
      metrics.replayed.inc();
      reply.header('idempotent-replayed', 'true');
    }
    metrics.accepted.inc(messages);
    for (const code of rejected) metrics.rejected.inc({ code });
    Object.assign(request.logged, { messages, replayed });
    return reply
      .code(202)
      .type('application/json; charset=utf-8')
      .send(body as never);
  });
}

import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { SendBody, SendErrors } from './send-message.ts';

const Encoding = Type.Enum(['GSM7', 'UCS2']);

const PreviewResponse = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        to: Type.String(),
        encoding: nullable(Encoding),
        segments: nullable(Type.Integer()),
        carrier: Type.String({ description: 'Name in RC_CARRIERS, as of now' }),
        estimatedSendAt: Timestamp,
      }),
    ),
    errors: SendErrors,
    text: nullable(
      Type.Object({
        encoding: Encoding,
        characters: Type.Integer({ description: 'Code points' }),
        segments: Type.Integer(),
        nonGsm: Type.Array(
          Type.Object({
            character: Type.String(),
            index: Type.Integer({ description: 'Position in code points, from 0' }),
          }),
          { description: 'Characters that need UCS-2' },
        ),
        smartText: Type.Optional(Type.String({ description: 'Text after `smartEncoding`, if it differs' })),
      }),
    ),
  },
  {
    description: 'What the send would do',
    examples: [
      {
        results: [
          {
            to: '+15551234567',
            encoding: 'GSM7',
            segments: 1,
            carrier: 'simulator',
            estimatedSendAt: '2026-11-23T12:00:00.000Z',
          },
        ],
        errors: [],
        text: { encoding: 'GSM7', characters: 20, segments: 1, nonGsm: [] },
      },
    ],
  },
);

const schema = {
  operationId: 'previewMessages',
  summary: 'Preview a send',
  description:
    'Takes the body of a send and returns what the send would do: segments, carrier and expected time for each recipient, rejected ' +
    'recipients, and the characters that make the text need UCS-2. Stores and sends nothing. Needs no Idempotency-Key. Needs the ' +
    'capability `messages:send`.',
  tags: ['Messages'],
  security: [{ bearer: [] }],
  body: SendBody,
  response: { 200: PreviewResponse, ...refusals(400, 401, 403, 413, 415, 429, 500, 502) },
};

export function previewMessages(app: App, { previewer }: Modules): void {
  const onRequest = requireCapability('messages:send');
  app.post('/messages/preview', { schema, onRequest }, async ({ apiClient, body }) => {
    const { results, ...rest } = await previewer.preview(apiClient.id, body);
    return {
      ...rest,
      results: results.map(({ estimatedSendAt, ...one }) => ({
        ...one,
        estimatedSendAt: estimatedSendAt.toISOString(),
      })),
    };
  });
}

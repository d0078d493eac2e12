import Type from 'typebox';
import { invalidRequest } from '#platform/errors.ts';
import type { App } from '../http/app.ts';
import { MediaItem } from '../http/routes/core/send-message.ts';
import { body, E164, refusals } from '../http/schemas/schemas.ts';

/** Message that a handset sends. */
export interface Written {
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: { storageKey: string; mimeType: string; byteLength: number; sourceUrl?: string; fileName?: string }[] | null;
}

const schema = {
  operationId: 'playHandset',
  summary: 'Send a message from a simulated handset',
  description:
    'Processed like an inbound message of the simulator: `message.inbound` is sent, and keywords such as STOP take ' +
    'effect. A message with media is an MMS. `to` may be any number, also one without a client. The client of the number ' +
    'must have the media, unless they have a `sourceUrl`.',
  tags: ['Sandbox'],
  security: [],
  body: body(
    {
      from: E164,
      to: E164,
      text: Type.Optional(Type.String({ minLength: 1, maxLength: 1600 })),
      media: Type.Optional(Type.Array(MediaItem, { minItems: 1, maxItems: 10 })),
    },
    { examples: [{ from: '+15551230000', to: '+15551234567', text: 'STOP' }] },
  ),
  response: {
    202: Type.Object({ messageId: Type.String({ description: 'Same as in its `message.inbound`' }) }),
    ...refusals(400, 413, 415, 500, 502),
  },
};

/** @param take accepts the message in the same way as a message from a carrier. */
export function handsetRoute(take: (written: Written) => Promise<string>) {
  return (app: App): void => {
    app.post('/sandbox/inbound', { schema }, async (request, reply) => {
      const { from, to, text = null, media = null } = request.body;
      if (text === null && media === null) throw invalidRequest('At least one of text or media is required');
      const messageId = await take({ from, to, messageType: media ? 'MMS' : 'SMS', text, media });
      return reply.code(202).send({ messageId });
    });
  };
}

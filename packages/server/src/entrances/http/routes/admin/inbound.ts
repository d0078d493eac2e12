import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { body, E164, refusals } from '#entrances/http/schemas/schemas.ts';
import { invalidRequest } from '#platform/errors.ts';
import { callingCodeOf, isDialledIn, readInternational, readUntyped, readWritten } from '#platform/phone-numbers.ts';
import { MediaItem } from '../core/send-message.ts';
import { ADMIN } from './admin.ts';

const schema = {
  ...ADMIN,
  operationId: 'takeInbound',
  summary: 'Record a message from a handset',
  description:
    'For programs that receive the messages of handsets from a carrier by HTTP. The 202 follows the commit. The same ' +
    '`carrierRef` of the same carrier is a repeat and changes nothing, so repeat the request until it returns 202. ' +
    'The client of the number must have the media, unless they have a `sourceUrl`.',
  body: body(
    {
      carrier: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' }),
      carrierRef: Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Carrier message id, the same for a repeat',
      }),
      from: Type.String({ minLength: 1, maxLength: 32, description: 'Number in E.164, short code or name' }),
      to: E164,
      text: Type.Optional(Type.String({ maxLength: 1600 })),
      media: Type.Optional(Type.Array(MediaItem, { minItems: 1, maxItems: 10 })),
    },
    { examples: [{ carrier: 'acme', carrierRef: 'a1b2', from: '+15551230000', to: '+15551234567', text: 'Hello' }] },
  ),
  response: {
    202: Type.Object({
      outcome: Type.Enum(['NEW', 'REPEAT', 'NOBODY'], { description: 'NOBODY: stored, but the number has no client' }),
      messageId: Type.Optional(Type.String({ description: 'Absent for a repeat' })),
    }),
    ...refusals(400, 401, 413, 415, 500, 502),
  },
};

export function adminInbound(app: App, { inbound }: Modules): void {
  app.post('/inbound', { schema }, async (request, reply) => {
    const { carrier, carrierRef, from, to, text = null, media = null } = request.body;
    if (text === null && media === null) throw invalidRequest('At least one of text or media is required');
    const messageType = media ? ('MMS' as const) : ('SMS' as const);
    const sender = senderOf(from, to);
    const { outcome, messageId } = await inbound(carrier, { carrierRef, from: sender, to, messageType, text, media });
    if (outcome === 'repeat') return reply.code(202).send({ outcome: 'REPEAT' });
    return reply.code(202).send({ outcome: outcome === 'new' ? 'NEW' : 'NOBODY', messageId });
  });
}

/** Digits of the longest short code. */
const LONGEST_SHORT_CODE = 8;

/**
 * Sender in E.164 for a phone number in any spelling, since opt-outs are stored in E.164. National digits are read by
 * the rules of the number's country.
 */
function senderOf(from: string, to: string): string {
  const written = readWritten(from);
  if (!written) return from;
  const { digits, hasPlus } = written;
  if (hasPlus) return readInternational(digits) ?? from;
  if (digits.length <= LONGEST_SHORT_CODE) return from;
  const callingCode = callingCodeOf(to);
  const isNational = callingCode !== undefined && isDialledIn(callingCode, digits);
  return readUntyped(digits, isNational ? callingCode : undefined) ?? from;
}

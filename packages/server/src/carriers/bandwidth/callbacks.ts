import { createHash, timingSafeEqual } from 'node:crypto';
import { senderTypeOf } from '../../platform/phone-numbers.ts';
import type {
  CallbackInbound,
  CallbackItem,
  CallbackReport,
  CallbackRequest,
  Callbacks,
  Verification,
} from '../callbacks.ts';
import { failureOf, unconfirmedOf } from '../failures.ts';
import type { AccessToken } from '../http/tokens.ts';
import { failureCodeOf } from './error-codes.ts';
import type { BandwidthCarrier } from './settings.ts';
import { authorization, basic, isObject } from './token.ts';

export interface BandwidthCallbacks extends Callbacks {
  /** @param token for OAuth 2. Without a token, requests for media then have no Authorization header. */
  mediaHeaders(token?: AccessToken): Record<string, string>;
}

/** Callbacks of Bandwidth's messaging API v2 (bandwidth.yml, `inboundCallback` and `statusCallback`). */
export function createBandwidthCallbacks(settings: BandwidthCarrier): BandwidthCallbacks {
  const expected = basic(settings.callbackUsername, settings.callbackPassword);
  return {
    verify: ({ headers }) => verify(headers['authorization'], expected),
    parse: ({ rawBody }) => eventsOf(rawBody).flatMap(itemsOf),
    mediaHeaders: (token) => {
      const value = authorization(settings, token);
      return value === undefined ? {} : { authorization: value };
    },
  };
}

/** Bandwidth signs nothing. The credentials of the application are the only proof of the sender. */
function verify(header: string | undefined, expected: string): Verification {
  // The scheme is case-insensitive (RFC 7617).
  const given = header?.replace(/^basic +/i, 'Basic ') ?? '';
  return timingSafeEqual(digest(given), digest(expected)) ? 'valid' : 'unauthenticated';
}

/** Digest, because timingSafeEqual requires equal lengths. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

type Event = Record<string, unknown>;

/** @throws Error if the body is not an array of objects. */
function eventsOf(rawBody: CallbackRequest['rawBody']): Event[] {
  const body = jsonOf(rawBody);
  if (!Array.isArray(body)) throw new Error('a callback of Bandwidth must be an array of events');
  if (!body.every(isObject)) throw new Error('each event of Bandwidth must be an object');
  return body;
}

/** @throws Error without the text, which the message of `JSON.parse` would quote. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Error('a callback of Bandwidth must be JSON');
  }
}

function itemsOf(event: Event): CallbackItem[] {
  switch (event['type']) {
    // Bandwidth has accepted the message. A submit without a response is thereby resolved.
    case 'message-sending':
    case 'message-sent':
      return reportOf(event, { state: 'SENT', error: null });
    case 'message-delivered':
      return reportOf(event, { state: 'DELIVERED', error: null });
    case 'message-failed':
      return failed(event);
    case 'message-received':
      return [inbound(event)];
    default:
      // message-read and the other events of RCS do not matter.
      return [];
  }
}

/** Messages of other systems that use the same application have no tag of Red Cloud, and yield nothing. */
function reportOf(event: Event, result: Pick<CallbackReport['report'], 'state' | 'error'>): CallbackReport[] {
  const message = messageOf(event);
  const reference = message['tag'];
  if (typeof reference !== 'string' || reference === '') return [];
  const id = message['id'];
  const carrierRef = typeof id === 'string' && id !== '' ? id : null;
  return [{ kind: 'report', reference, report: { carrierRef, ...result, raw: rawOf(event) } }];
}

function failed(event: Event): CallbackItem[] {
  const errorCode = errorCodeOf(event['errorCode']);
  const code = failureCodeOf(errorCode);
  // The message may have been delivered. Its acceptance is certain.
  if (code === 'ambiguous') {
    const error = unconfirmedOf(`Bandwidth error ${errorCode}`, String(errorCode), true);
    return reportOf(event, { state: 'SENT', error });
  }
  const description = event['description'];
  const reason = typeof description === 'string' ? description : undefined;
  const error = failureOf(code, String(errorCode ?? 'message-failed'), reason);
  const reports = reportOf(event, { state: 'FAILED', error });
  return code === 'OPTED_OUT_AT_CARRIER' ? [...reports, ...optOut(event)] : reports;
}

function optOut(event: Event): CallbackItem[] {
  const message = messageOf(event);
  const number = message['from'];
  const recipient = recipientOf(event, message);
  if (typeof number !== 'string' || recipient === undefined) return [];
  return [{ kind: 'optOut', number, recipient }];
}

/** @throws Error without id, sender or recipient, so that Bandwidth repeats the callback and the message is not lost. */
function inbound(event: Event): CallbackInbound {
  const message = messageOf(event);
  const { id, from, owner, text } = message;
  // The owner of a copy of a group message is its recipient. `message.to` has all recipients.
  const to = typeof owner === 'string' && owner !== '' ? owner : recipientOf(event, message);
  if (typeof id !== 'string' || id === '') throw new Error('a message-received event has no message id');
  if (typeof from !== 'string' || to === undefined) throw new Error(`message ${id} has no sender or no recipient`);
  return {
    kind: 'inbound',
    carrierRef: id,
    from,
    to,
    text: typeof text === 'string' && text !== '' ? text : null,
    media: mediaOf(message['media']),
    isAnswered: isAnswered(to, text),
  };
}

function mediaOf(media: unknown): CallbackInbound['media'] {
  if (!Array.isArray(media)) return [];
  return media
    .filter((url) => typeof url === 'string')
    .filter((url) => !isLayout(url))
    .map((url) => ({ url, mimeType: null, byteLength: null }));
}

/** Whether a file is the layout of an MMS (SMIL). Its content is of no use without an MMS client. */
function isLayout(url: string): boolean {
  return /\.smil?$/i.test(URL.parse(url)?.pathname ?? url);
}

/**
 * Whether the network has answered a keyword. The event does not show it. The toll-free network itself enforces STOP,
 * START and UNSTOP and replies to them. For local numbers and short codes, Bandwidth has no support for keywords.
 * Source: support.bandwidth.com, article 360010785613.
 */
function isAnswered(to: string, text: unknown): boolean {
  return senderTypeOf(to) === 'TOLL_FREE' && typeof text === 'string' && /^\s*(?:stop|start|unstop)\s*$/i.test(text);
}

function recipientOf(event: Event, message: Event): string | undefined {
  const { to } = event;
  const all = message['to'];
  const first: unknown = Array.isArray(all) ? all[0] : all;
  return [to, first].find((number) => typeof number === 'string' && number !== '') as string | undefined;
}

function messageOf(event: Event): Event {
  return isObject(event['message']) ? event['message'] : {};
}

function errorCodeOf(value: unknown): number | undefined {
  const code = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(code) ? (code as number) : undefined;
}

/** Fields of a message that are not stored: its content, and the signed reference. */
const OMITTED: ReadonlySet<string> = new Set(['text', 'media', 'tag']);

function rawOf(event: Event): string {
  const message = Object.entries(messageOf(event)).filter(([name]) => !OMITTED.has(name));
  return JSON.stringify({ ...event, message: Object.fromEntries(message) });
}

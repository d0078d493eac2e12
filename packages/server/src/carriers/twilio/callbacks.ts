import type { CallbackInbound, CallbackItem, CallbackMedia, CallbackRequest, Callbacks } from '../callbacks.ts';
import type { Report } from '../carrier.ts';
import { type FailureCode, failureOf, unconfirmedOf } from '../failures.ts';
import { codeOf, TWILIO_ERRORS } from './codes.ts';
import { authorizationOf } from './credentials.ts';
import type { TwilioCarrier } from './settings.ts';
import { verifySignature } from './signature.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * States of outbound messages (https://www.twilio.com/docs/messaging/api/message-resource, "Message Status values").
 * The states before `sent` prove that Twilio has accepted the message. `sent` can be the last one, if the carrier sends no
 * receipts. Absent states change nothing.
 */
export const STATES: Readonly<Record<string, Report['state']>> = {
  accepted: 'SENT',
  scheduled: 'SENT',
  queued: 'SENT',
  sending: 'SENT',
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'DELIVERED',
  undelivered: 'FAILED',
  failed: 'FAILED',
  canceled: 'FAILED',
};

/** Callbacks of Twilio: the states of outbound messages, and inbound messages. */
export function createTwilioCallbacks(settings: TwilioCarrier): Callbacks {
  return {
    verify: (request) => verifySignature(request, settings),
    parse,
    mediaHeaders: () => ({ authorization: authorizationOf(settings) }),
  };
}

function parse({ query, headers, rawBody }: CallbackRequest): CallbackItem[] {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== FORM) throw new Error(`The callback has the type ${type} instead of ${FORM}.`);
  const form = new URLSearchParams(rawBody.toString('utf8'));
  const carrierRef = required(form, 'MessageSid');
  const reference = query.get('ref');
  if (reference !== null) return reportItems(form, carrierRef, reference);
  // Without a reference, the message was sent by other software that uses the account.
  if (form.has('MessageStatus')) return [];
  return inboundItems(form, carrierRef);
}

/** Items of a status callback (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). */
function reportItems(form: URLSearchParams, carrierRef: string, reference: string): CallbackItem[] {
  const status = required(form, 'MessageStatus').toLowerCase();
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (state === undefined) return [];
  const raw = rawOf(form);
  if (state !== 'FAILED') {
    return [{ kind: 'report', reference, report: { carrierRef, state, error: noteOf(status), raw } }];
  }
  const { failure, carrierCode, reason } = failureIn(form, status);
  const error = failureOf(failure, carrierCode, reason);
  const report: CallbackItem = { kind: 'report', reference, report: { carrierRef, state, error, raw } };
  const [number, recipient] = [form.get('From'), form.get('To')];
  if (failure !== 'OPTED_OUT_AT_CARRIER' || !number || !recipient) return [report];
  return [report, { kind: 'optOut', number, recipient }];
}

/** Note about a state other than a failure. `sent` can be the last one. Without a receipt, no other state follows. */
export function noteOf(status: string): Report['error'] {
  return status === 'sent' ? unconfirmedOf('Twilio sent', status, false) : null;
}

interface Failure {
  failure: FailureCode;
  carrierCode: string;
  reason: string | undefined;
}

/** Failure in a status callback. Without a known code, `undelivered` comes from the network and `failed` from Twilio. */
function failureIn(form: URLSearchParams, status: string): Failure {
  const code = codeOf(form.get('ErrorCode'));
  const known = code === undefined ? undefined : TWILIO_ERRORS[code];
  const text = form.get('ErrorMessage') || form.get('ChannelStatusMessage') || known?.title;
  return {
    failure: known?.failure ?? (status === 'undelivered' ? 'UNDELIVERABLE' : 'CARRIER_REJECTED'),
    carrierCode: code === undefined ? status : String(code),
    reason: text,
  };
}

/**
 * Items of an inbound message (https://www.twilio.com/docs/messaging/guides/webhook-request). Twilio adds `OptOutType`
 * (STOP, START or HELP) to messages that Advanced Opt-Out has answered. Its keywords are settings of Twilio, so STOP is
 * an opt-out with any text.
 */
function inboundItems(form: URLSearchParams, carrierRef: string): CallbackItem[] {
  const [from, to] = [required(form, 'From'), required(form, 'To')];
  const media = mediaOf(form);
  const text = form.get('Body') ?? '';
  const optOutType = form.get('OptOutType') ?? '';
  const inbound: CallbackInbound = {
    kind: 'inbound',
    carrierRef,
    from,
    to,
    text: text === '' && media.length > 0 ? null : text,
    media,
    isAnswered: optOutType !== '',
  };
  if (optOutType.toUpperCase() !== 'STOP') return [inbound];
  return [inbound, { kind: 'optOut', number: to, recipient: from }];
}

function mediaOf(form: URLSearchParams): CallbackMedia[] {
  const count = form.get('NumMedia') ?? '0';
  if (!/^\d{1,3}$/.test(count)) throw new Error('The callback has no number in NumMedia.');
  return Array.from({ length: Number(count) }, (_, i) => ({
    url: required(form, `MediaUrl${i}`),
    mimeType: form.get(`MediaContentType${i}`) || null,
    byteLength: null,
  }));
}

/** @throws Error if the parameter is missing. The message does not quote the callback, which contains numbers. */
function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new Error(`The callback has no ${name}.`);
  return value;
}

/** Callback for support, without the text of the message. */
function rawOf(form: URLSearchParams): string {
  return new URLSearchParams([...form].filter(([name]) => name !== 'Body')).toString();
}

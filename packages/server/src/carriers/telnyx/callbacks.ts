import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import type { MessageError } from '../../platform/errors.ts';
import type {
  CallbackInbound,
  CallbackItem,
  CallbackMedia,
  CallbackRequest,
  Callbacks,
  Verification,
} from '../callbacks.ts';
import type { Report } from '../carrier.ts';
import { type FailureCode, failureOf, unconfirmedOf } from '../failures.ts';
import { decisive, errorsIn, failureCodeOf, isOptOut, reasonOf, recordOf, type TelnyxError } from './codes.ts';
import type { TelnyxCarrier } from './settings.ts';

/** Largest difference between the time of a signature and now, in seconds. */
const TOLERANCE_SECONDS = 300;
/** 64 bytes in base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;
/** Bytes before a raw Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const Text = Type.String({ minLength: 1 });
const OptionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const EventSchema = Type.Object({
  data: Type.Object({ event_type: Type.String(), occurred_at: OptionalText, payload: Type.Optional(Type.Unknown()) }),
});

const OutboundSchema = Type.Object({
  id: Text,
  from: Type.Optional(Type.Unknown()),
  to: Type.Array(Type.Object({ phone_number: OptionalText, status: Type.String() }), { minItems: 1 }),
  errors: Type.Optional(Type.Unknown()),
});

const InboundSchema = Type.Object({
  id: Text,
  from: Type.Object({ phone_number: Text }),
  to: Type.Array(Type.Object({ phone_number: Text }), { minItems: 1 }),
  text: OptionalText,
  media: Type.Optional(
    Type.Union([
      Type.Array(
        Type.Object({
          url: OptionalText,
          content_type: OptionalText,
          size: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
        }),
      ),
      Type.Null(),
    ]),
  ),
  autoresponse_type: OptionalText,
});

type Event = Static<typeof EventSchema>['data'];

/**
 * States of `to[].status` (https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks, and
 * `OutboundMessagePayload` of the npm package telnyx 7.24.0). `delivery_unconfirmed`: the network sends no receipt.
 */
const STATES = new Map<string, Report['state']>([
  ['queued', 'SENT'],
  ['sending', 'SENT'],
  ['sent', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['read', 'DELIVERED'],
  ['delivery_unconfirmed', 'SENT'],
  ['sending_failed', 'FAILED'],
  ['delivery_failed', 'FAILED'],
  ['expired', 'FAILED'],
  ['cancelled', 'FAILED'],
]);

/** Failures without an error code. */
const FAILURES = new Map<string, FailureCode>([
  ['sending_failed', 'CARRIER_REJECTED'],
  ['cancelled', 'CARRIER_REJECTED'],
]);

/** Callbacks of Telnyx API v2, signed with Ed25519. */
export function createTelnyxCallbacks(settings: TelnyxCarrier): Callbacks {
  const key = keyOf(settings.publicKey);
  return {
    verify: (request, now) => verified(key, request, now),
    parse,
    // The URLs in `media` need no credentials. The API key must not leave for other hosts.
    mediaHeaders: () => ({}),
  };
}

/** @param publicKey 32 bytes in base64. */
function keyOf(publicKey: string): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** Checks the signature of `timestamp|body`. Other base64 forms of the same signature are invalid. */
function verified(key: KeyObject, { headers, rawBody }: CallbackRequest, now: number): Verification {
  const encoded = headers['telnyx-signature-ed25519'] ?? '';
  const timestamp = headers['telnyx-timestamp'] ?? '';
  if (!SIGNATURE.test(encoded) || !/^\d{1,15}$/.test(timestamp)) return 'invalid';
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > TOLERANCE_SECONDS) return 'invalid';
  const signature = Buffer.from(encoded, 'base64');
  if (signature.toString('base64') !== encoded) return 'invalid';
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), rawBody]);
  return verify(null, signed, key, signature) ? 'valid' : 'invalid';
}

function parse({ rawBody, query }: CallbackRequest): CallbackItem[] {
  const { data } = checked(EventSchema, jsonOf(rawBody), '');
  switch (data.event_type) {
    case 'message.sent':
    case 'message.finalized':
    case 'message.read':
      return reportsIn(data, query.get('ref'));
    case 'message.received':
      return inboundIn(data);
    default:
      return [];
  }
}

/** @param reference reference in the callback URL. Null for messages that others have sent with the same messaging profile. */
function reportsIn(event: Event, reference: string | null): CallbackItem[] {
  const message = checked(OutboundSchema, event.payload, '/data/payload');
  if (!reference) return [];
  const { id, from, to } = message;
  // One recipient for each message.
  const { status, phone_number: recipient } = to[0] as (typeof to)[number];
  const state = STATES.get(status) ?? 'PENDING';
  const errors = errorsIn(message.errors);
  const error = state === 'FAILED' ? failure(status, decisive(errors)) : noteOf(status);
  const report = { carrierRef: id, state, error, raw: rawOf(event, id, status, errors) };
  const items: CallbackItem[] = [{ kind: 'report', reference, report }];
  const number = recordOf(from)['phone_number'];
  const hasOptedOut = state === 'FAILED' && errors.some(isOptOut);
  if (hasOptedOut && typeof number === 'string' && recipient) items.push({ kind: 'optOut', number, recipient });
  return items;
}

function failure(status: string, error: TelnyxError | undefined): MessageError {
  if (error) return failureOf(failureCodeOf(error, 'UNDELIVERABLE'), error.code, reasonOf(error));
  return failureOf(FAILURES.get(status) ?? 'UNDELIVERABLE', status);
}

function noteOf(status: string): MessageError | null {
  return status === 'delivery_unconfirmed' ? unconfirmedOf(`Telnyx ${status}`, status, true) : null;
}

/** Report without the text of the message. */
function rawOf({ event_type, occurred_at }: Event, id: string, status: string, errors: readonly TelnyxError[]): string {
  return JSON.stringify({ event_type, occurred_at, id, status, errors });
}

function inboundIn({ payload }: Event): CallbackItem[] {
  // WhatsApp and RCS have another form.
  if (isOtherChannel(payload)) return [];
  const { id, from, to, text, media, autoresponse_type } = checked(InboundSchema, payload, '/data/payload');
  // A file without a URL is listed with an error.
  const files = (media ?? []).map(
    ({ url, content_type, size }): CallbackMedia => ({
      url: url ?? '',
      mimeType: content_type || null,
      byteLength: size ?? null,
    }),
  );
  return to.map(
    ({ phone_number }, index): CallbackInbound => ({
      kind: 'inbound',
      // `to` has several numbers only if several numbers of this account received a group message.
      carrierRef: index === 0 ? id : `${id}/${index + 1}`,
      from: from.phone_number,
      to: phone_number,
      text: text || (files.length > 0 ? null : (text ?? null)),
      media: files,
      // START, STOP or HELP if Telnyx recognized a keyword and responded. Otherwise null or absent.
      isAnswered: !!autoresponse_type,
    }),
  );
}

function isOtherChannel(payload: unknown): boolean {
  const { type } = recordOf(payload);
  return type === 'WHATSAPP' || type === 'RCS';
}

/** @throws Error without the text, which the message of `JSON.parse` would quote. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Error('Telnyx callback: the body is not JSON');
  }
}

/** @throws Error with the path of the first field of another form, but without its value. */
function checked<S extends TSchema>(schema: S, value: unknown, path: string): Static<S> {
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  throw new Error(`Telnyx callback: ${path}${first?.instancePath ?? ''} ${first?.message ?? 'is of another form'}`);
}

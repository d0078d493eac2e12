import { InvalidCallError, SignatureError } from '../errors.ts';
import type { WebhookEvent } from '../types.ts';
import { headerOf, type WebhookHeaders } from './headers.ts';
import {
  bytesOf,
  decodedKey,
  isMac,
  type Key,
  macFromBase64,
  macFromHex,
  secretsOf,
  signedBytes,
  wholeKey,
} from './mac.ts';

/** Options of `verify`. */
export interface VerifyOptions {
  /** Maximum difference in seconds between the timestamp and the current time, in either direction. Default 300. */
  toleranceSeconds?: number;
  /** Returns the current time in milliseconds since 1970. Default: the clock of the platform. */
  now?: () => number;
}

/** The signatures of a delivery under one of the two schemes. */
interface Claim {
  timestamp: string;
  /** Text that is signed before the body. */
  head: string;
  macs: Uint8Array<ArrayBuffer>[];
  keyOf(secret: string): Promise<Key>;
}

const TOLERANCE_SECONDS = 300;
/** Limit against requests that cause unnecessary work. */
const MOST_SIGNATURES = 10;

/**
 * Verifies a webhook and returns its event. One valid signature of either scheme (X-RedCloud-*, Standard Webhooks) is
 * sufficient, because both cover the body and the timestamp. The signature must match the raw body under one of the
 * secrets, and its timestamp must be recent.
 *
 * ```ts
 * const event = await webhooks.verify(rawBody, request.headers, secret);
 * ```
 *
 * @param rawBody body before any parsing, as bytes (preferred) or text
 * @param headers headers of the request, as `Headers` or a record
 * @param secret `whsec_…`, or several secrets during a rotation
 * @throws SignatureError when the webhook is not authentic. Do not process its body.
 * @throws InvalidCallError for incorrect use, such as a parsed body or a missing secret
 */
export async function verify(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: VerifyOptions = {},
): Promise<WebhookEvent> {
  mustBeRaw(rawBody);
  if (headers === null || typeof headers !== 'object')
    throw new InvalidCallError('headers must be a Headers object or a record of the request headers');
  if (!(typeof toleranceSeconds === 'number' && toleranceSeconds >= 0))
    throw new InvalidCallError('toleranceSeconds must be a number of at least 0');
  const secrets = secretsOf(secret);
  const claims = [redcloudClaim(headers), standardClaim(headers)].filter((claim) => claim !== undefined);
  if (claims.length === 0) {
    throw new SignatureError(
      'missing',
      'Signature headers missing: X-RedCloud-Timestamp and -Signature, or webhook-id, -timestamp and -signature',
    );
  }
  const fresh = claims.filter(({ timestamp }) => isFresh(timestamp, now() / 1000, toleranceSeconds));
  if (fresh.length === 0) {
    throw new SignatureError(
      'stale',
      `Webhook timestamp is invalid or more than ${toleranceSeconds} seconds from the current time`,
    );
  }
  const body = bytesOf(rawBody);
  if (body === undefined)
    throw new SignatureError('malformed', 'Webhook body contains an unpaired surrogate. Pass the raw bytes.');
  for (const claim of fresh) {
    if (await isProven(claim, body, secrets)) return parse(rawBody);
  }
  throw new SignatureError(
    'mismatch',
    'Webhook signature mismatch: wrong secret, or the body was parsed before verification. Pass the raw body.',
  );
}

/** Checked at run time for callers in JavaScript and for frameworks that type the body as `any`. */
function mustBeRaw(body: unknown): void {
  if (typeof body === 'string' || body instanceof Uint8Array) return;
  throw new InvalidCallError(
    'rawBody must be the raw request body as a string or bytes. A parsed body cannot be verified.',
  );
}

function redcloudClaim(headers: WebhookHeaders): Claim | undefined {
  const timestamp = headerOf(headers, 'x-redcloud-timestamp');
  const signature = headerOf(headers, 'x-redcloud-signature');
  if (!timestamp || !signature) return undefined;
  const macs = [macFromHex(signature)].filter((mac) => mac !== undefined);
  return { timestamp, head: `${timestamp}.`, macs, keyOf: wholeKey };
}

/**
 * Reads the headers of Standard Webhooks (https://www.standardwebhooks.com). Spaces separate the signatures. Each
 * signature follows its version and a comma.
 */
function standardClaim(headers: WebhookHeaders): Claim | undefined {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signature = headerOf(headers, 'webhook-signature');
  if (!id || !timestamp || !signature) return undefined;
  const macs = signature
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .map((one) => (one.startsWith('v1,') ? macFromBase64(one.slice('v1,'.length)) : undefined))
    .filter((mac) => mac !== undefined);
  return { timestamp, head: `${id}.${timestamp}.`, macs, keyOf: decodedKey };
}

function isFresh(timestamp: string, nowSeconds: number, toleranceSeconds: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowSeconds - Number(timestamp)) <= toleranceSeconds;
}

async function isProven({ head, macs, keyOf }: Claim, body: Uint8Array, secrets: readonly string[]): Promise<boolean> {
  const signed = signedBytes(head, body);
  for (const secret of secrets) {
    const key = await keyOf(secret);
    for (const mac of macs) if (await isMac(key, mac, signed)) return true;
  }
  return false;
}

function parse(rawBody: string | Uint8Array): WebhookEvent {
  try {
    const text = typeof rawBody === 'string' ? rawBody : new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
    const event: unknown = JSON.parse(text);
    if (typeof (event as { type?: unknown } | null)?.type === 'string') return event as WebhookEvent;
  } catch {
    // Reported below: the signature is valid, but the body is not an event.
  }
  throw new SignatureError('malformed', 'Webhook body has a valid signature, but is not an event');
}

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

export interface VerifyOptions {
  /** Seconds that a timestamp may be from now, in either direction. Default 300. */
  toleranceSeconds?: number;
  /** Milliseconds since 1970. Default: the platform's clock. */
  now?: () => number;
}

/** What a delivery claims, in the terms of one of the two schemes. */
interface Claim {
  timestamp: string;
  /** What is signed before the body. */
  head: string;
  macs: Uint8Array<ArrayBuffer>[];
  keyOf(secret: string): Promise<Key>;
}

const TOLERANCE_SECONDS = 300;
/** More would be work that somebody makes for us. */
const MOST_SIGNATURES = 10;

/**
 * The event, once it is certain who sent it: one of the two signatures (X-RedCloud-*, Standard Webhooks) is that of this
 * very body under one of the secrets, and fresh. Either proves body and time, so one of them is enough.
 * @param rawBody exactly as it came, before any parsing: text, or better its bytes.
 * @param secret `whsec_…`, or several while one is being replaced by another.
 * @throws SignatureError: don't trust it. | InvalidCallError: it was called wrongly, with a parsed body or without a secret for one.
 */
export async function verify(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: VerifyOptions = {},
): Promise<WebhookEvent> {
  mustBeRaw(rawBody);
  if (headers === null || typeof headers !== 'object')
    throw new InvalidCallError("headers must be the request's headers");
  if (!(typeof toleranceSeconds === 'number' && toleranceSeconds >= 0))
    throw new InvalidCallError('toleranceSeconds must be a number from 0 up');
  const secrets = secretsOf(secret);
  const claims = [redcloudClaim(headers), standardClaim(headers)].filter((claim) => claim !== undefined);
  if (claims.length === 0) {
    throw new SignatureError(
      'missing',
      'Neither X-RedCloud-Timestamp and -Signature nor webhook-id, -timestamp and -signature are there',
    );
  }
  const fresh = claims.filter(({ timestamp }) => isFresh(timestamp, now() / 1000, toleranceSeconds));
  if (fresh.length === 0) {
    throw new SignatureError('stale', `The timestamp is not within ${toleranceSeconds} seconds of now`);
  }
  const body = bytesOf(rawBody);
  if (body === undefined)
    throw new SignatureError('malformed', 'The body is text that has no bytes (unpaired surrogate)');
  for (const claim of fresh) {
    if (await isProven(claim, body, secrets)) return parse(rawBody);
  }
  throw new SignatureError(
    'mismatch',
    'No signature is that of this body: another secret, or the body is not as it came (parsed and written anew?)',
  );
}

/** In JavaScript, and where a framework's types say `any`, the compiler does not see to it. */
function mustBeRaw(body: unknown): void {
  if (typeof body === 'string' || body instanceof Uint8Array) return;
  throw new InvalidCallError(
    'rawBody must be the body as it came, as text or bytes: what was parsed can no longer be verified',
  );
}

function redcloudClaim(headers: WebhookHeaders): Claim | undefined {
  const timestamp = headerOf(headers, 'x-redcloud-timestamp');
  const signature = headerOf(headers, 'x-redcloud-signature');
  if (!timestamp || !signature) return undefined;
  const macs = [macFromHex(signature)].filter((mac) => mac !== undefined);
  return { timestamp, head: `${timestamp}.`, macs, keyOf: wholeKey };
}

/** https://www.standardwebhooks.com: several signatures, apart by spaces, each after its version and a comma. */
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
    // Said below: signed, and no event all the same.
  }
  throw new SignatureError('malformed', 'The body is signed, but is no event');
}

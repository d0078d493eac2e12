import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackRequest, Verification } from '../callbacks.ts';

const HASHES: Readonly<Record<string, string>> = { HMAC_SHA1: 'sha1', HMAC_SHA256: 'sha256' };

/** Secrets of an account, one for each kind of signature. */
export interface SigningSecrets {
  authToken: string;
  /** Secret of the SharedKey. */
  sharedKeySecret?: string | undefined;
}

/**
 * Checks `X-Twilio-Signature`. By default the auth token signs with HMAC-SHA1
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security). A callback with the header
 * `X-Twilio-Webhooks-Signature-Settings: key=…,algorithm=…` is signed by a SharedKey with the named algorithm instead
 * (https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys, and `webhook` of the npm package twilio 6.3.1).
 */
export function verifySignature(request: CallbackRequest, secrets: SigningSecrets): Verification {
  const settings = request.headers['x-twilio-webhooks-signature-settings'];
  if (!settings) return isSigned(request, secrets.authToken, 'sha1') ? 'valid' : 'invalid';
  if (secrets.sharedKeySecret === undefined) return 'sharedKeySecret is not set';
  const hash = hashOf(settings);
  return hash !== undefined && isSigned(request, secrets.sharedKeySecret, hash) ? 'valid' : 'invalid';
}

/**
 * The signed text is the URL followed by the sorted parameters of the form. With `bodySHA256` in the query, the signed
 * text is the URL alone, and the hash covers the body.
 */
function isSigned(request: CallbackRequest, secret: string, hash: string): boolean {
  const signature = request.headers['x-twilio-signature'];
  if (!signature) return false;
  const bodyHash = request.query.get('bodySHA256');
  if (bodyHash !== null && !isEqual(bodyHash, createHash('sha256').update(request.rawBody).digest('hex'))) return false;
  const parameters = bodyHash === null ? signedParameters(request.rawBody) : '';
  return spellings(request.url).some((url) =>
    isEqual(signature, createHmac(hash, secret).update(`${url}${parameters}`).digest('base64')),
  );
}

/** Signature of a callback with the auth token. @param url full URL. @param secret auth token of the account. */
export function signatureOf(url: string, rawBody: Buffer, secret: string): string {
  return createHmac('sha1', secret)
    .update(`${url}${signedParameters(rawBody)}`)
    .digest('base64');
}

/** @returns hash of the named algorithm, HMAC-SHA1 without a name, or undefined for an unknown algorithm. */
function hashOf(settings: string): string | undefined {
  const algorithm = settings.split(',').flatMap((part) => /^\s*algorithm\s*=\s*(\S+)\s*$/.exec(part)?.[1] ?? []);
  const [name = 'HMAC_SHA1'] = algorithm;
  const key = name.toUpperCase();
  return Object.hasOwn(HASHES, key) ? HASHES[key] : undefined;
}

/** Names and values in the order of their names. Repeated names are signed once for each different value. */
function signedParameters(rawBody: Buffer): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const names = [...values.keys()].sort();
  return names.flatMap((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value)).join('');
}

/**
 * Spellings of a URL that Twilio may have signed: as received, without the port, and with the standard port. The URL is
 * not normalized otherwise, since Twilio signs the exact characters.
 */
function spellings(url: string): string[] {
  const [prefix, scheme = '', host = '', port] = /^(https?:\/\/)([^/?#]*?)(:\d*)?(?=[/?#]|$)/i.exec(url) ?? [];
  if (prefix === undefined) return [url];
  const rest = url.slice(prefix.length);
  const standard = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return [`${scheme}${host}${rest}`, `${scheme}${host}${port ?? standard}${rest}`];
}

/** Comparison whose time does not depend on the place of the first difference. */
function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

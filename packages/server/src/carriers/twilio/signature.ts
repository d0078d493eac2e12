import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackRequest } from '../callbacks.ts';

const HASHES: Readonly<Record<string, string>> = { HMAC_SHA1: 'sha1', HMAC_SHA256: 'sha256' };

/**
 * Whether `X-Twilio-Signature` is the signature of a callback (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
 * The signed text is the URL followed by the sorted parameters of the form. With `bodySHA256` in the query, the signed
 * text is the URL alone, and the hash covers the body.
 * @param secret auth token of the account, or secret of the SharedKey.
 */
export function isSigned(request: CallbackRequest, secret: string): boolean {
  const signature = request.headers['x-twilio-signature'];
  const hash = hashOf(request.headers['x-twilio-webhooks-signature-settings']);
  if (!signature || hash === undefined) return false;
  const bodyHash = request.query.get('bodySHA256');
  if (bodyHash !== null && !isEqual(bodyHash, createHash('sha256').update(request.rawBody).digest('hex'))) return false;
  const parameters = bodyHash === null ? signedParameters(request.rawBody) : '';
  return spellings(request.url).some((url) =>
    isEqual(signature, createHmac(hash, secret).update(`${url}${parameters}`).digest('base64')),
  );
}

/**
 * Hash that the header `X-Twilio-Webhooks-Signature-Settings: key=…,algorithm=…` names. Twilio sends the header with
 * SharedKeys only. The auth token signs with HMAC-SHA1.
 * @returns undefined for an algorithm that this adapter does not know.
 */
function hashOf(settings: string | undefined): string | undefined {
  const algorithm = (settings ?? '')
    .split(',')
    .flatMap((part) => /^\s*algorithm\s*=\s*(\S+)\s*$/.exec(part)?.[1] ?? []);
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

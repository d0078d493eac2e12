import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SigningSecrets } from '#identity/webhook-secrets.ts';
import { VERSION } from '#platform/config.ts';

const PREFIX = 'whsec_';

/** Cached keys, since the creation of a key from raw bytes takes five times as long as a signature. */
const standardKeys = new LRUCache<string, KeyObject>({ max: 1_000 });

/** All headers of a webhook. */
export function webhookHeaders(secrets: SigningSecrets, eventId: string, sentAtMs: number, body: string) {
  return {
    'content-type': 'application/json',
    'user-agent': `RedCloud/${VERSION}`,
    ...signatureHeaders(secrets, eventId, Math.floor(sentAtMs / 1000), body),
  };
}

/**
 * Headers that prove the origin of a webhook, in both schemes (CONTRACT: "Webhooks"). While a secret is rotated, both
 * secrets sign. Standard Webhooks has room for both signatures. X-RedCloud-Signature has room for one, and uses the old
 * secret until the rotation ends.
 * @param secrets each `whsec_` + base64. X-RedCloud-Signature is keyed with all bytes of the text. Standard Webhooks is
 *   keyed with the decoded base64, as its specification requires.
 * @param body exact text that will be sent.
 */
export function signatureHeaders(secrets: SigningSecrets, eventId: string, unixSeconds: number, body: string) {
  const { current, former } = secrets;
  const timestamp = String(unixSeconds);
  const standard = [current, ...(former ? [former] : [])].map((secret) => {
    const signed = createHmac('sha256', standardKey(secret)).update(`${eventId}.${timestamp}.${body}`);
    return `v1,${signed.digest('base64')}`;
  });
  return {
    'x-redcloud-timestamp': timestamp,
    'x-redcloud-signature': createHmac('sha256', former ?? current)
      .update(`${timestamp}.${body}`)
      .digest('hex'),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': standard.join(' '),
  };
}

function standardKey(secret: string): KeyObject {
  const known = standardKeys.get(secret);
  if (known) return known;
  const key = createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64'));
  standardKeys.set(secret, key);
  return key;
}

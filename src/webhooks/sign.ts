import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const PREFIX = 'whsec_';

/** Making a key of raw bytes takes five times as long as signing with it. */
const standardKeys = new LRUCache<string, KeyObject>({ max: 1_000 });

/**
 * The headers that prove where a webhook comes from, in both ways (CONTRACT: "Webhooks").
 * @param secret `whsec_` + base64: X-RedCloud-Signature is keyed with all of its bytes, Standard Webhooks with the
 *   decoded base64, as its specification says.
 * @param body the exact text that will be sent.
 */
export function signatureHeaders(secret: string, eventId: string, unixSeconds: number, body: string) {
  const timestamp = String(unixSeconds);
  const redcloud = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const standard = createHmac('sha256', standardKey(secret)).update(`${eventId}.${timestamp}.${body}`).digest('base64');
  return {
    'x-redcloud-timestamp': timestamp,
    'x-redcloud-signature': redcloud,
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${standard}`,
  };
}

function standardKey(secret: string): KeyObject {
  const known = standardKeys.get(secret);
  if (known) return known;
  const key = createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64'));
  standardKeys.set(secret, key);
  return key;
}

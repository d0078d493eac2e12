import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * The headers that prove where a webhook comes from, in both ways (CONTRACT: "Webhooks").
 * @param secret `whsec_` + base64: X-RedCloud-Signature is keyed with all of its bytes, Standard Webhooks with the
 *   decoded base64, as its specification says.
 * @param body the exact text that will be sent.
 */
export function signatureHeaders(secret: string, eventId: string, unixSeconds: number, body: string) {
  const timestamp = String(unixSeconds);
  const standardKey = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return {
    'x-redcloud-timestamp': timestamp,
    'x-redcloud-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', standardKey).update(`${eventId}.${timestamp}.${body}`).digest('base64')}`,
  };
}

/** For tests of a webhook endpoint: deliveries as Red Cloud would make them. */
import { InvalidCallError } from './errors.ts';
import type { WebhookEvent } from './types.ts';
import { bytesOf, decodedKey, mac, secretsOf, signedBytes, toBase64, toHex, wholeKey } from './webhooks/mac.ts';

export interface SignOptions {
  /** Milliseconds since 1970. Default: now. */
  at?: number;
  /** Default: the event's own, or `evt_test` where there is none. */
  eventId?: string;
}

export interface SignedWebhook {
  /** What to post, as it is. */
  body: string;
  headers: Record<string, string>;
}

/**
 * Signs in both ways, as the server does.
 * @param event an event; or a body as it is, which need not be one.
 * @param secret `whsec_` and base64.
 */
export async function signForTest(
  event: WebhookEvent | string,
  secret: string,
  { at = Date.now(), eventId }: SignOptions = {},
): Promise<SignedWebhook> {
  secretsOf(secret);
  if (typeof event !== 'string' && (typeof event !== 'object' || event === null))
    throw new InvalidCallError('event must be an event, or a body as text');
  if (!Number.isFinite(at)) throw new InvalidCallError('at must be milliseconds since 1970');
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const bytes = bytesOf(body);
  if (bytes === undefined) throw new InvalidCallError('A body with an unpaired surrogate has no bytes');
  const id = eventId ?? (typeof event === 'string' ? undefined : event.eventId) ?? 'evt_test';
  const timestamp = String(Math.floor(at / 1000));
  const redcloud = await mac(await wholeKey(secret), signedBytes(`${timestamp}.`, bytes));
  const standard = await mac(await decodedKey(secret), signedBytes(`${id}.${timestamp}.`, bytes));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-redcloud-timestamp': timestamp,
      'x-redcloud-signature': toHex(redcloud),
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${toBase64(standard)}`,
    },
  };
}

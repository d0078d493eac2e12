/** Test support for receivers of webhooks. Creates deliveries like those of the server. */
import { InvalidCallError } from './errors.ts';
import type { WebhookEvent } from './types.ts';
import { bytesOf, decodedKey, mac, secretsOf, signedBytes, toBase64, toHex, wholeKey } from './webhooks/mac.ts';

/** Options of `signForTest`. */
export interface SignOptions {
  /** Timestamp in milliseconds since 1970. Default: now. */
  at?: number;
  /** Id of the event. Default: the `eventId` of the event, or `evt_test` for a raw body and an event without id. */
  eventId?: string;
}

/** Body and headers of a signed webhook. */
export interface SignedWebhook {
  /** Request body. Post it unchanged. */
  body: string;
  headers: Record<string, string>;
}

/**
 * Signs a webhook under both schemes, like the server.
 *
 * @param event an event, or a raw body, which need not be an event
 * @param secret `whsec_` followed by base64
 * @throws InvalidCallError when an argument is invalid
 */
export async function signForTest(
  event: WebhookEvent | string,
  secret: string,
  { at = Date.now(), eventId }: SignOptions = {},
): Promise<SignedWebhook> {
  secretsOf(secret);
  if (typeof event !== 'string' && (typeof event !== 'object' || event === null))
    throw new InvalidCallError('event must be a webhook event, or a raw body as a string');
  if (!Number.isFinite(at)) throw new InvalidCallError('at must be milliseconds since 1970');
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const bytes = bytesOf(body);
  if (bytes === undefined) throw new InvalidCallError('event must not contain an unpaired surrogate');
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

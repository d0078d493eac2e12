import { invalidRequest } from '#platform/errors.ts';
import { identityOf } from '#webhooks/endpoints/destinations.ts';
import type { Health } from '#webhooks/endpoints/health.ts';
import { WEBHOOK_URL_LENGTH } from '../schemas/schemas.ts';

/** Rules for the targets of webhooks. */
export interface WebhookTargets {
  /** @returns reason why the URL is rejected, as far as it is known before its name is resolved, or undefined. */
  refusal(url: URL): string | undefined;
}

/**
 * Reads a client's webhook URL: http or https, a host, no credentials, and an allowed target as far as its text shows.
 * The addresses of its name are checked at each attempt.
 * @returns URL to store, as given. The normal form (WHATWG URL, RFC 5890), with the host in punycode, if the URL has
 *   characters beyond ASCII or an encoded host.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
function readWebhookUrl(targets: WebhookTargets, field: string, text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw invalidRequest(`${field} must be an http or https URL`, { field });
  }
  if (url.username || url.password) throw invalidRequest(`${field} must not contain credentials`, { field });
  const refusal = targets.refusal(url);
  if (refusal) throw invalidRequest(`${field}: ${refusal}`, { field });
  const stored = isPlain(text) ? text : url.href;
  if (Math.max(stored.length, identityOf(url).length) > WEBHOOK_URL_LENGTH) {
    throw invalidRequest(`${field} has more than ${WEBHOOK_URL_LENGTH} encoded characters. Shorten it.`, { field });
  }
  return stored;
}

/** @returns copy of the body with the webhook URLs of these fields in stored form. @throws ApiError INVALID_REQUEST */
export function withWebhookUrls<Body extends object>(
  targets: WebhookTargets,
  body: Body,
  fields: readonly (keyof Body & string)[],
): Body {
  const read = { ...body };
  for (const field of fields) {
    const given = body[field];
    if (typeof given === 'string') read[field] = readWebhookUrl(targets, field, given) as Body[typeof field];
  }
  return read;
}

/** Whether the text of a URL shows its actual host. */
function isPlain(text: string): boolean {
  return /^[!-~]*$/.test(text) && !/^\w+:\/\/[^/?#]*%/.test(text);
}

/** Enables the endpoints of these URLs, since a client sets a URL in order to use it. */
export async function enableEach(
  health: Pick<Health, 'enable'>,
  apiClientId: string,
  urls: readonly (string | null | undefined)[],
): Promise<void> {
  for (const url of urls) if (url) await health.enable(apiClientId, url);
}

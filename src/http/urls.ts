import { invalidRequest } from '../errors.ts';
import type { Health } from '../webhooks/health.ts';

/** Where webhooks may go. */
export interface WebhookTargets {
  /** @returns why the URL may not be posted to, as far as that is known before its name is resolved. */
  refusal(url: URL): string | undefined;
}

/**
 * A customer's webhook URL: http or https, a host, no credentials, and nothing that could not be posted to anyway. What
 * its name leads to is checked at each attempt.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function checkWebhookUrl(targets: WebhookTargets, field: string, text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw invalidRequest(`${field} must be an http or https URL`, { field });
  }
  if (url.username || url.password) throw invalidRequest(`${field} must not contain credentials`, { field });
  const refusal = targets.refusal(url);
  if (refusal) throw invalidRequest(`${field}: ${refusal}`, { field });
}

/** A URL that is set again is meant to be used again. */
export async function enableEach(
  health: Pick<Health, 'enable'>,
  apiClientId: string,
  urls: readonly (string | null | undefined)[],
): Promise<void> {
  for (const url of urls) if (url) await health.enable(apiClientId, url);
}

import { invalidRequest } from '../errors.ts';

/**
 * A customer's webhook URL: http or https, a host, no credentials.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function checkWebhookUrl(field: string, text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw invalidRequest(`${field} must be an http or https URL`, { field });
  }
  if (url.username || url.password) throw invalidRequest(`${field} must not contain credentials`, { field });
}

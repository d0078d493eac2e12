import type { TwilioCarrier } from './settings.ts';

/** Value of the `Authorization` header: the API key if there is one, otherwise the account with its auth token. */
export function authorizationOf(settings: TwilioCarrier): string {
  const { accountSid, authToken, apiKeySid, apiKeySecret } = settings;
  const isKey = apiKeySid !== undefined && apiKeySecret !== undefined;
  const credentials = isKey ? `${apiKeySid}:${apiKeySecret}` : `${accountSid}:${authToken}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

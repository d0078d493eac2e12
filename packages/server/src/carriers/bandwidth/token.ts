import type { VendorResponse } from '../http/exchange.ts';
import type { AccessToken, TokenApi, TokenResult } from '../http/tokens.ts';
import type { BandwidthCarrier } from './settings.ts';

/** Token server of Bandwidth (bandwidth.yml, securitySchemes.OAuth2). `baseUrl` of the carrier replaces it. */
const TOKEN_BASE_URL = 'https://api.bandwidth.com';
/** Seconds before the expiry at which a token is renewed. Bandwidth's own SDK uses the same value. */
const MARGIN_SECONDS = 60;
/** Assumed lifetime of a token without `expires_in`. */
const DEFAULT_SECONDS = 300;
/** Longest lifetime that is used, so that a wrong `expires_in` does not keep a token for ever. */
const LONGEST_SECONDS = 86_400;

/** Token requests of a carrier with OAuth 2. @returns undefined for Basic authentication. */
export function createTokenApi(settings: BandwidthCarrier): TokenApi | undefined {
  const { clientId, clientSecret, baseUrl = TOKEN_BASE_URL } = settings;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return {
    baseUrl,
    // Form and credentials as in bandwidth-sdk 8.1.4, configuration.ts. The SDK does not percent-encode the credentials.
    request: () => ({
      method: 'POST',
      path: '/api/v1/oauth2/token',
      headers: {
        accept: 'application/json',
        authorization: basic(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    }),
    read: readToken,
  };
}

/** Value of the Authorization header. @returns undefined with OAuth 2 and without a token. */
export function authorization(settings: BandwidthCarrier, token?: AccessToken): string | undefined {
  const { username, password } = settings;
  if (username !== undefined && password !== undefined) return basic(username, password);
  return token && `Bearer ${token.value}`;
}

/** Basic credentials (RFC 7617) in UTF-8. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

function readToken({ status, body }: VendorResponse, now: number): TokenResult {
  const read = objectOf(body);
  if (status >= 200 && status < 300) {
    const value = read?.['access_token'];
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      return { kind: 'unavailable', reason: `response ${status} to the token request has no access token` };
    }
    return { kind: 'token', token: { value, renewAt: now + usableMs(read?.['expires_in']) } };
  }
  const error = read?.['error_description'] ?? read?.['error'] ?? read?.['description'];
  const reason = `token request: ${status}${typeof error === 'string' ? ` ${error}` : ''}`;
  // Wrong credentials are 401, or 400 with an error code (RFC 6749, §5.2).
  return { kind: [400, 401, 403].includes(status) ? 'refused' : 'unavailable', reason };
}

/** Milliseconds until the renewal of a token. A short-lived token is used for half of its lifetime. */
function usableMs(expiresIn: unknown): number {
  const given = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  const isUsable = typeof given === 'number' && Number.isFinite(given) && given >= 0;
  const seconds = isUsable ? Math.min(LONGEST_SECONDS, given) : DEFAULT_SECONDS;
  return Math.max(seconds - MARGIN_SECONDS, seconds / 2) * 1000;
}

/** @returns undefined if the text is no JSON object. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

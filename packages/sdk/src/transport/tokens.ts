import type { Answer, Exchange } from './exchange.ts';
import { type Limits, limited } from './limit.ts';
import { has } from './response-shape.ts';

export interface Token {
  value: string;
  /** Time from which a new token is fetched while this token is still used. Milliseconds since 1970. */
  refreshAt: number;
  /** Time from which this token is not used. Milliseconds since 1970. */
  expiresAt: number;
}

/**
 * Margin before the expiry of a token in which the token is not used. Covers the time in transit and clock differences.
 */
const MARGIN_MS = 10_000;
const EARLY_MS = 300_000;

export interface TokenParts {
  now(): number;
  /**
   * Fetches a new token in one attempt with its own time limit. All waiting calls share the result, also after one of
   * them was aborted.
   */
  fetchToken(): Promise<Answer>;
}

export interface Tokens {
  /** @throws ApiError (`invalid_client` …) | ConnectionError | TimeoutError | AbortError */
  get(limits: Limits): Promise<string>;
  /** Invalidates a token that the server rejected. A newer token stays valid for the next attempt. */
  discard(value: string): void;
}

/** Wraps a token that the caller obtained. The token is never replaced. */
export function givenToken(value: string): Tokens {
  return { get: async () => value, discard: () => undefined };
}

/** Token cache of one client. Concurrent calls share one token request. A token is refreshed before its expiry. */
export function createTokens({ now, fetchToken }: TokenParts): Tokens {
  let current: Token | undefined;
  let underWay: Promise<Token> | undefined;

  function refresh(): Promise<Token> {
    underWay ??= fetchToken()
      .then(({ json }) => {
        current = read(json, now());
        return current;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  }

  return {
    async get(limits: Limits): Promise<string> {
      if (current === undefined || now() >= current.expiresAt) {
        return (await limited({ now }, limits, () => refresh())).value;
      }
      // A failed refresh is ignored here, because the current token is still valid.
      if (now() >= current.refreshAt) refresh().catch(() => undefined);
      return current.value;
    },

    discard(value: string): void {
      if (current?.value === value) current = undefined;
    },
  };
}

function read(json: unknown, now: number): Token {
  const { access_token, expires_in } = json as { access_token: string; expires_in?: number };
  const lifeMs = (expires_in ?? 3600) * 1000;
  return {
    value: access_token,
    refreshAt: now + lifeMs - Math.min(EARLY_MS, lifeMs / 4),
    expiresAt: now + lifeMs - Math.min(MARGIN_MS, lifeMs / 10),
  };
}

/** Builds the token request. Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1). */
export function tokenExchange(baseUrl: string, clientId: string, clientSecret: string): Exchange {
  const encoded = (part: string) => encodeURIComponent(part).replaceAll('%20', '+');
  return {
    method: 'POST',
    url: `${baseUrl}/api/auth/token`,
    headers: {
      authorization: `Basic ${btoa(`${encoded(clientId)}:${encoded(clientSecret)}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: 'grant_type=client_credentials',
    hasExpectedShape: has({ access_token: 'text' }),
  };
}

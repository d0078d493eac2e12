import type { Answer, Exchange } from './exchange.ts';
import { type Limits, limited } from './limit.ts';
import { has } from './whole.ts';

export interface Token {
  value: string;
  /** From here on a new one is fetched while this one still serves. */
  refreshAt: number;
  /** From here on it is not used any more. */
  expiresAt: number;
}

/** A token is given up this much before its end: the request with it has still to get there, and clocks differ. */
const MARGIN_MS = 10_000;
const EARLY_MS = 300_000;

export interface TokenParts {
  now(): number;
  /** Fetches a new token, once, and in a time of its own: it is for all who wait, whoever of them gives up. */
  fetchToken(): Promise<Answer>;
}

export interface Tokens {
  /** @throws ApiError (`invalid_client` …) | ConnectionError | TimeoutError | AbortError */
  get(limits: Limits): Promise<string>;
  /** The server did not take this token. If there is another by now, that one is for the next attempt. */
  discard(value: string): void;
}

/** A token that somebody else has got; nothing replaces it. */
export function givenToken(value: string): Tokens {
  return { get: async () => value, discard: () => undefined };
}

/** The one token of a client: fetched once for all who need it at once, and refreshed before it ends. */
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
      // Failing at it is no failure yet: there is a token.
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

/** RFC 6749 §2.3.1: both are form-encoded before they are put together. */
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
    isWhole: has({ access_token: 'text' }),
  };
}

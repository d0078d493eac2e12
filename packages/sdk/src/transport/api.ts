import { ApiError, InvalidCallError } from '../errors.ts';
import { type Answer, type Exchange, exchange } from './exchange.ts';
import { urlOf } from './path.ts';
import { type Patience, repeated } from './repeat.ts';
import type { Runtime } from './runtime.ts';
import { createTokens, givenToken, type Tokens, tokenExchange } from './tokens.ts';
import { type IsWhole, isAny } from './whole.ts';

/** Of one call. */
export interface CallOptions {
  /** Ends the call: it then rejects with AbortError. */
  signal?: AbortSignal;
  /** Milliseconds for the whole call, retries included. */
  timeoutMs?: number;
}

export type Credentials = { clientId: string; clientSecret: string } | { accessToken: string };

export interface ApiSettings extends Omit<Patience, 'signal'> {
  credentials: Credentials;
  /** Without a slash at its end. */
  baseUrl: string;
}

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: string;
  query?: object;
  body?: unknown;
  headers?: Record<string, string>;
  isWhole?: IsWhole;
  /** Doing it twice is not as good as doing it once, and the server can't tell. */
  isUnrepeatable?: boolean;
}

export interface Answered extends Answer {
  /** How often it was sent; only the last one is known to have come back. */
  attempts: number;
}

export type Api = ReturnType<typeof createApi>;

/** The way from a resource's method to the server and back: token, attempts, answer. */
export function createApi(runtime: Runtime, settings: ApiSettings) {
  const { baseUrl, credentials, ...patience } = settings;
  const tokens = tokensOf(runtime, settings);

  return {
    newKey: runtime.newKey,
    now: runtime.now,
    sleep: runtime.sleep,

    /** @throws ApiError | ConnectionError | TimeoutError | AbortError */
    call(call: Call, { signal, timeoutMs = patience.timeoutMs }: CallOptions = {}): Promise<Answered> {
      if (!(timeoutMs > 0)) throw new InvalidCallError('timeoutMs must be a number above 0');
      const request = toExchange(baseUrl, call);
      const maxRetries = call.isUnrepeatable ? 0 : patience.maxRetries;
      let isRefreshed = 'accessToken' in credentials;
      let attempts = 0;
      return repeated(runtime, { ...patience, maxRetries, timeoutMs, signal }, async (limits) => {
        for (;;) {
          const token = await tokens.get(limits);
          const authorized = { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
          attempts += 1;
          try {
            return { ...(await exchange(runtime, authorized, limits)), attempts };
          } catch (error) {
            if (!(error instanceof ApiError) || error.status !== 401 || isRefreshed) throw error;
            isRefreshed = true;
            tokens.discard(token);
          }
        }
      });
    },
  };
}

function tokensOf(runtime: Runtime, { baseUrl, credentials, attemptTimeoutMs }: ApiSettings): Tokens {
  if ('accessToken' in credentials) return givenToken(credentials.accessToken);
  const request = tokenExchange(baseUrl, credentials.clientId, credentials.clientSecret);
  return createTokens({
    now: runtime.now,
    // Not repeated here: each call that needs it repeats itself, token and all.
    fetchToken: () => exchange(runtime, request, { until: runtime.now() + attemptTimeoutMs }),
  });
}

/** All that is sent is fixed here, before the first attempt: what the caller changes afterwards changes nothing. */
function toExchange(baseUrl: string, call: Call): Exchange {
  const { method, path, query, body, headers, isWhole = isAny, isUnrepeatable = false } = call;
  // Mistakes of the caller, which fetch would report as it does a network that is down.
  new Headers(headers);
  if (method === 'GET' && body !== undefined) throw new InvalidCallError('A GET has no body: give a query');
  return {
    method,
    url: urlOf(baseUrl, path, queryOf(query)),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isWhole,
    isUnrepeatable,
  };
}

function queryOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, textOf(value)]))}`;
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

import { ApiError, InvalidCallError } from '../errors.ts';
import { type Answer, type Exchange, exchange } from './exchange.ts';
import { limited } from './limit.ts';
import { momentOf } from './moments.ts';
import { urlOf } from './path.ts';
import { repeated, type TimeLimits } from './repeat.ts';
import { type HasExpectedShape, isAny } from './response-shape.ts';
import type { Runtime } from './runtime.ts';
import { createTokens, givenToken, type Tokens, tokenExchange } from './tokens.ts';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. The call then rejects with `AbortError`. */
  signal?: AbortSignal;
  /** Time limit of the whole call in milliseconds, retries included. Default: `timeoutMs` of the client. */
  timeoutMs?: number;
}

export type Credentials = { clientId: string; clientSecret: string } | { accessToken: string };

export interface ApiSettings extends Omit<TimeLimits, 'signal'> {
  credentials: Credentials;
  /** Without a trailing slash. */
  baseUrl: string;
}

export interface Call {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Path below `baseUrl`, starting with `/`. Variable parts of the path must be percent-encoded. */
  path: string;
  /** Query parameters. A `Date` is sent as RFC 3339 text. undefined and null are omitted. */
  query?: object;
  /** Sent as JSON. Not allowed for GET. */
  body?: unknown;
  /** Content of a file, sent instead of `body`. Needs a `content-type` header. */
  file?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  hasExpectedShape?: HasExpectedShape;
  /** Disables retries. For requests that must not be carried out twice and that the server cannot deduplicate. */
  isUnrepeatable?: boolean;
  /** Whether the response is a file. */
  isDownload?: boolean;
}

/** Largest file of a message in bytes (25 MiB), which is a limit of the server. */
export const MAX_FILE_BYTES = 26_214_400;
/** Slowest connection for which the default time limits of a transfer are sufficient, in bytes per millisecond (1 Mbit/s). */
const SLOWEST_BYTES_PER_MS = 128;

export interface Answered extends Answer {
  /** Number of attempts. Only the last attempt is known to have received a response. */
  attempts: number;
}

export type Api = ReturnType<typeof createApi>;

/** Path from the method of a resource to the server and back, with token, attempts and response. */
export function createApi(runtime: Runtime, settings: ApiSettings) {
  const { baseUrl, credentials, ...timeLimits } = settings;
  const tokens = tokensOf(runtime, settings);

  return {
    newKey: runtime.newKey,
    now: runtime.now,
    sleep: runtime.sleep,
    /** Default time limit of a call in milliseconds. */
    timeoutMs: timeLimits.timeoutMs,

    /**
     * Makes a request to another server, without the token. Repeats the request after a ConnectionError, like `call`.
     *
     * @throws the errors of `visit` | TimeoutError | AbortError
     */
    other<T>(
      { signal, timeoutMs = timeLimits.timeoutMs }: CallOptions,
      visit: (fetch: Runtime['fetch'], signal: AbortSignal) => Promise<T>,
    ): Promise<T> {
      return repeated(runtime, { ...timeLimits, timeoutMs, signal }, (limits) =>
        limited(runtime, limits, (over) => visit(runtime.fetch, over)),
      );
    },

    /** @throws ApiError | ConnectionError | TimeoutError | AbortError */
    call(call: Call, { signal, timeoutMs: limitMs }: CallOptions = {}): Promise<Answered> {
      const slackMs = transferMs(call);
      const timeoutMs = checkedTimeout(limitMs) ?? timeLimits.timeoutMs + slackMs;
      const attemptTimeoutMs = timeLimits.attemptTimeoutMs + slackMs;
      const request = toExchange(baseUrl, call);
      const maxRetries = call.isUnrepeatable ? 0 : timeLimits.maxRetries;
      let isRefreshed = 'accessToken' in credentials;
      let attempts = 0;
      return repeated(runtime, { ...timeLimits, maxRetries, timeoutMs, attemptTimeoutMs, signal }, async (limits) => {
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

/** @throws InvalidCallError when the time limit of a call is invalid */
export function checkedTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || timeoutMs > 0) return timeoutMs;
  throw new InvalidCallError('timeoutMs must be a number above 0');
}

/** Milliseconds by which a file extends the default time limits of its call. */
function transferMs({ file, isDownload = false }: Call): number {
  return (isDownload ? MAX_FILE_BYTES : (file?.byteLength ?? 0)) / SLOWEST_BYTES_PER_MS;
}

function tokensOf(runtime: Runtime, { baseUrl, credentials, attemptTimeoutMs }: ApiSettings): Tokens {
  if ('accessToken' in credentials) return givenToken(credentials.accessToken);
  const request = tokenExchange(baseUrl, credentials.clientId, credentials.clientSecret);
  return createTokens({
    now: runtime.now,
    // No retries at this level. Each call that needs the token retries as a whole, including the token request.
    fetchToken: () => exchange(runtime, request, { until: runtime.now() + attemptTimeoutMs }),
  });
}

/** Fixes the whole request before the first attempt. Later changes by the caller have no effect. */
function toExchange(baseUrl: string, call: Call): Exchange {
  const { method, path, query, body, file, headers, hasExpectedShape = isAny } = call;
  const { isUnrepeatable = false, isDownload = false } = call;
  // Detects mistakes of the caller that `fetch` would report like a network failure.
  new Headers(headers);
  if (method === 'GET' && body !== undefined)
    throw new InvalidCallError('GET requests cannot have a body. Pass the values in query.');
  return {
    method,
    url: urlOf(baseUrl, path, queryOf(query)),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(file === undefined ? {} : { body: file }),
    hasExpectedShape,
    isUnrepeatable,
    isDownload,
  };
}

function queryOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, textOf(name, value)]))}`;
}

function textOf(name: string, value: unknown): string {
  return value instanceof Date ? momentOf(name, value) : String(value);
}

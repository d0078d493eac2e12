import { ApiError, ConnectionError, RedCloudError } from '../errors.ts';
import { readRetryAfter } from './backoff.ts';
import { type Limits, limited } from './limit.ts';
import type { RequestBody } from './node-fetch.ts';
import type { HasExpectedShape } from './response-shape.ts';
import type { Runtime } from './runtime.ts';

/** One request. Immutable, so that all attempts are identical. */
export interface Exchange {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: RequestBody;
  hasExpectedShape: HasExpectedShape;
  isUnrepeatable?: boolean;
  /** Whether the body of a 2xx response is a file, which is not parsed. */
  isDownload?: boolean;
}

export interface Answer {
  /** undefined for a file and for a body that is not JSON. */
  json: unknown;
  /** Raw body. */
  bytes: Uint8Array<ArrayBuffer>;
  headers: Headers;
  requestId: string | undefined;
}

/**
 * Sends the request once.
 *
 * @throws ApiError | ConnectionError | TimeoutError | AbortError
 */
export async function exchange(runtime: Runtime, request: Exchange, limits: Limits): Promise<Answer> {
  const { response, bytes } = await limited(runtime, limits, (signal) => roundTrip(runtime, request, signal)).catch(
    (error) => {
      if (error instanceof RedCloudError) throw error;
      throw new ConnectionError('Server unreachable, or connection lost during the response', { cause: error });
    },
  );
  const { status, headers } = response;
  const requestId = headers.get('x-request-id') ?? undefined;
  const json = request.isDownload && response.ok ? undefined : parsed(new TextDecoder().decode(bytes));
  if (!response.ok) throw refusal(status, json, headers, runtime.now());
  if (!request.hasExpectedShape(json, status, { headers, bytes })) {
    throw new ConnectionError(`Response (status ${status}) is incomplete, or not from Red Cloud`, { requestId });
  }
  return { json, bytes, headers, requestId };
}

async function roundTrip({ fetch }: Runtime, request: Exchange, signal: AbortSignal) {
  const { method, url, headers, body, isUnrepeatable = false } = request;
  // Redirects are not followed. A redirected POST may become a GET, and would carry the token to another server.
  const init = { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) } as const;
  const response = await fetch(url, init, isUnrepeatable);
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads an error response in the format of the API or of OAuth (RFC 6749 §5.2). The page of a proxy has neither format.
 */
function refusal(status: number, json: unknown, headers: Headers, now: number): ApiError {
  const { error, error_description, requestId } = (json ?? {}) as Record<string, unknown>;
  const own = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const code = text(own['code']) ?? text(error) ?? `HTTP_${status}`;
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  return new ApiError({
    status,
    code,
    message: text(own['message']) ?? text(error_description) ?? `Server returned status ${status}`,
    details: (own['details'] ?? {}) as Record<string, unknown>,
    requestId: text(requestId) ?? headers.get('x-request-id') ?? undefined,
    retryAfter: retryAfterMs === undefined ? undefined : retryAfterMs / 1000,
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

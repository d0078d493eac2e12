/** An answer that is a refusal, or none at all; with what its reader needs to go on. */
export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown>;

  /** @param status 0: there was no answer. */
  constructor(status: number, code: string, message: string, requestId?: string, details = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.details = details;
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** The API client whose view an operator asks for. */
  client?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A request as the one who is signed in. @throws Failure */
export async function call<T>(path: string, { method = 'GET', body, client, headers, signal }: Request = {}) {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      'x-redcloud-console': '1',
      ...(client ? { 'x-redcloud-client': client } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new Failure(0, 'UNREACHABLE', 'There was no answer');
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const id = answer?.requestId ?? response.headers.get('x-request-id') ?? undefined;
  const { code = `HTTP ${response.status}`, message = response.statusText, details } = answer?.error ?? {};
  throw new Failure(response.status, code, message, id, details);
}

/** A path with those of its parameters that have a value. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

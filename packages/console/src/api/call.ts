import { answered, keyFor, randomId } from './keys.ts';

/** An error response or a missing response, with the data for advice to the user. */
export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown>;

  /** @param status 0 means no response. */
  constructor(status: number, code: string, message: string, requestId?: string, details = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.details = details;
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Sent unchanged with its own type, instead of `body`. */
  file?: Blob;
  /** The API client whose view the page shows. The server rejects the request if another client has signed in since. */
  client?: string | undefined;
  /** Whether the request is sent with an idempotency key. For requests that must not be carried out twice. */
  once?: boolean;
  signal?: AbortSignal;
}

interface Answer<T> {
  answer: T;
  requestId: string;
}

/** Sends a request in the current session. @throws Failure */
export async function call<T>(path: string, request: Request = {}): Promise<T> {
  return (await exchange<T>(path, request)).answer;
}

/** Like `call`, and also returns the request id of the log. @throws Failure */
export async function exchange<T>(path: string, request: Request = {}): Promise<Answer<T>> {
  if (!request.once) return answerTo<T>(path, request, {});
  const what = JSON.stringify([path, request.client, request.body]);
  try {
    const answer = await answerTo<T>(path, request, { 'idempotency-key': keyFor(what) });
    answered(what);
    return answer;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.status >= 400 && error.status < 500) answered(what);
    throw error.status === 0 ? new Failure(0, 'UNANSWERED', error.message, error.requestId) : error;
  }
}

/** Reads a file. The file is not cached, since the next session of this browser may not see it. @throws Failure */
export async function download(path: string, request: Request = {}): Promise<Blob> {
  const { response, requestId } = await respond(path, request, {});
  if (!response.ok) return refused(response, requestId, await textOf(response, requestId));
  return response.blob().catch((error: Error) => unreachable(error, requestId));
}

async function answerTo<T>(path: string, request: Request, headers: Record<string, string>): Promise<Answer<T>> {
  const { response, requestId } = await respond(path, request, headers);
  const text = await textOf(response, requestId);
  if (!response.ok) return refused(response, requestId, text);
  const answer = parsed(text);
  const id = answer?.requestId ?? response.headers.get('x-request-id') ?? requestId;
  if (answer !== undefined || response.status === 204) return { answer: answer as T, requestId: id };
  throw new Failure(0, 'UNREACHABLE', 'The response was incomplete', requestId);
}

async function respond(path: string, request: Request, headers: Record<string, string>) {
  const { method = 'GET', body, file, client, signal } = request;
  // Chosen by the console, so that the log can be searched even without a response.
  const requestId = `console_${randomId()}`;
  const content = file ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = file ? file.type || 'application/octet-stream' : 'application/json';
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: {
      'x-redcloud-console': '1',
      'x-request-id': requestId,
      ...(client ? { 'x-redcloud-client': client } : {}),
      ...(content === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
    ...(signal ? { signal } : {}),
  }).catch((error: Error) => unreachable(error, requestId));
  return { response, requestId };
}

const textOf = (response: Response, requestId: string): Promise<string> =>
  response.text().catch((error: Error) => unreachable(error, requestId));

function refused(response: Response, requestId: string, text: string): never {
  const answer = parsed(text);
  const id = answer?.requestId ?? response.headers.get('x-request-id') ?? requestId;
  const { code = `HTTP ${response.status}`, message = response.statusText, details } = answer?.error ?? {};
  throw new Failure(response.status, code, message, id, details);
}

function unreachable(error: Error, requestId: string): never {
  if (error.name === 'AbortError') throw error;
  throw new Failure(0, 'UNREACHABLE', 'No response from the server', requestId);
}

// biome-ignore lint/suspicious/noExplicitAny: successful responses are typed, and error responses are validated
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Appends the query parameters that have a value to a path. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

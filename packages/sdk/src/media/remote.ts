import { ConnectionError, InvalidCallError, RedCloudError } from '../errors.ts';
import { type Api, type CallOptions, MAX_FILE_BYTES } from '../transport/api.ts';
import { parsed } from '../transport/path.ts';
import type { Runtime } from '../transport/runtime.ts';
import type { MediaItem } from '../types.ts';
import { toHex } from '../webhooks/mac.ts';
import { checkLength, decoded, lastOf } from './source.ts';
import { EXTENSIONS, typeOfName } from './types.ts';

/** As many as the server follows. */
const MAX_REDIRECTS = 3;
/** Statuses that may change without another request. A 5xx may, too. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
const UNDECLARED: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
/** The content of a compressed response has another length than the file. */
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity' };

interface Properties {
  mimeType: string;
  byteLength: number;
}

/**
 * Asks the server of a URL for the type and the length of its file, which a send request must state. The file itself is
 * fetched by Red Cloud after the send.
 *
 * The storage key is derived from the URL, the type and the length. The same URL therefore results in the same send
 * request, and Red Cloud fetches a file once for any number of requests.
 *
 * @throws InvalidCallError when the URL has no such file, or its type is unknown
 * @throws ConnectionError | TimeoutError | AbortError when its server does not respond
 */
export async function remoteItem(api: Api, given: URL, name: string, options: CallOptions): Promise<MediaItem> {
  const label = `${name} ${JSON.stringify(given.origin + given.pathname)}`;
  if (given.username + given.password !== '')
    throw new InvalidCallError(`${label} contains credentials. Upload the file instead, for example as a Blob.`);
  const url = new URL(given);
  url.hash = '';
  const { mimeType, byteLength } = await api.other(options, (fetch, signal) => inspect({ fetch, signal, url, label }));
  checkLength(byteLength, label);
  const fileName = lastOf(decoded(url.pathname));
  return {
    storageKey: await keyOf(url.href, mimeType, byteLength),
    mimeType,
    byteLength,
    sourceUrl: url.href,
    ...(fileName === undefined ? {} : { fileName }),
  };
}

interface Visit {
  fetch: Runtime['fetch'];
  signal: AbortSignal;
  url: URL;
  label: string;
}

/** Uses GET if HEAD does not state the length, for example with a URL that is signed for GET only. */
async function inspect(visit: Visit): Promise<Properties> {
  const head = await follow('HEAD', visit);
  const known = head.ok ? lengthOf(head) : undefined;
  // Some servers answer HEAD with the length 0.
  if (known) return { mimeType: typeOf(head, visit), byteLength: known };
  const response = await follow('GET', visit);
  try {
    if (!response.ok) throw unavailable(response, visit.label);
    const mimeType = typeOf(response, visit);
    return { mimeType, byteLength: lengthOf(response) ?? (await count(response)) };
  } catch (error) {
    if (error instanceof RedCloudError || error instanceof InvalidCallError) throw error;
    throw unreachable(visit.label, error);
  } finally {
    void response.body?.cancel().catch(() => undefined);
  }
}

async function follow(method: 'HEAD' | 'GET', { fetch, signal, url, label }: Visit): Promise<Response> {
  let next = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const init = { method, headers: HEADERS, redirect: 'manual', signal } as const;
    const response = await fetch(next.href, init, false).catch((error: unknown) => {
      throw unreachable(label, error);
    });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (location === null) return response;
    void response.body?.cancel().catch(() => undefined);
    const target = parsed(location, next);
    if (!target || !/^https?:$/.test(target.protocol))
      throw new InvalidCallError(`${label} leads to an invalid URL. Pass the URL of the file itself.`);
    next = target;
  }
  throw new InvalidCallError(`${label} has more than ${MAX_REDIRECTS} redirects. Pass the URL of the file itself.`);
}

function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  const isEncoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  return length === null || isEncoded || !/^\d+$/.test(length) ? undefined : Number(length);
}

/** @returns bytes of the content. More than the maximum if the content is longer. */
async function count(response: Response): Promise<number> {
  const reader = response.body?.getReader();
  let length = 0;
  while (reader && length <= MAX_FILE_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
  }
  reader?.releaseLock();
  return length;
}

function typeOf({ headers }: Response, { url, label }: Visit): string {
  const declared = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const type = UNDECLARED.has(declared) ? typeOfName(url.pathname) : declared;
  if (type !== undefined) return type;
  throw new InvalidCallError(
    `${label} has no Content-Type, and its name has no known extension. Use one of ${EXTENSIONS}, or upload the file.`,
  );
}

function unavailable({ status }: Response, label: string): Error {
  const problem = `${label} cannot be fetched, its server responds with status ${status}`;
  if (status >= 500 || PASSING.has(status)) return new ConnectionError(problem);
  return new InvalidCallError(`${problem}. Check the URL.`);
}

const unreachable = (label: string, cause: unknown) => new ConnectionError(`Server of ${label} unreachable`, { cause });

async function keyOf(url: string, mimeType: string, byteLength: number): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([url, mimeType, byteLength]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return `url_${toHex(digest)}`;
}

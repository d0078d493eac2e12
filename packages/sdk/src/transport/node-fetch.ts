/** The used part of `node:http` or `node:https`. This package compiles without the types of Node. */
export interface NodeHttp {
  request(url: string, options: Pick<FetchInit, 'method' | 'headers' | 'signal'>): Outgoing;
}

/** Options that this package and its command line pass to `fetch`. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  redirect: 'manual';
  signal: AbortSignal;
  body?: RequestBody;
}

/** JSON text, or the content of a file. */
export type RequestBody = string | Uint8Array<ArrayBuffer>;

export type NodeFetch = (url: string, init: FetchInit) => Promise<Response>;

interface Outgoing {
  on(event: 'response', listener: (answer: Incoming) => void): unknown;
  on(event: 'upgrade', listener: (answer: Incoming, socket: { destroy(): void }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(body?: RequestBody): unknown;
}

interface Incoming {
  statusCode?: number | undefined;
  /** Alternating names and values. */
  rawHeaders: string[];
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** Statuses without a body. `Response` rejects a body for these. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Creates a `fetch` from Node's HTTP client, which ignores interim responses (RFC 9110 §15.2). Node's own `fetch` fails
 * on an unsolicited `100 Continue`. Redirects are not followed.
 *
 * @returns a function that rejects like `fetch`: with a TypeError that has a `cause`, or with the reason of the signal
 */
export function createNodeFetch(plain: NodeHttp, secure: NodeHttp): NodeFetch {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const fail = (cause: Error) => reject(signal.aborted ? signal.reason : new TypeError('fetch failed', { cause }));
      const answered = (answer: Incoming) => {
        try {
          resolve(toResponse(answer));
        } catch (error) {
          answer.destroy();
          fail(error as Error);
        }
      };
      const { request } = new URL(url).protocol === 'https:' ? secure : plain;
      const outgoing = request(url, { method, headers, signal });
      outgoing.on('response', answered);
      outgoing.on('upgrade', (_answer, socket) => {
        socket.destroy();
        fail(new Error('The server switched protocols (101)'));
      });
      outgoing.on('error', fail);
      outgoing.end(body);
    });
}

/** @throws RangeError when the status is not that of a final response */
function toResponse(answer: Incoming): Response {
  const { statusCode: status = 0, rawHeaders } = answer;
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  if (!WITHOUT_BODY.has(status)) return new Response(bodyOf(answer), { status, headers });
  answer.on('error', () => undefined);
  answer.resume();
  return new Response(null, { status, headers });
}

function bodyOf(answer: Incoming): ReadableStream<Uint8Array> {
  let isOver = false;
  const over = (end: () => void) => {
    if (!isOver) end();
    isOver = true;
  };
  return new ReadableStream({
    start(controller) {
      answer.on('data', (chunk) => {
        if (!isOver) controller.enqueue(new Uint8Array(chunk));
      });
      answer.on('end', () => over(() => controller.close()));
      answer.on('error', (error) => over(() => controller.error(error)));
    },
    cancel() {
      over(() => answer.destroy());
    },
  });
}

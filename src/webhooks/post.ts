import { Agent, request } from 'undici';

/** An attempt that was not answered by then has failed. */
const TIMEOUT_MS = 10_000;
/** More of an answer than this is neither read nor kept. */
const ANSWER_BYTES = 4_096;
const CONNECTIONS_PER_ORIGIN = 64;

export interface Answer {
  /** Absent: there was no answer. */
  statusCode: number | undefined;
  /** Why it failed, when it did. */
  error: string | undefined;
  responseStart: string;
}

/** Posts to customers' endpoints. Redirects are not followed: a webhook goes where it was told to go. */
export class Poster {
  readonly #agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    connect: { timeout: TIMEOUT_MS / 2 },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });

  /** Never throws; `signal` ends the attempt early. */
  async post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Answer> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const timer = setTimeout(abort, TIMEOUT_MS);
    signal.addEventListener('abort', abort, { once: true });
    let statusCode: number | undefined;
    try {
      const options = { method: 'POST', headers, body, dispatcher: this.#agent, signal: attempt.signal } as const;
      const response = await request(url, options);
      statusCode = response.statusCode;
      const responseStart = await readStart(response.body);
      return { statusCode, error: accepted(statusCode) ? undefined : `HTTP ${statusCode}`, responseStart };
    } catch (error) {
      // A 2xx whose body never ends was a 2xx all the same.
      if (statusCode !== undefined && accepted(statusCode)) return { statusCode, error: undefined, responseStart: '' };
      return { statusCode, error: reasonOf(error), responseStart: '' };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function accepted(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the body, and with it the connection.
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as { code?: string; message?: string; name?: string };
  if (name === 'AbortError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return `no answer within ${TIMEOUT_MS / 1000} s`;
  }
  return code || message || String(error);
}

import { Agent, type Dispatcher } from 'undici';

/** An attempt that was not answered by then has failed. */
const TIMEOUT_MS = 10_000;
/** More of an answer than this is neither read nor kept. */
const ANSWER_BYTES = 4_096;
/** More than anybody is given (endpoints.ts): an attempt's time begins at once. */
const CONNECTIONS_PER_ORIGIN = 1_024;

export interface Answer {
  /** Absent: there was no answer. */
  statusCode: number | undefined;
  /** Why it failed, when it did. */
  error: string | undefined;
  responseStart: string;
  /** The answer's Retry-After, as it was. */
  retryAfter?: string | undefined;
}

/** Posts to customers' endpoints. Redirects are not followed: a webhook goes where it was told to go. */
export class Poster {
  readonly #agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    connect: { timeout: TIMEOUT_MS / 2 },
    // `Attempt` keeps the time, for the whole of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  /** Not an AbortSignal: that looks at all of its listeners for each one that is added. */
  readonly #attempts = new Set<Attempt>();
  #stopped = false;

  /** Never throws. */
  post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const attempt: Attempt = new Attempt((answer) => {
        this.#attempts.delete(attempt);
        resolve(answer);
      });
      this.#attempts.add(attempt);
      if (this.#stopped) attempt.stop();
      const { origin, pathname, search } = url;
      try {
        this.#agent.dispatch({ origin, path: pathname + search, method: 'POST', headers, body }, attempt);
      } catch (error) {
        attempt.onResponseError(undefined, error as Error);
      }
    });
  }

  /** Ends the attempts under way, and those to come. */
  stop(): void {
    this.#stopped = true;
    for (const attempt of this.#attempts) attempt.stop();
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** One exchange, taken from undici's callbacks: a third of the cost of its promises and streams. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #statusCode: number | undefined;
  #retryAfter: string | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(resolve: (answer: Answer) => void) {
    this.#resolve = resolve;
  }

  stop(): void {
    this.#end('no answer before the stop');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('stopped'));
    // From here on, since before it waited for others to the same endpoint.
    else this.#timer = setTimeout(() => this.#end(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#statusCode = statusCode;
    this.#retryAfter = [headers['retry-after']].flat()[0];
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= ANSWER_BYTES) this.#end(undefined);
  }

  onResponseEnd(): void {
    this.#settle(undefined);
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.#settle(code || message || String(error));
  }

  /** Ends it from our side, and with it the connection. */
  #end(reason: string | undefined): void {
    this.#settle(reason);
    this.#controller?.abort(new Error(reason ?? 'enough'));
  }

  /** The first word counts; what ending it gives rise to comes later. */
  #settle(failure: string | undefined): void {
    clearTimeout(this.#timer);
    if (this.#settled) return;
    this.#settled = true;
    const statusCode = this.#statusCode;
    const responseStart = Buffer.concat(this.#chunks).subarray(0, ANSWER_BYTES).toString('utf8');
    // A 2xx whose body never ends was a 2xx all the same.
    if (statusCode !== undefined && accepted(statusCode))
      this.#resolve({ statusCode, error: undefined, responseStart });
    else
      this.#resolve({
        statusCode,
        error: failure ?? `HTTP ${statusCode}`,
        responseStart,
        retryAfter: this.#retryAfter,
      });
  }
}

function accepted(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

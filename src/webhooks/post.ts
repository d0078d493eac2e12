import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Resolve, Targets } from './targets.ts';

/** An attempt that was not answered by then has failed. */
const TIMEOUT_MS = 10_000;
const CONNECT_MS = TIMEOUT_MS / 2;
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

export interface PosterSettings {
  targets: Targets;
  /** The URL of an egress proxy that all attempts go through; with its credentials, if it wants any. */
  proxy?: string | undefined;
  /** How names become addresses; absent: as the machine resolves them. */
  resolve?: Resolve;
}

/** Posts to customers' endpoints. Redirects are not followed: a webhook goes where it was told to go. */
export class Poster {
  readonly #targets: Targets;
  readonly #agent: Dispatcher;
  /** Not an AbortSignal: that looks at all of its listeners for each one that is added. */
  readonly #attempts = new Set<Attempt>();
  #stopped = false;

  constructor({ targets, proxy, resolve }: PosterSettings) {
    this.#targets = targets;
    this.#agent = proxy ? throughProxy(proxy) : straight(targets, resolve);
  }

  /** Never throws. */
  post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    // Again, since it may have been set under other rules; and an address is never looked up.
    const refusal = this.#targets.refusal(url);
    if (refusal) return Promise.resolve({ statusCode: undefined, error: refusal, responseStart: '' });
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

/** `Attempt` keeps the time, for the whole of it. */
const POOL = { connections: CONNECTIONS_PER_ORIGIN, headersTimeout: 0, bodyTimeout: 0 };

function straight(targets: Targets, resolve: Resolve | undefined): Agent {
  const connector = (protocol: string) =>
    buildConnector({ timeout: CONNECT_MS, lookup: targets.lookup(protocol, resolve) });
  const [plain, secure] = [connector('http:'), connector('https:')];
  return new Agent({
    ...POOL,
    connect: (options, callback) => (options.protocol === 'https:' ? secure : plain)(options, callback),
  });
}

function throughProxy(uri: string): ProxyAgent {
  return new ProxyAgent({
    ...POOL,
    uri,
    connectTimeout: CONNECT_MS,
    // What waits for the tunnel is no attempt yet, and has no time of its own.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_MS }),
  });
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
    // What a proxy answered is in the message only.
    this.#settle((code !== 'UND_ERR_ABORTED' && code) || message || String(error));
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

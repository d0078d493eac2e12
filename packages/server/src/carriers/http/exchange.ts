import { type Dispatcher, Pool } from 'undici';

/** Request to a vendor's API. */
export interface VendorRequest {
  method: 'GET' | 'POST';
  /** Path with the query, below the base URL. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface VendorResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Result of a request: a response, no byte sent, or a request without a complete response. */
export type Exchanged =
  | { kind: 'response'; response: VendorResponse }
  | ({ kind: 'notSent' } & Failure)
  | ({ kind: 'unanswered' } & Failure);

export interface Failure {
  reason: string;
  /** Code of the error, such as ECONNREFUSED. Undefined after `responseSeconds`. */
  code?: string | undefined;
}

export interface ExchangerOptions {
  /** Scheme, host and port. */
  baseUrl: string;
  /** Concurrent connections. */
  connections: number;
  /** Seconds from the request to the end of the response. */
  responseSeconds: number;
}

const CONNECT_MS = 10_000;
/** Longest response that is read, in bytes. */
const MAX_RESPONSE = 262_144;

/**
 * HTTP connections to one vendor. A request is written at most once. The result tells whether any byte of it can have
 * left this process.
 */
export class Exchanger {
  readonly #pool: Pool;
  readonly #options: ExchangerOptions;

  constructor(options: ExchangerOptions) {
    this.#options = options;
    this.#pool = new Pool(options.baseUrl, {
      connections: options.connections,
      pipelining: 1,
      connect: { timeout: CONNECT_MS },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** @param mayLeave called directly before the first byte is written. false: nothing is written. */
  send(request: VendorRequest, mayLeave: () => boolean = () => true): Promise<Exchanged> {
    return new Promise((resolve) => {
      const attempt = new Attempt(mayLeave, this.#options.responseSeconds * 1000, resolve);
      const { method, path, headers, body } = request;
      this.#pool.dispatch({ method, path, headers, body: body ?? null, idempotent: false }, attempt);
    });
  }

  /** Ends all requests under way. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Code of a request that `mayLeave` has prevented. The connection works. */
export const WITHHELD = 'WITHHELD';

/** One request, as the handler of its dispatch. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #mayLeave: () => boolean;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #isSent = false;
  #isLate = false;
  #status = 0;
  #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(mayLeave: () => boolean, timeoutMs: number, resolve: (exchanged: Exchanged) => void) {
    this.#mayLeave = mayLeave;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#end(timeoutMs), timeoutMs);
  }

  /** Called when a connection is ready, in the turn of the event loop in which the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isLate) controller.abort(new Error('not sent in time'));
    else if (this.#mayLeave()) this.#isSent = true;
    else controller.abort(Object.assign(new Error('not sent'), { code: WITHHELD }));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
  ) {
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_RESPONSE) controller.abort(new Error(`the response is longer than ${MAX_RESPONSE} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#settle({ kind: 'response', response: { status: this.#status, headers: this.#headers, body } });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    // The error of a host with several addresses has a code and no message.
    const { code, message } = error;
    this.#settle({ kind: this.#isSent ? 'unanswered' : 'notSent', reason: message || code || error.name, code });
  }

  #end(timeoutMs: number): void {
    this.#isLate = true;
    const reason = `no response within ${timeoutMs / 1000} s`;
    this.#settle({ kind: this.#isSent ? 'unanswered' : 'notSent', reason });
    this.#controller?.abort(new Error(reason));
  }

  /** Only the first call has an effect, since ending a request causes more calls. */
  #settle(exchanged: Exchanged): void {
    clearTimeout(this.#timer);
    this.#resolve(exchanged);
  }
}

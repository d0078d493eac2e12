import type { ClientRequest, IncomingMessage } from 'node:http';
import { HostRefused } from '#egress/targets.ts';

/** Longest part of a response that is read and stored, in bytes. */
const ANSWER_BYTES = 4_096;
/** Most interim responses (1xx) before the final one. */
const INTERIM_ANSWERS = 32;
/** Never requested. The bytes after this response are not HTTP. */
const SWITCHING_PROTOCOLS = 101;
/** Error codes of a connection that its peer has closed. */
const CLOSED: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

export interface Answer {
  /** Absent: no response. */
  statusCode: number | undefined;
  /** Reason of a failed attempt, as clients may read it. */
  error: string | undefined;
  /** More detail than `error`, for the operator's log only. */
  reason?: string | undefined;
  responseStart: string;
  /** Raw Retry-After header of the response. */
  retryAfter?: string | undefined;
}

/**
 * One attempt to post a body. Interim responses (RFC 9110 §15.2) are ignored, whether requested or not. A reused
 * connection that closes without a byte of a response was closed while idle (RFC 9112 §9.3.1). The body is then sent
 * once more, at once, on a new connection. The caller limits the time (post.ts).
 */
export class Exchange {
  /** Milliseconds of the monotonic clock. */
  readonly beganAt = performance.now();
  readonly #open: (fresh: boolean) => ClientRequest;
  readonly #body: string;
  readonly #resolve: (answer: Answer) => void;
  #request: ClientRequest | undefined;
  #isSecond = false;
  /** Bytes that the connection had received before this request. */
  #bytesBefore = 0;
  #interimAnswers = 0;
  #statusCode: number | undefined;
  #retryAfter: string | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isSettled = false;

  /**
   * @param open begins the request, on a new connection if `fresh`.
   * @param resolve takes the response, once, and not before `start`.
   */
  constructor(open: (fresh: boolean) => ClientRequest, body: string, resolve: (answer: Answer) => void) {
    this.#open = open;
    this.#body = body;
    this.#resolve = resolve;
  }

  start(): void {
    this.#send(false);
  }

  /** Ends the attempt from this side, and with it the connection. */
  end(reason: string | undefined): void {
    const request = this.#request;
    this.#settle(reason);
    request?.destroy();
  }

  #send(fresh: boolean): void {
    try {
      const request = this.#open(fresh);
      this.#request = request;
      request.on('socket', ({ bytesRead }) => {
        this.#bytesBefore = bytesRead;
      });
      request.on('information', () => this.#onInterimAnswer());
      request.on('upgrade', (answer) => this.#onAnswer(answer));
      request.on('response', (answer) => this.#onAnswer(answer));
      request.on('error', (error) => this.#onError(request, error));
      request.end(this.#body);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Limits the number of interim responses. */
  #onInterimAnswer(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers > INTERIM_ANSWERS) this.end(`more than ${INTERIM_ANSWERS} interim responses`);
  }

  #onAnswer(answer: IncomingMessage): void {
    this.#statusCode = answer.statusCode;
    this.#retryAfter = answer.headers['retry-after'];
    if (answer.statusCode === SWITCHING_PROTOCOLS) {
      this.end(undefined);
      answer.socket.destroy();
      return;
    }
    answer.on('data', (chunk: Buffer) => this.#onData(chunk));
    answer.on('end', () => this.#settle(undefined));
    answer.on('error', (error) => this.#fail(error));
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= ANSWER_BYTES) this.end(undefined);
  }

  #onError(request: ClientRequest, error: NodeJS.ErrnoException): void {
    if (this.#isSettled || request !== this.#request) return;
    const isUnanswered = request.socket?.bytesRead === this.#bytesBefore;
    if (request.reusedSocket && isUnanswered && CLOSED.has(error.code) && !this.#isSecond) {
      this.#isSecond = true;
      this.#send(true);
    } else this.#fail(error);
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#settle(
      error.code ?? (error.message || String(error)),
      error instanceof HostRefused ? error.reason : undefined,
    );
  }

  /** Only the first call has an effect, since ending a request causes more calls. */
  #settle(failure: string | undefined, reason?: string): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    // Breaks the reference. An exchange in the old generation of the heap would keep its request alive, at a fifth of
    // the cost of a post.
    this.#request = undefined;
    const statusCode = this.#statusCode;
    const responseStart = textOf(this.#chunks);
    // A 2xx whose body never ends is a success.
    if (statusCode !== undefined && accepted(statusCode))
      this.#resolve({ statusCode, error: undefined, responseStart });
    else {
      const error = failure ?? `HTTP ${statusCode}`;
      this.#resolve({ statusCode, error, reason, responseStart, retryAfter: this.#retryAfter });
    }
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return chunks.length === 0 ? '' : Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

function accepted(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

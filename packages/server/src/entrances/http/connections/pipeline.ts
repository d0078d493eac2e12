import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isPausedByNode } from './slices.ts';

/**
 * Maximum number of requests of one connection that are dispatched and have no response. A client that needs more opens
 * another connection.
 */
const DISPATCHED_AT_ONCE = 16;

/**
 * Maximum number of held requests per connection that are dispatched in one iteration of the event loop. With more, a
 * few pipelining connections would take most of each iteration.
 */
const DISPATCHED_PER_TURN = 1;

/** Requests of all connections that are parsed and not yet dispatched. */
export interface HeldTotal {
  count: number;
  /** A connection that exceeds this count is closed. */
  readonly limit: number;
}

export interface PipelineParts {
  socket: Socket;
  total: HeldTotal;
  /** Called when a connection reaches a limit. */
  onLimit(limit: 'unanswered_requests' | 'parsed_requests'): void;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Parsed {
  request: IncomingMessage;
  response: ServerResponse;
  handle: Handler;
}

/**
 * Requests of one connection. Dispatches at most 16 unanswered requests and then stops reading. Requests that are
 * already parsed are held, and dispatched in order as responses finish.
 */
export class Pipeline {
  readonly #socket: Socket;
  readonly #total: HeldTotal;
  readonly #onLimit: PipelineParts['onLimit'];
  readonly #held: Parsed[] = [];
  readonly #answered = () => this.#onAnswered();
  #dispatched = 0;
  #isScheduled = false;
  #isClosed = false;
  #lastRequest: IncomingMessage | undefined;
  #lastResponse: ServerResponse | undefined;
  #afterAnswers: (() => void) | undefined;
  /** Number of requests so far. */
  count = 0;

  constructor({ socket, total, onLimit }: PipelineParts) {
    this.#socket = socket;
    this.#total = total;
    this.#onLimit = onLimit;
  }

  /** @param handle called at once, or when fewer than 16 earlier requests are unanswered. */
  add(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    this.count += 1;
    this.#lastRequest = request;
    this.#lastResponse = response;
    if (this.#dispatched < DISPATCHED_AT_ONCE && this.#held.length === 0) this.#dispatch(request, response, handle);
    else this.#hold({ request, response, handle });
  }

  /** Requests that can still get a response. Excludes a request with an incomplete body. */
  get unanswered(): number {
    return this.#dispatched + this.#held.length - (this.incomplete ? 1 : 0);
  }

  /** Request whose body is incomplete, if any. Always the last request. */
  get incomplete(): IncomingMessage | undefined {
    return this.#lastRequest?.complete === false ? this.#lastRequest : undefined;
  }

  get isHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Whether a response to the incomplete request has begun or is complete. No other response may follow then. */
  get hasAnsweredIncomplete(): boolean {
    return this.incomplete !== undefined && this.#lastResponse?.headersSent === true;
  }

  /** Calls `then` when all complete requests have a response, possibly at once. */
  whenAnswered(then: () => void): void {
    if (this.unanswered <= 0) then();
    else this.#afterAnswers = then;
  }

  /** Drops requests that are not yet dispatched, since the socket is closed. */
  close(): void {
    this.#isClosed = true;
    this.#afterAnswers = undefined;
    this.#total.count -= this.#held.length;
    this.#held.length = 0;
  }

  #dispatch(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    this.#dispatched += 1;
    // Emitted once, after 'finish' or when the connection closes earlier.
    response.on('close', this.#answered);
    handle(request, response);
  }

  #hold(parsed: Parsed): void {
    if (this.#total.count >= this.#total.limit) {
      this.#onLimit('parsed_requests');
      this.#socket.destroy();
      return;
    }
    if (this.#held.length === 0) this.#stopReading();
    this.#held.push(parsed);
    this.#total.count += 1;
  }

  #stopReading(): void {
    this.#onLimit('unanswered_requests');
    this.#socket.pause();
    // Node resumes the socket whenever response data was written.
    if (this.#socket.listenerCount('resume', this.#pauseAgain) === 0) this.#socket.on('resume', this.#pauseAgain);
  }

  readonly #pauseAgain = () => {
    if (this.#held.length > 0) this.#socket.pause();
  };

  #onAnswered(): void {
    this.#dispatched -= 1;
    if (this.#isClosed) return;
    if (this.#afterAnswers && this.unanswered <= 0) {
      this.#afterAnswers();
      this.#afterAnswers = undefined;
      return;
    }
    this.#schedule();
  }

  /** Dispatches in the next iteration of the event loop, so that a client that reads quickly does not delay others. */
  #schedule(): void {
    if (this.#held.length === 0 || this.#isScheduled || this.#dispatched >= DISPATCHED_AT_ONCE) return;
    this.#isScheduled = true;
    setImmediate(() => this.#dispatchHeld());
  }

  #dispatchHeld(): void {
    this.#isScheduled = false;
    if (this.#socket.destroyed) return;
    const next = this.#held.splice(0, DISPATCHED_PER_TURN);
    this.#total.count -= next.length;
    for (const { request, response, handle } of next) this.#dispatch(request, response, handle);
    if (this.#isClosed) return;
    if (this.#held.length > 0) this.#schedule();
    else if (!isPausedByNode(this.#socket)) this.#socket.resume();
  }
}

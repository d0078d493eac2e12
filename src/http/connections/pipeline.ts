import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isPausedByNode } from './slices.ts';

/** Requests of one connection that are dispatched and not yet answered. A client that needs more opens another connection. */
const DISPATCHED_AT_ONCE = 16;

/**
 * Requests that were held and are dispatched in one turn of the event loop, per connection. More would let a few connections that
 * pipeline take most of each turn.
 */
const DISPATCHED_PER_TURN = 1;

/** Requests that are parsed and not yet dispatched, of all connections. */
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
 * Requests of one connection. Dispatches at most 16 unanswered requests and then stops reading. Requests that are parsed by then
 * are held and dispatched in order as responses finish.
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
  /** Requests so far. */
  count = 0;

  constructor({ socket, total, onLimit }: PipelineParts) {
    this.#socket = socket;
    this.#total = total;
    this.#onLimit = onLimit;
  }

  /** @param handle called at once, or when fewer than 16 requests before this one are unanswered. */
  add(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    this.count += 1;
    this.#lastRequest = request;
    this.#lastResponse = response;
    if (this.#dispatched < DISPATCHED_AT_ONCE && this.#held.length === 0) this.#dispatch(request, response, handle);
    else this.#hold({ request, response, handle });
  }

  /** Requests that can still be answered. A request whose body is not complete is not one of them. */
  get unanswered(): number {
    return this.#dispatched + this.#held.length - (this.incomplete ? 1 : 0);
  }

  /** The request whose body has not arrived completely, if there is one: always the last request. */
  get incomplete(): IncomingMessage | undefined {
    return this.#lastRequest?.complete === false ? this.#lastRequest : undefined;
  }

  get isHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Whether a response to the incomplete request has begun, or is complete. No other response may follow then. */
  get hasAnsweredIncomplete(): boolean {
    return this.incomplete !== undefined && this.#lastResponse?.headersSent === true;
  }

  /** Calls `then` when all complete requests are answered, which may be now. */
  whenAnswered(then: () => void): void {
    if (this.unanswered <= 0) then();
    else this.#afterAnswers = then;
  }

  /** The socket is closed: drops requests that are not yet dispatched. */
  close(): void {
    this.#isClosed = true;
    this.#afterAnswers = undefined;
    this.#total.count -= this.#held.length;
    this.#held.length = 0;
  }

  #dispatch(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    this.#dispatched += 1;
    // Emitted once: after 'finish', or if the connection closes before.
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

  /** In the next turn of the event loop: a client that reads quickly must not keep the others waiting. */
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

import type { Carrier, CarrierHandlers, LinkState, MediaLimits, Submission, SubmitResult } from '../carrier.ts';
import { type Exchanged, Exchanger, type VendorRequest } from './exchange.ts';
import { TokenSource } from './tokens.ts';
import type { SubmitContext, VendorApi } from './vendor.ts';

/** Seconds from a submit to its response. Vendors respond within seconds, or not at all. */
const RESPONSE_SECONDS = 30;
/** Milliseconds between two checks of credentials that were refused. */
const CHECK_MS = 30_000;
/** Pause after a refused connection or a throttled submit: doubled from the first to the longest, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface HttpCarrierOptions {
  name: string;
  api: VendorApi;
  baseUrl?: string | undefined;
  /** Concurrent submits of this process. */
  window: number;
  media: MediaLimits;
  /** Reference of a submit, as the vendor returns it. */
  context(submission: Submission): SubmitContext;
}

/**
 * Carrier behind an HTTP API. Submits each message once: a submit without a complete response is unknown, and its
 * callback resolves it. Reports and inbound messages come as callbacks (entrances/callbacks).
 */
export class HttpCarrier implements Carrier {
  readonly name: string;
  readonly media: MediaLimits;
  /** The vendor splits long texts itself. */
  readonly longMessages = 'whole';
  readonly #options: HttpCarrierOptions;
  #exchanger: Exchanger | undefined;
  /** Connections to the token server, and the tokens. Undefined without tokens. */
  #tokens: { exchanger: Exchanger; source: TokenSource } | undefined;
  #handlers: CarrierHandlers | undefined;
  #state: LinkState = 'down';
  #reason: string | undefined;
  #pausedUntil = 0;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HttpCarrierOptions) {
    this.name = options.name;
    this.media = options.media;
    this.#options = options;
  }

  async start(handlers: CarrierHandlers): Promise<void> {
    const { api, baseUrl = api.baseUrl, window } = this.#options;
    this.#handlers = handlers;
    this.#exchanger = new Exchanger({ baseUrl, connections: window, responseSeconds: RESPONSE_SECONDS });
    if (api.tokens) {
      const { baseUrl: tokenUrl } = api.tokens;
      const exchanger = new Exchanger({ baseUrl: tokenUrl, connections: 1, responseSeconds: RESPONSE_SECONDS });
      this.#tokens = { exchanger, source: new TokenSource(api.tokens, (request) => exchanger.send(request)) };
    }
    await this.#check();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#state = 'down';
    await Promise.all([this.#exchanger?.close(), this.#tokens?.exchanger.close()]);
    this.#exchanger = undefined;
  }

  state(): LinkState {
    return this.#state;
  }

  capacity(): number {
    return this.#state === 'up' && this.#pausedUntil <= performance.now() ? this.#options.window : 0;
  }

  async submit(submission: Submission, mayLeave: () => boolean = () => true): Promise<SubmitResult> {
    const { api, context } = this.#options;
    const exchanger = this.#exchanger;
    if (!exchanger) return { outcome: 'unreachable', reason: 'the carrier is stopped' };
    if (this.#state === 'misconfigured') return { outcome: 'misconfigured', reason: this.#reason ?? '' };
    const leftMs = this.#pausedUntil - performance.now();
    if (leftMs > 0) return { outcome: 'throttled', retryAfterMs: Math.ceil(leftMs) };
    const exchanged = await this.#send(exchanger, api.submit(submission, context(submission)), mayLeave);
    if (exchanged.kind === 'refused') return this.#note({ outcome: 'misconfigured', reason: exchanged.reason });
    if (exchanged.kind === 'unanswered') return { outcome: 'unknown', reason: exchanged.reason };
    if (exchanged.kind === 'notSent') return this.#notSent(exchanged.reason);
    return this.#note(api.classify(exchanged.response));
  }

  /** Sends a request with an access token, if the vendor needs one. `refused`: the credentials are wrong. */
  async #send(
    exchanger: Exchanger,
    request: VendorRequest,
    mayLeave?: () => boolean,
  ): Promise<Exchanged | { kind: 'refused'; reason: string }> {
    if (!this.#tokens) return exchanger.send(request, mayLeave);
    const result = await this.#tokens.source.get();
    if (result.kind === 'refused') return result;
    if (result.kind === 'unavailable') return { kind: 'notSent', reason: result.reason };
    const headers = { ...request.headers, authorization: `Bearer ${result.token.value}` };
    return exchanger.send({ ...request, headers }, mayLeave);
  }

  #notSent(reason: string): SubmitResult {
    // A connection that fails for one message fails for the next ones as well.
    this.#pause(undefined, reason);
    return { outcome: 'unreachable', reason };
  }

  /** Applies a result to later submits. */
  #note(result: SubmitResult): SubmitResult {
    if (result.outcome === 'throttled') {
      this.#pause(result.retryAfterMs || undefined, undefined);
      return { ...result, retryAfterMs: Math.max(result.retryAfterMs, this.#pausedUntil - performance.now()) };
    }
    if (result.outcome === 'misconfigured') {
      this.#tokens?.source.invalidate();
      this.#refused(result.reason);
    }
    if (result.outcome === 'accepted' || result.outcome === 'rejected') this.#pauseMs = 0;
    return result;
  }

  /**
   * Suspends submits.
   * @param ms pause that the vendor requests. Absent: longer after each failure.
   * @param reason why the link is down. Absent: the link is up.
   */
  #pause(ms: number | undefined, reason: string | undefined): void {
    const now = performance.now();
    // Concurrent submits that fail for the same reason count once.
    if (this.#pausedUntil > now) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2 || FIRST_PAUSE_MS);
    const pauseMs = ms ?? this.#pauseMs;
    this.#pausedUntil = now + pauseMs;
    if (reason !== undefined) this.#set('down', reason);
    this.#later(pauseMs, () => this.#set('up', undefined));
  }

  #refused(reason: string): void {
    this.#set('misconfigured', reason);
    this.#later(CHECK_MS, () => void this.#check());
  }

  /** Checks the credentials. A vendor that cannot be reached is tried again by the next submits. */
  async #check(): Promise<void> {
    const { api } = this.#options;
    if (!this.#exchanger) return;
    const exchanged = await this.#send(this.#exchanger, api.check());
    const problem =
      exchanged.kind === 'refused'
        ? exchanged.reason
        : exchanged.kind === 'response'
          ? api.problem(exchanged.response)
          : undefined;
    if (problem !== undefined) {
      this.#tokens?.source.invalidate();
      this.#refused(problem);
    } else this.#set('up', undefined);
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    if (this.#exchanger) this.#timer = setTimeout(work, Math.ceil(ms) + 1);
  }

  #set(state: LinkState, reason: string | undefined): void {
    if (!this.#exchanger) return;
    this.#state = state;
    this.#reason = reason;
    this.#handlers?.onState?.(this.name, state, reason);
  }
}

import type {
  Carrier,
  CarrierHandlers,
  LinkState,
  ListedMessage,
  LookUp,
  Submission,
  SubmitResult,
} from '../carrier.ts';
import { SerialByKey } from '../serial-by-key.ts';
import { type Exchanged, Exchanger, type Failure, type VendorRequest, WITHHELD } from './exchange.ts';
import { BusySenders } from './senders.ts';
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
  /** Reference of a submit, as the vendor returns it. */
  context(submission: Submission): SubmitContext;
}

/**
 * Carrier behind an HTTP API. Submits each message once: a submit without a complete response is unknown, and its
 * callback resolves it. Reports and inbound messages come as callbacks (entrances/callbacks).
 */
export class HttpCarrier implements Carrier {
  readonly name: string;
  /** The vendor splits long texts itself. */
  readonly longMessages = 'whole';
  readonly canLookUp: boolean;
  readonly #options: HttpCarrierOptions;
  #exchanger: Exchanger | undefined;
  /** Connections to the token server, and the tokens. Undefined without tokens. */
  #tokens: { exchanger: Exchanger; source: TokenSource } | undefined;
  #handlers: CarrierHandlers | undefined;
  #state: LinkState = 'down';
  #reason: string | undefined;
  readonly #serial = new SerialByKey();
  readonly #senders = new BusySenders(() => performance.now());
  #pausedUntil = 0;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HttpCarrierOptions) {
    this.name = options.name;
    this.canLookUp = options.api.list !== undefined;
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
    const exchanger = this.#exchanger;
    // Before the connections close, so that requests that end now neither report a state nor start a timer.
    this.#exchanger = undefined;
    this.#state = 'down';
    clearTimeout(this.#timer);
    await Promise.all([exchanger?.close(), this.#tokens?.exchanger.close()]);
  }

  state(): LinkState {
    return this.#state;
  }

  capacity(): number {
    return this.#state === 'up' && this.#pausedUntil <= performance.now() ? this.#options.window : 0;
  }

  /** Submits to one recipient follow each other, because concurrent requests may arrive in another order. */
  submit(submission: Submission, mayLeave: () => boolean = () => true): Promise<SubmitResult> {
    return this.#serial.take(submission.to, () => this.#submit(submission, mayLeave));
  }

  async #submit(submission: Submission, mayLeave: () => boolean): Promise<SubmitResult> {
    const { api, context } = this.#options;
    const exchanger = this.#exchanger;
    if (!exchanger) return { outcome: 'unreachable', reason: 'the carrier is stopped' };
    if (this.#state === 'misconfigured') return { outcome: 'misconfigured', reason: this.#reason ?? '' };
    // Began when there was capacity. The message keeps its place, so that it can leave by another carrier during the pause.
    if (this.#pausedUntil > performance.now()) return { outcome: 'throttled', retryAfterMs: 0 };
    const busyMs = this.#senders.leftMs(submission.from);
    if (busyMs > 0) return { outcome: 'throttled', retryAfterMs: busyMs, scope: 'sender' };
    const exchanged = await this.#send(exchanger, api.submit(submission, context(submission)), mayLeave);
    if (exchanged.kind === 'refused')
      return this.#note({ outcome: 'misconfigured', reason: exchanged.reason }, submission.from);
    if (exchanged.kind === 'unanswered') return { outcome: 'unknown', reason: exchanged.reason };
    if (exchanged.kind === 'notSent') return this.#notSent(exchanged);
    const { response } = exchanged;
    return this.#note(refusal(api.classify(response), response.status), submission.from);
  }

  /** Requests a resource that needs valid credentials. @returns the problem, or undefined. */
  async check(): Promise<string | undefined> {
    const { api } = this.#options;
    if (!this.#exchanger) return 'the carrier is stopped';
    const exchanged = await this.#send(this.#exchanger, api.check());
    return exchanged.kind === 'response' ? api.problem(exchanged.response) : exchanged.reason;
  }

  async lookUp(search: LookUp): Promise<ListedMessage[] | undefined> {
    const { list } = this.#options.api;
    if (!list || !this.#exchanger) return undefined;
    const exchanged = await this.#send(this.#exchanger, list.request(search));
    if (exchanged.kind !== 'response' || exchanged.response.status !== 200) return undefined;
    try {
      return list.read(exchanged.response.body);
    } catch {
      return undefined;
    }
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

  #notSent({ reason, code }: Failure): SubmitResult {
    if (code === WITHHELD) return { outcome: 'unreachable', reason };
    // A connection that fails for one message fails for the next ones as well.
    this.#pause(undefined, reason);
    return { outcome: 'unreachable', reason };
  }

  /** Applies a result to later submits. */
  #note(result: SubmitResult, from: string): SubmitResult {
    if (result.outcome === 'throttled' && result.scope === 'sender') {
      return { ...result, retryAfterMs: this.#senders.pause(from, result.retryAfterMs) };
    }
    if (result.outcome === 'throttled') {
      this.#pause(result.retryAfterMs || undefined, undefined);
      return { ...result, retryAfterMs: Math.max(result.retryAfterMs, this.#pausedUntil - performance.now()) };
    }
    if (result.outcome === 'misconfigured') {
      this.#tokens?.source.invalidate();
      this.#refused(result.reason);
    }
    if (result.outcome === 'accepted' || result.outcome === 'rejected') this.#pauseMs = 0;
    if (result.outcome === 'accepted') this.#senders.resume(from);
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
    if (!this.#exchanger) return;
    const problem = await this.#problem(this.#exchanger);
    if (problem !== undefined) {
      this.#tokens?.source.invalidate();
      this.#refused(problem);
    } else this.#set('up', undefined);
  }

  /** @returns problem of the credentials, or undefined. Also undefined if the vendor does not respond. */
  async #problem(exchanger: Exchanger): Promise<string | undefined> {
    const { api } = this.#options;
    const exchanged = await this.#send(exchanger, api.check());
    if (exchanged.kind === 'refused') return exchanged.reason;
    return exchanged.kind === 'response' ? api.problem(exchanged.response) : undefined;
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

/** Adds the status that proves that the vendor has refused the message. */
function refusal(result: SubmitResult, status: number): SubmitResult {
  const isRefusal = result.outcome === 'throttled' || result.outcome === 'misconfigured';
  return isRefusal ? { ...result, carrierCode: `HTTP ${status}` } : result;
}

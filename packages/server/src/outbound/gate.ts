import type { MediaCapabilities } from '../carriers/capabilities.ts';
import type { Carrier, LinkState, Submission, SubmitResult, Unsent } from '../carriers/carrier.ts';
import { Breaker } from './breaker.ts';

/** Link to a carrier, as far as the gate depends on it. */
export interface GatedLink
  extends Pick<
    Carrier,
    'name' | 'capacity' | 'check' | 'longMessages' | 'wantsUcs2' | 'canLookUp' | 'rest' | 'giveBack'
  > {
  /** Undefined: the carrier does not send MMS. */
  readonly media: MediaCapabilities | undefined;
  state(): LinkState | 'standby';
  /** Why the link is not up. */
  readonly reason?: string | undefined;
  submit(submission: Submission, mayLeave?: () => boolean, onThrottled?: () => void): Promise<SubmitResult>;
}

export interface GateOptions {
  link: GatedLink;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Whether failed submits stop the carrier. */
  hasBreaker: boolean;
  /** Whether an operator has paused the carrier. */
  isPaused(): boolean;
  /** Whether messages of the carrier may leave by another carrier. */
  hasAlternatives(): boolean;
  /** Time without progress, in milliseconds, after which messages use another carrier. */
  failoverAfterMs: number;
  /** Called when the answer of `problem` has changed. */
  onChange(problem: string | undefined): void;
}

/** State of a carrier for operators. `standby`: another process has the link. */
export type GateState = LinkState | 'standby' | 'paused' | 'failing' | 'throttled' | 'silent';

/** Time without throttling, in milliseconds, after which a carrier no longer counts as throttled. */
const THROTTLED_MS = 10_000;

/**
 * Decides whether messages are submitted to a carrier: not while it is paused or its breaker is open, and not while it
 * is silent or throttles for long, if another carrier can take the messages.
 */
export class Gate {
  readonly name: string;
  readonly #options: GateOptions;
  readonly #breaker: Breaker;
  /** Time at which each segment without a response has left, the oldest first. */
  readonly #outstanding = new Map<symbol, number>();
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** Submits without a certain outcome since the last one with a certain outcome. */
  #unknownInARow = 0;
  #throttledSince: number | undefined;
  #throttledUntil = 0;
  #isChecking = false;
  /** Whether the check for the next test has found no problem. */
  #isChecked = false;
  #told: string | undefined;

  constructor(options: GateOptions) {
    this.name = options.link.name;
    this.#options = options;
    this.#breaker = new Breaker(options.now);
  }

  get longMessages(): Carrier['longMessages'] {
    return this.#options.link.longMessages;
  }

  get media(): MediaCapabilities | undefined {
    return this.#options.link.media;
  }

  get canLookUp(): boolean | undefined {
    return this.#options.link.canLookUp;
  }

  wantsUcs2(text: string): boolean {
    return this.#options.link.wantsUcs2?.(text) ?? false;
  }

  rest(): void {
    this.#options.link.rest?.();
  }

  /** Share of failed submits of the last minute, from 0 to 1. Undefined without submits. */
  get failureShare(): number | undefined {
    return this.#breaker.failureShare;
  }

  state(): GateState {
    const { link, isPaused } = this.#options;
    if (isPaused()) return 'paused';
    const state = link.state();
    if (state !== 'up') return state;
    if (this.#breaker.reason !== undefined) return 'failing';
    if (this.#silentMs() !== undefined) return 'silent';
    return this.#throttledMs() === undefined ? 'up' : 'throttled';
  }

  /** Why the carrier accepts no message now. Undefined: it does, or another process has its link. */
  problem(): string | undefined {
    const { link } = this.#options;
    const { name } = this;
    const because = (text: string | undefined) => (text ? `: ${text}` : '');
    switch (this.state()) {
      case 'up':
      case 'standby':
        return undefined;
      case 'paused':
        return `${name} is paused`;
      case 'down':
        return `${name} is down${because(link.reason)}`;
      case 'misconfigured':
        return `${name} is misconfigured${because(link.reason)}`;
      case 'failing':
        return `${name} is stopped${because(this.#breaker.reason)}`;
      case 'silent':
        return `${name} has not responded for ${seconds(this.#silentMs())}`;
      case 'throttled':
        return `${name} has been throttling for ${seconds(this.#throttledMs())}`;
    }
  }

  /** Number of segments that may be in progress at once. */
  capacity(): number {
    const { link } = this.#options;
    switch (this.state()) {
      case 'paused':
      case 'silent':
        return 0;
      case 'failing':
        return this.#testCapacity();
      default:
        return link.capacity();
    }
  }

  async submit(submission: Submission, mayLeave: () => boolean = () => true): Promise<SubmitResult> {
    const { link, now } = this.#options;
    if (!this.#mayBegin()) return NOT_NOW;
    const isUp = link.state() === 'up';
    let isWithheld = false;
    const key = Symbol();
    const isTest = this.#breaker.begin();
    if (isTest) this.#isChecked = false;
    let isNoted = false;
    try {
      // Checked again, because a segment may wait within the carrier for long.
      let wasThrottled = false;
      const mayLeaveNow = () => {
        const held = this.#heldBack(isTest);
        isWithheld = !mayLeave() || held === 'all' || (held === 'throttled' && wasThrottled);
        // A segment that waits within the carrier for its pace is no silence.
        if (!isWithheld) this.#outstanding.set(key, now());
        return !isWithheld;
      };
      const onThrottled = () => {
        wasThrottled = true;
        this.#outstanding.delete(key);
        this.#throttled(0);
      };
      const result = await link.submit(submission, mayLeaveNow, onThrottled);
      const silentMs = this.#silentMs();
      this.#outstanding.delete(key);
      this.#note(result, { isUp, isWithheld, isTest, silentMs });
      isNoted = true;
      return result;
    } finally {
      this.#outstanding.delete(key);
      // Otherwise a test that throws would be the last one.
      if (!isNoted) this.#breaker.undecided(isTest);
      this.look();
    }
  }

  /**
   * Segments within the carrier that return to the queue instead of leaving. Other segments of a carrier that throttles have
   * perhaps no other carrier.
   */
  #heldBack(isTest = false): Unsent | undefined {
    switch (this.state()) {
      case 'paused':
      case 'silent':
        return 'all';
      case 'failing':
        return isTest ? undefined : 'all';
      case 'throttled':
        return 'throttled';
      default:
        return undefined;
    }
  }

  /** Whether a message may test the carrier, whose breaker is open, now. */
  isTestDue(): boolean {
    return this.state() === 'failing' && this.#testCapacity() > 0;
  }

  /** Reports a change of the problem. Call it periodically, because silence is no event. */
  look(): void {
    const problem = this.problem();
    if (this.state() === 'failing' && this.#breaker.isTestDue() && !this.#isChecked) void this.#check();
    const kind = problem === undefined ? undefined : this.state();
    const isNew = kind !== this.#told;
    const held = this.#heldBack();
    // Periodically, because a segment may have waited behind another one to the same recipient.
    if (held) this.#options.link.giveBack?.(isNew ? 'all' : held);
    if (!isNew) return;
    this.#told = kind;
    this.#options.onChange(problem);
  }

  #mayBegin(): boolean {
    const { isPaused, link } = this.#options;
    if (isPaused() || !this.#breaker.mayBegin()) return false;
    return this.#breaker.reason === undefined || this.#isChecked || !link.check;
  }

  /** 1 when a test with a message is due. */
  #testCapacity(): number {
    return this.#mayBegin() ? Math.min(1, this.#options.link.capacity()) : 0;
  }

  /** Checks the credentials or the link before a message tests the carrier. */
  async #check(): Promise<void> {
    const { link } = this.#options;
    if (!link.check || this.#isChecking) return;
    this.#isChecking = true;
    const problem = await link.check().catch((error: Error) => error.message);
    this.#isChecking = false;
    this.#isChecked = problem === undefined;
    if (problem !== undefined) this.#breaker.postpone();
  }

  #note(result: SubmitResult, { isUp, isWithheld, isTest, silentMs }: Begun): void {
    const { now, failoverAfterMs } = this.#options;
    switch (result.outcome) {
      case 'accepted':
        this.#unknownInARow = 0;
        this.#answeredAt = now();
        this.#throttledSince = undefined;
        this.#breaker.succeeded(isTest);
        return;
      case 'rejected':
        this.#unknownInARow = 0;
        this.#answeredAt = now();
        this.#breaker.undecided(isTest);
        return;
      case 'throttled':
        this.#breaker.undecided(isTest);
        if (result.carrierCode === undefined || result.scope === 'sender') return;
        this.#throttled(result.retryAfterMs);
        return;
      case 'unknown':
        if (!this.#options.hasBreaker) return;
        this.#breaker.failed(isTest);
        this.#unknownInARow += 1;
        // Otherwise the next messages would be unknown as well.
        if (silentMs !== undefined) this.#breaker.open(`no response for ${seconds(failoverAfterMs)}`);
        else if (this.#isUncertain()) this.#breaker.open(`the last ${this.#unknownInARow} submits are unknown`);
        return;
      case 'unreachable':
      case 'misconfigured':
        // A link that is down knows this itself.
        if (isUp && !isWithheld) this.#breaker.failed(isTest);
        else this.#breaker.undecided(isTest);
    }
  }

  #throttled(retryAfterMs: number): void {
    const now = this.#options.now();
    this.#answeredAt = now;
    this.#throttledSince ??= now;
    this.#throttledUntil = now + retryAfterMs + THROTTLED_MS;
  }

  /**
   * Whether as many submits in a row as the window allows are unknown, if messages may leave by another carrier. Limits the
   * unknown messages long before the breaker has enough submits to decide by their share.
   */
  #isUncertain(): boolean {
    const { link, hasAlternatives } = this.#options;
    return this.#unknownInARow >= Math.max(1, link.capacity()) && hasAlternatives();
  }

  /** Milliseconds without a response to any submit, if messages may leave by another carrier. */
  #silentMs(): number | undefined {
    const { now, failoverAfterMs, hasAlternatives } = this.#options;
    const [oldest] = this.#outstanding.values();
    if (oldest === undefined) return undefined;
    const ms = now() - Math.max(oldest, this.#answeredAt);
    return ms > failoverAfterMs && hasAlternatives() ? ms : undefined;
  }

  /** Milliseconds of throttling without an accepted submit, if messages may leave by another carrier. */
  #throttledMs(): number | undefined {
    const { now, failoverAfterMs, hasAlternatives } = this.#options;
    if (this.#throttledSince === undefined) return undefined;
    if (now() > this.#throttledUntil) {
      this.#throttledSince = undefined;
      return undefined;
    }
    const ms = now() - this.#throttledSince;
    return ms > failoverAfterMs && hasAlternatives() ? ms : undefined;
  }
}

interface Begun {
  /** Whether the link was up at the begin of the submit. */
  isUp: boolean;
  /** Whether the segment was not allowed to leave, which shows nothing about the carrier. */
  isWithheld: boolean;
  /** Whether the submit tested an open breaker. */
  isTest: boolean;
  /** Milliseconds without a response of the carrier before the result. Undefined: the carrier is not silent. */
  silentMs: number | undefined;
}

/** The segment was not sent. The message returns to its queue. */
const NOT_NOW: SubmitResult = { outcome: 'throttled', retryAfterMs: 1_000 };

function seconds(ms = 0): string {
  return `${Math.round(ms / 1000)} s`;
}

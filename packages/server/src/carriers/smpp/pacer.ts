export interface PacerOptions {
  /** Segments per second. Infinite for no limit. */
  perSecond: number;
  /** Catch-up for late timers, in milliseconds. Later time is lost, so that an idle link does not save up segments. */
  catchUpMs: number;
  /** Monotonic clock in milliseconds. */
  now(): number;
}

/** Steady pace. Ten segments per second are one segment every 100 ms. */
export class Pacer {
  perSecond: number;
  readonly #catchUpMs: number;
  readonly #now: () => number;
  /** Earliest time of the next segment. */
  #nextAt = 0;

  constructor({ perSecond, catchUpMs, now }: PacerOptions) {
    this.perSecond = perSecond;
    this.#catchUpMs = catchUpMs;
    this.#now = now;
  }

  /** Time until the next segment may leave, in milliseconds. 0 for now. */
  waitMs(): number {
    return Math.max(0, this.#nextAt - this.#now());
  }

  /** Counts a submit, which may have several segments. */
  sent(segments: number): void {
    const gapMs = Number.isFinite(this.perSecond) ? (1_000 * segments) / this.perSecond : 0;
    this.#nextAt = Math.max(this.#nextAt, this.#now() - this.#catchUpMs) + gapMs;
  }
}

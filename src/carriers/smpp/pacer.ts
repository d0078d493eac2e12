export interface PacerOptions {
  /** Segments per second; infinite: no limit. */
  perSecond: number;
  /** Lateness of timers that is made up for, in ms. Anything beyond it is lost: an idle link saves nothing up. */
  catchUpMs: number;
  /** A monotonic clock in ms. */
  now(): number;
}

/** A steady pace: ten segments per second are one every 100 ms. */
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

  /** Time until the next segment may leave, in ms; 0: now. */
  waitMs(): number {
    return Math.max(0, this.#nextAt - this.#now());
  }

  /** Counts a submit of so many segments. */
  sent(segments: number): void {
    const gapMs = Number.isFinite(this.perSecond) ? (1_000 * segments) / this.perSecond : 0;
    this.#nextAt = Math.max(this.#nextAt, this.#now() - this.#catchUpMs) + gapMs;
  }
}

/**
 * Number of consecutive throttled submits that cause a pause. Only submits that were sent after the response to the
 * previous one count.
 */
const PATIENCE = 3;
/** Pauses in milliseconds, short for the first seconds, because a limit per second ends within one second. */
const FIRST_PAUSE_MS = 5;
const SHORT_PAUSE_MS = 50;
const SHORT_FOR_MS = 1_500;
/** Longest pause in milliseconds, and longest time for which the end of an outage goes unnoticed. */
const LONGEST_PAUSE_MS = 3_000;

/** Time without a response, in milliseconds, after which a submit that checks the carrier counts as lost. */
const ASK_AGAIN_MS = 1_000;

/**
 * Pauses while a carrier throttles everything. Three throttled submits in a row cause a pause, but a single one does
 * not. From then on, one submit at a time checks whether the carrier accepts again. The pauses take 5 to 50 ms at
 * first, and up to 3 s when nothing was accepted for long. The first accepted submit ends the pauses.
 */
export class Pauses {
  readonly #now: () => number;
  #streak = 0;
  #streakSince = 0;
  /** Throttled submits that were sent before this time do not count again. */
  #countsFrom = 0;
  #until = 0;
  #asking: { submit: object; sentAt: number } | undefined;

  /** @param now monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the carrier throttles everything at the moment. */
  get active(): boolean {
    return this.#streak >= PATIENCE;
  }

  /** Time for which nothing was accepted, in milliseconds. 0 if the last submit was not throttled. */
  get lastedMs(): number {
    return this.#streak === 0 ? 0 : this.#now() - this.#streakSince;
  }

  /** Time until a submit may leave, in milliseconds. Includes the wait for a submit that checks the carrier. */
  waitMs(): number {
    if (!this.active || !this.#asking) return this.remainingMs;
    return Math.max(this.remainingMs, this.#asking.sentAt + ASK_AGAIN_MS - this.#now());
  }

  /** Rest of the current pause, in milliseconds. */
  get remainingMs(): number {
    return Math.max(0, this.#until - this.#now());
  }

  /** Counts a submit that leaves now. @param submit identity for `throttled`, `accepted` or `unanswered`. */
  sent(submit: object): void {
    if (this.active) this.#asking = { submit, sentAt: this.#now() };
  }

  /** Counts a throttled submit. @returns the growth of the pause, in milliseconds. */
  throttled(submit: object, sentAt: number): number {
    this.#settle(submit);
    const now = this.#now();
    if (sentAt < this.#countsFrom) return 0;
    if (this.#streak === 0) this.#streakSince = now;
    this.#streak += 1;
    const pauseMs = this.active ? this.#pauseMs(now - this.#streakSince) : 0;
    const addedMs = Math.max(0, pauseMs - this.remainingMs);
    this.#until = Math.max(this.#until, now + pauseMs);
    this.#countsFrom = now + pauseMs;
    return addedMs;
  }

  accepted(submit: object): void {
    this.#settle(submit);
    this.#streak = 0;
  }

  /** Settles a submit that has no response and will have none. */
  unanswered(submit: object): void {
    this.#settle(submit);
  }

  #settle(submit: object): void {
    if (this.#asking?.submit === submit) this.#asking = undefined;
  }

  #pauseMs(lastedMs: number): number {
    if (lastedMs >= SHORT_FOR_MS) return Math.min(LONGEST_PAUSE_MS, lastedMs / 2);
    return Math.min(SHORT_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#streak - PATIENCE));
  }
}

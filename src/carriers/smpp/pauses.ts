/** Throttled submits in a row, each sent after the answer to the one before, that call for a pause. */
const PATIENCE = 3;
/** Pauses of the first seconds, in ms: a limit per second ends within one. */
const FIRST_PAUSE_MS = 5;
const SHORT_PAUSE_MS = 50;
const SHORT_FOR_MS = 1_500;
/** Longest pause, in ms. It is also the longest time for which the end of an outage goes unnoticed. */
const LONGEST_PAUSE_MS = 3_000;

/** A submit that asks whether the carrier accepts again is taken for lost after so long without an answer. */
const ASK_AGAIN_MS = 1_000;

/**
 * Pauses while a carrier throttles everything. A single throttled submit is no reason to pause; three in a row are. From
 * then on one submit at a time asks whether the carrier accepts again, after pauses of 5 to 50 ms at first, and of up to
 * 3 s when nothing was accepted for long. The first accepted submit ends it.
 */
export class Pauses {
  readonly #now: () => number;
  #streak = 0;
  #streakSince = 0;
  /** Submits that were sent before this time say nothing new. */
  #countsFrom = 0;
  #until = 0;
  #asking: { submit: object; sentAt: number } | undefined;

  /** @param now a monotonic clock in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The carrier throttles everything at the moment. */
  get active(): boolean {
    return this.#streak >= PATIENCE;
  }

  /** Time since which nothing was accepted, in ms; 0 when the last submit was not throttled. */
  get lastedMs(): number {
    return this.#streak === 0 ? 0 : this.#now() - this.#streakSince;
  }

  /** Time until a submit may leave, in ms. One that asks is waited for. */
  waitMs(): number {
    if (!this.active || !this.#asking) return this.remainingMs;
    return Math.max(this.remainingMs, this.#asking.sentAt + ASK_AGAIN_MS - this.#now());
  }

  /** Rest of the current pause, in ms. */
  get remainingMs(): number {
    return Math.max(0, this.#until - this.#now());
  }

  /** @param submit identifies it until `answered`. */
  sent(submit: object): void {
    if (this.active) this.#asking = { submit, sentAt: this.#now() };
  }

  /** The submit was throttled. @returns by how much the pause grew, in ms. */
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

  /** The submit has no answer, and will have none. */
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

/** How far a rate falls when the carrier says that it is too high, and the slowest that it ever is, in segments/s. */
const FALL = 0.5;
const SLOWEST = 0.5;
/** How much of the highest rate comes back in each second without a complaint, and how much at least, in segments/s. */
const CREEP_PER_SECOND = 0.02;
const LEAST_CREEP = 0.05;
/** Complaints about what was sent before the link slowed down are one complaint. */
const DEAF_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** Without a limit of its own a link that was throttled is held to what it had been doing. */
const UNLIMITED = 10_000;
const LATE_MS = 10;

export interface RateOptions {
  /** Segments a second; absent: as many as the carrier takes. */
  most?: number | undefined;
  now(): number;
}

/**
 * When a link may send its next segment. At a steady pace, without saving up: a carrier that allows ten a second wants one
 * every 100 ms. Throttled, it pauses, goes on at half the pace, and creeps up again.
 */
export class Rate {
  readonly #options: RateOptions;
  #rate: number;
  /** When the next one may go. */
  #nextAt = 0;
  #crept: number;
  #deafUntil = 0;
  /** At which rate the carrier complained last. */
  #tooMuch = 0;
  #pauseMs = FIRST_PAUSE_MS;
  /** What went in the last whole second, for a link that has no limit to halve. */
  #second = { at: 0, count: 0, before: 0 };

  constructor(options: RateOptions) {
    this.#options = options;
    this.#rate = options.most ?? Number.POSITIVE_INFINITY;
    this.#crept = options.now();
  }

  /** Segments a second, as it is now. */
  current(): number {
    this.#creep();
    return this.#rate;
  }

  /** How long the next segment has to wait, in ms; 0: it may go now. */
  waitMs(): number {
    return Math.max(0, this.#nextAt - this.#options.now());
  }

  /** How many went in the last second or so. */
  lately(): number {
    const { at, count, before } = this.#second;
    const seconds = (this.#options.now() - at) / 1_000;
    return seconds < 1 ? Math.max(before, count) : seconds < 2 ? count : 0;
  }

  /** One goes now. @param segments that it counts. */
  sent(segments = 1): void {
    const now = this.#options.now();
    this.#count(now, segments);
    const rate = this.current();
    const gap = Number.isFinite(rate) ? (1_000 * segments) / rate : 0;
    // Timers are late by some ms: that much is made up for, more is not.
    this.#nextAt = Math.max(this.#nextAt, now - LATE_MS) + gap;
  }

  /** The carrier said that it is too much. */
  throttled(): void {
    const now = this.#options.now();
    if (now < this.#deafUntil) return;
    this.#creep();
    const had = Number.isFinite(this.#rate) ? this.#rate : Math.max(1, this.#second.before, this.#second.count);
    this.#rate = Math.max(Math.min(SLOWEST, had), had * FALL);
    this.#tooMuch = had;
    this.#crept = now;
    this.#nextAt = Math.max(this.#nextAt, now + this.#pauseMs);
    this.#deafUntil = now + Math.max(DEAF_MS, this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** The carrier took one: the next pause is a short one again. */
  taken(): void {
    if (this.#options.now() >= this.#deafUntil) this.#pauseMs = FIRST_PAUSE_MS;
  }

  #creep(): void {
    const now = this.#options.now();
    const most = this.#options.most ?? UNLIMITED;
    if (this.#rate >= most) return;
    const seconds = Math.max(0, now - this.#crept) / 1_000;
    this.#crept = now;
    // Without a limit of its own, by what was too much: a carrier that takes twenty is not asked for hundreds a moment later.
    const measure = this.#options.most ?? Math.max(this.#tooMuch, this.#rate);
    this.#rate += seconds * Math.max(measure * CREEP_PER_SECOND, LEAST_CREEP);
    if (this.#rate >= most) this.#rate = this.#options.most ?? Number.POSITIVE_INFINITY;
  }

  #count(now: number, segments: number): void {
    if (now - this.#second.at < 1_000) {
      this.#second.count += segments;
      return;
    }
    this.#second = { at: now, count: segments, before: this.#second.count };
  }
}

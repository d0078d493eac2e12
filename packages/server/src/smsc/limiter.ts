/**
 * Ways in which carriers count submits towards a limit per second:
 *
 * - `window`: by the whole second.
 * - `log`: over the last 1,000 ms.
 * - `strict-log`: over the last 1,000 ms, and throttled submits count as well. Above the limit nothing is accepted.
 * - `bucket`: a token bucket that is full at first. A leaky bucket with a queue of that size accepts the same submits.
 */
export type LimiterModel = 'window' | 'log' | 'strict-log' | 'bucket';

export const LIMITER_MODELS: readonly LimiterModel[] = ['window', 'log', 'strict-log', 'bucket'];

/** Limit of a carrier, in submits per second. The limit may change from one call to the next. */
export interface Limiter {
  /**
   * @param atMs time of the submit by a monotonic clock, in milliseconds.
   * @param perSecond limit at that moment.
   * @returns whether the submit is within the limit.
   */
  admits(atMs: number, perSecond: number): boolean;
}

/** @param burst capacity of a bucket in submits. Defaults to the limit of one second. Other models ignore it. */
export function createLimiter(model: LimiterModel, burst?: number): Limiter {
  switch (model) {
    case 'window':
      return new FixedWindow();
    case 'log':
      return new SlidingLog(false);
    case 'strict-log':
      return new SlidingLog(true);
    case 'bucket':
      return new TokenBucket(burst);
  }
}

class FixedWindow implements Limiter {
  #second = -1;
  #count = 0;

  admits(atMs: number, perSecond: number): boolean {
    const second = Math.floor(atMs / 1_000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    this.#count += 1;
    return this.#count <= perSecond;
  }
}

class SlidingLog implements Limiter {
  readonly #countsAll: boolean;
  #times: number[] = [];
  #first = 0;

  constructor(countsAll: boolean) {
    this.#countsAll = countsAll;
  }

  admits(atMs: number, perSecond: number): boolean {
    while (this.#first < this.#times.length && (this.#times[this.#first] as number) <= atMs - 1_000) this.#first += 1;
    if (this.#first > 10_000) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    const admitted = this.#times.length - this.#first < perSecond;
    if (admitted || this.#countsAll) this.#times.push(atMs);
    return admitted;
  }
}

class TokenBucket implements Limiter {
  readonly #burst: number | undefined;
  #tokens = Number.POSITIVE_INFINITY;
  #at = 0;

  constructor(burst: number | undefined) {
    this.#burst = burst;
  }

  admits(atMs: number, perSecond: number): boolean {
    const burst = Math.max(1, this.#burst ?? perSecond);
    this.#tokens = Math.min(burst, this.#tokens + ((atMs - this.#at) * perSecond) / 1_000);
    this.#at = atMs;
    // Tolerates a billionth for rounding.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Buckets per power of two. A value read from the histogram is at most 1/128 above the true one. */
const BUCKETS = 128;
const EXPONENT = Math.log2(BUCKETS);
/** Longest recorded time (4 minutes). Longer times are recorded as this one. */
const LONGEST_US = 2 ** 28 - 1;

/** Times in milliseconds. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Latencies in constant space, like an HDR histogram: exact below 256 µs, above that with a bounded relative error. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS * (29 - EXPONENT) + BUCKETS);
  #total = 0;
  #maxUs = 0;

  add(ms: number): void {
    const us = Math.min(LONGEST_US, Math.max(0, Math.round(ms * 1000)));
    if (us > this.#maxUs) this.#maxUs = us;
    const index = indexOf(us);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#total += 1;
  }

  /** @param share fraction of values not above the result @returns milliseconds, or 0 without values */
  percentile(share: number): number {
    let left = Math.ceil(share * this.#total);
    for (let index = 0; index < this.#counts.length && left > 0; index += 1) {
      left -= this.#counts[index] as number;
      if (left <= 0) return Math.min(upperEdgeUs(index), this.#maxUs) / 1000;
    }
    return 0;
  }

  summary(): Latency {
    const at = (share: number) => round(this.percentile(share));
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: round(this.#maxUs / 1000) };
  }
}

function indexOf(us: number): number {
  const shift = Math.max(0, 31 - Math.clz32(us) - EXPONENT);
  return shift * BUCKETS + (us >>> shift);
}

function upperEdgeUs(index: number): number {
  const shift = Math.max(0, Math.floor(index / BUCKETS) - 1);
  return ((index - shift * BUCKETS + 1) << shift) - 1;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

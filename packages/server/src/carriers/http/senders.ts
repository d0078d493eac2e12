import { LRUCache } from 'lru-cache';

/** Senders of which the pauses are known at once. */
const MOST_SENDERS = 10_000;
/** Pause of a sender: doubled from the first to the longest, in milliseconds. A queue at a vendor can be full for hours. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Pauses of senders whose limit at the vendor is reached, while other senders continue. */
export class BusySenders {
  readonly #now: () => number;
  readonly #pauses = new LRUCache<string, { until: number; ms: number }>({ max: MOST_SENDERS });

  /** @param now milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns milliseconds until the sender may submit again, or 0. */
  leftMs(sender: string): number {
    const { until = 0 } = this.#pauses.get(sender) ?? {};
    return Math.max(0, Math.ceil(until - this.#now()));
  }

  /**
   * Pauses a sender, for longer after each refusal. Concurrent refusals count once.
   * @param requestedMs pause that the vendor requests, or 0.
   * @returns milliseconds until the sender may submit again.
   */
  pause(sender: string, requestedMs: number): number {
    const left = this.leftMs(sender);
    if (left > 0) return left;
    const ms = Math.min(LONGEST_PAUSE_MS, (this.#pauses.get(sender)?.ms ?? 0) * 2 || FIRST_PAUSE_MS);
    const pauseMs = requestedMs || ms;
    this.#pauses.set(sender, { until: this.#now() + pauseMs, ms });
    return Math.ceil(pauseMs);
  }

  /** Ends the pauses of a sender whose message was accepted. */
  resume(sender: string): void {
    this.#pauses.delete(sender);
  }
}

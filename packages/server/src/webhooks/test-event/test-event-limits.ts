import type { Clock } from '#platform/clock.ts';
import { rateLimited } from '#platform/errors.ts';

/** Maximum number of concurrent test events in this process, of one client and of all. */
const AT_ONCE_OF_CLIENT = 2;
const AT_ONCE = 16;
/** Maximum number of test events that one client may begin in a minute. */
const PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/** Retry-After of the concurrency limits. An attempt may take ten seconds. */
const RETRY_AFTER_SECONDS = 5;

/** Limits test events, since each opens a connection while an API request waits for it. */
export class TestEventLimits {
  readonly #clock: Clock;
  #underWay = 0;
  readonly #ofClient = new Map<string, number>();
  /**
   * Times in milliseconds at which the latest test events of each client began. The client that began last comes last.
   */
  readonly #begun = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns a function to call at the end. @throws ApiError RATE_LIMITED */
  enter(client: string): () => void {
    const now = this.#clock.now();
    this.#dropBefore(now - MINUTE_MS);
    const ofClient = this.#ofClient.get(client) ?? 0;
    if (ofClient >= AT_ONCE_OF_CLIENT)
      throw rateLimited(
        `At most ${AT_ONCE_OF_CLIENT} test events may run at once. Wait for the end of one.`,
        RETRY_AFTER_SECONDS,
      );
    if (this.#underWay >= AT_ONCE)
      throw rateLimited('Too many test events are running. Repeat the request later.', RETRY_AFTER_SECONDS);
    const begun = (this.#begun.get(client) ?? []).filter((at) => at > now - MINUTE_MS);
    const [first = now] = begun;
    if (begun.length >= PER_MINUTE) {
      const seconds = Math.ceil((first + MINUTE_MS - now) / 1000);
      const message = `At most ${PER_MINUTE} test events may begin in a minute. Repeat the request in ${seconds} s.`;
      throw rateLimited(message, seconds);
    }
    this.#begun.delete(client);
    this.#begun.set(client, [...begun, now]);
    this.#ofClient.set(client, ofClient + 1);
    this.#underWay += 1;
    return () => this.#leave(client);
  }

  #leave(client: string): void {
    this.#underWay -= 1;
    const left = (this.#ofClient.get(client) ?? 1) - 1;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
  }

  #dropBefore(moment: number): void {
    for (const [client, begun] of this.#begun) {
      if ((begun.at(-1) ?? 0) > moment) return;
      this.#begun.delete(client);
    }
  }
}

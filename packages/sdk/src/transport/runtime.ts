import { createFetch } from './fetch.ts';
import type { FetchInit } from './node-fetch.ts';

/** All external inputs of this package: network, clock, timer and random source. Replace them for a proxy or a test. */
export interface Runtime {
  /** @param isUnrepeatable whether the request must not be sent twice. */
  fetch(url: string, init: FetchInit, isUnrepeatable: boolean): Promise<Response>;
  /** Current time in milliseconds since 1970. */
  now(): number;
  /** Random number from 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Creates a new idempotency key. */
  newKey(): string;
  /** Resolves after `ms` milliseconds. The signal must clear the timer, so that an ended call holds no resources. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const platform: Runtime = {
  fetch: createFetch(),
  now: () => Date.now(),
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }),
};

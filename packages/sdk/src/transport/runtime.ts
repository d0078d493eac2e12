import { createFetch } from './fetch.ts';
import type { FetchInit } from './node-fetch.ts';

/** What comes in from outside: the network, time and chance. Everything else in this package follows from its input. */
export interface Runtime {
  /** @param isUnrepeatable whether the request must not be sent twice. */
  fetch(url: string, init: FetchInit, isUnrepeatable: boolean): Promise<Response>;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0, included, to 1, excluded. */
  random(): number;
  /** A fresh idempotency key. */
  newKey(): string;
  /** The signal takes the timer away, so that nobody waits for what is over. */
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

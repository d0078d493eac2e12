/** What comes in from outside: the network, time and chance. Everything else in this package follows from its input. */
export interface Runtime {
  fetch(url: string, init: RequestInit): Promise<Response>;
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
  // As a method of another object it would be an illegal invocation in browsers and workers.
  fetch: (url, init) => globalThis.fetch(url, init),
  now: () => Date.now(),
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }),
};

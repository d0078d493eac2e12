/** When the next attempt is due, or that there is none. */
export type Next = { kind: 'retry'; at: Date } | { kind: 'give-up' };

/**
 * @param attempt the one that failed; 1 is the first.
 * @param schedule seconds to wait after each failed attempt; after the last one the event is given up.
 */
export function nextAttempt(attempt: number, now: Date, schedule: readonly number[]): Next {
  const seconds = schedule[attempt - 1];
  if (seconds === undefined) return { kind: 'give-up' };
  return { kind: 'retry', at: new Date(now.getTime() + seconds * 1000) };
}

import { readHttpDate } from './http-date.ts';

/** Time of the next attempt, or the end of all attempts. */
export type Next = { kind: 'retry'; at: Date } | { kind: 'give-up' };

/** Attempts of the first delivery of an event count from 1, those of its first replay from 1,001, and so on. */
export const ROUND = 1_000;
/** Longest accepted Retry-After, in seconds. */
const MOST_RETRY_AFTER_SECONDS = 3_600;

/** Number of an attempt within its delivery or replay. 1 is the first. */
export function nthOf(attempt: number): number {
  return attempt % ROUND;
}

/**
 * @param attempt number of the failed attempt.
 * @param schedule seconds to wait after each failed attempt. The event is given up after the last one.
 * @param retryAfterSeconds wait that the endpoint requested. Prolongs the wait of the schedule and never shortens it.
 */
export function nextAttempt(attempt: number, now: Date, schedule: readonly number[], retryAfterSeconds = 0): Next {
  const seconds = schedule[nthOf(attempt) - 1];
  if (seconds === undefined) return { kind: 'give-up' };
  const wait = Math.max(seconds, Math.min(retryAfterSeconds, MOST_RETRY_AFTER_SECONDS));
  return { kind: 'retry', at: new Date(now.getTime() + wait * 1000) };
}

/**
 * Reads Retry-After (RFC 9110 §10.2.3): seconds, or a date in one of the three HTTP forms.
 * @returns seconds from `now` on, never negative, or undefined if the header is neither.
 */
export function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,15}\s*$/.test(header)) return Number(header);
  const at = readHttpDate(header.trim(), now);
  return at === undefined ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}

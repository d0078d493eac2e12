import { readHttpDate } from './http-date.ts';

/** When the next attempt is due, or that there is none. */
export type Next = { kind: 'retry'; at: Date } | { kind: 'give-up' };

/** Attempts of the first time an event is sent count from 1, those of its first replay from 1,001, and so on. */
export const ROUND = 1_000;
/** An endpoint that asks for more patience than this does not get it. */
const MOST_RETRY_AFTER_SECONDS = 3_600;

/** Which attempt of its round it is; 1 is the first. */
export function nthOf(attempt: number): number {
  return attempt % ROUND;
}

/**
 * @param attempt the one that failed.
 * @param schedule seconds to wait after each failed attempt of a round; after the last one the event is given up.
 * @param retryAfterSeconds what the endpoint asked for: it may make the wait longer, and never shorter.
 */
export function nextAttempt(attempt: number, now: Date, schedule: readonly number[], retryAfterSeconds = 0): Next {
  const seconds = schedule[nthOf(attempt) - 1];
  if (seconds === undefined) return { kind: 'give-up' };
  const wait = Math.max(seconds, Math.min(retryAfterSeconds, MOST_RETRY_AFTER_SECONDS));
  return { kind: 'retry', at: new Date(now.getTime() + wait * 1000) };
}

/**
 * Reads Retry-After (RFC 9110 §10.2.3): seconds, or a date in one of the three HTTP forms.
 * @returns seconds from `now` on, never negative; undefined if the header is neither.
 */
export function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,15}\s*$/.test(header)) return Number(header);
  const at = readHttpDate(header.trim(), now);
  return at === undefined ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}

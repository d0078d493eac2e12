import { readHttpDate } from './http-date.ts';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * Wait before a retry: exponential up to 8 s. Half of the wait is random, so that clients that failed together do not
 * retry together. Never shorter than `Retry-After`, to which up to 250 ms of random wait are added.
 *
 * @param retry 0 for the first retry
 * @param random from 0 to 1
 * @param retryAfterMs `Retry-After` in milliseconds, 0 without this header
 * @returns milliseconds
 */
export function backoffMs(retry: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** retry);
  const own = full / 2 + (full / 2) * random;
  return Math.max(own, retryAfterMs === 0 ? 0 : retryAfterMs + FIRST_MS * random);
}

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in one of the three HTTP formats.
 *
 * @returns milliseconds from now, at least 0, or undefined for an absent or invalid header
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = readHttpDate(text, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

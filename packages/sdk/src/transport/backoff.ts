import { readHttpDate } from './http-date.ts';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * How long to wait before a retry: doubled each time up to 8 s, and half of it by chance, so that clients that failed
 * together don't come back together. Never sooner than the server asked for, and not all of them just then.
 * @param retry 0 before the first retry.
 * @param random from 0 to 1.
 * @param retryAfterMs what `Retry-After` said, if anything.
 * @returns milliseconds
 */
export function backoffMs(retry: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** retry);
  const own = full / 2 + (full / 2) * random;
  return Math.max(own, retryAfterMs === 0 ? 0 : retryAfterMs + FIRST_MS * random);
}

/**
 * Reads Retry-After (RFC 9110 §10.2.3): seconds, or a date in one of the three HTTP forms.
 * @returns milliseconds from now, at least 0; undefined if the header is neither.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = readHttpDate(text, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

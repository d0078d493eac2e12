import { ApiError, invalidField, type MessageError } from '#platform/errors.ts';
import type { SendRequest } from './send-request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Validity of a message without `expiresAt`, in milliseconds after the time from which it may be submitted. */
export const VALIDITY_MS = 24 * HOUR_MS;
/** Longest validity, in milliseconds. */
const LONGEST_VALIDITY_MS = 48 * HOUR_MS;
/** Range of `sendAt`, in milliseconds from now. A time shortly before now means now, because clocks differ. */
const LATE_MS = MINUTE_MS;
const AHEAD_MS = 365 * DAY_MS;

/** Times of a send request, in milliseconds since the epoch. */
export interface RequestedTimes {
  /** Undefined: now. */
  sendAt: number | undefined;
  /** Undefined: `VALIDITY_MS` after the release of each message. */
  expiresAt: number | undefined;
}

/** Time from which a message may be submitted, and time after which it is not. */
export interface Times {
  releaseAt: number;
  expiresAt: number;
}

/** Rules that delay the messages of a request. */
export interface Delays {
  /**
   * First permitted time from `from` and before `before`, for a recipient. Undefined: no time is permitted. Absent: all
   * times are permitted.
   */
  permitted?: ((to: string, from: number, before: number) => number | undefined) | undefined;
  /** Messages of the request per minute. */
  maxPerMinute?: number | undefined;
}

/** Why a message has no time at which it may be sent, and the field of the request that can change this. */
export type Closed = 'recipientTimeZone' | 'expiresAt' | 'maxPerMinute';

const REASONS: Readonly<Record<Closed, string>> = {
  recipientTimeZone: 'No hour is permitted in all possible time zones of the recipient. Send with recipientTimeZone.',
  expiresAt: 'The quiet hours of the recipient permit no time before the message expires. Set a later expiresAt.',
  maxPerMinute:
    'With maxPerMinute, no permitted time is left for the message before it expires, or within 365 days. Raise maxPerMinute, or set a later expiresAt.',
};

/** Error for a recipient without a permitted time. */
export function noSendingWindow(field: Closed): MessageError {
  return { code: 'NO_SENDING_WINDOW', message: REASONS[field], details: { field } };
}

/** @throws ApiError INVALID_REQUEST if a time is invalid by itself, whenever the request is sent. */
export function readTimes({ sendAt, expiresAt }: Pick<SendRequest, 'sendAt' | 'expiresAt'>): RequestedTimes {
  const times = { sendAt: readTime('sendAt', sendAt), expiresAt: readTime('expiresAt', expiresAt) };
  if (times.sendAt !== undefined && times.expiresAt !== undefined && times.expiresAt <= times.sendAt) {
    throw invalidField('expiresAt', 'must be after sendAt');
  }
  return times;
}

function readTime(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A leap second is the first moment of the next minute, as in the clocks of computers.
  const leap = /(T\d\d:\d\d:)60(?=\D)/i;
  const ms = Date.parse(text.replace(leap, '$159')) + (leap.test(text) ? 1_000 : 0);
  if (Number.isNaN(ms)) throw invalidField(field, 'must be a time by RFC 3339 with an offset');
  return ms;
}

/**
 * Time from which the messages of a request may be submitted, regardless of quiet hours.
 * @throws ApiError INVALID_REQUEST if a time is out of its range as of now.
 */
export function earliestRelease({ sendAt, expiresAt }: RequestedTimes, now: number): number {
  if (sendAt !== undefined && sendAt < now - LATE_MS) throw invalidField('sendAt', 'is in the past');
  if (sendAt !== undefined && sendAt > now + AHEAD_MS) throw invalidField('sendAt', 'must be at most 365 days ahead');
  const earliest = Math.max(now, sendAt ?? now);
  if (expiresAt !== undefined && expiresAt <= earliest) throw invalidField('expiresAt', 'is in the past');
  return earliest;
}

/**
 * Times of the messages to each recipient, or the reason why there is none.
 * @throws ApiError INVALID_REQUEST if `expiresAt` is too late.
 * @throws ApiError NO_SENDING_WINDOW if no recipient has a permitted time.
 */
export function timesOf(
  recipients: readonly string[],
  earliest: number,
  expiresAt: number | undefined,
  delays: Delays = {},
): (Times | Closed)[] {
  const releases = releasesOf(recipients, earliest, expiresAt, delays);
  const known = releases.filter((release) => typeof release === 'number');
  const [closed] = releases;
  if (known.length === 0 && typeof closed === 'string') {
    const { message, details } = noSendingWindow(closed);
    throw new ApiError('NO_SENDING_WINDOW', message, { details });
  }
  const first = known.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  if (expiresAt !== undefined && known.length > 0 && expiresAt > first + LONGEST_VALIDITY_MS) {
    throw invalidField('expiresAt', 'must be at most 48 hours after the time from which the message may be sent');
  }
  return releases.map((release) =>
    typeof release === 'string' ? release : { releaseAt: release, expiresAt: expiresAt ?? release + VALIDITY_MS },
  );
}

/** Longest time in which a permitted time is searched, from the first possible time. Quiet hours repeat each week. */
const LONGEST_SEARCH_MS = 9 * DAY_MS;

/** First permitted time of each message, with at most `maxPerMinute` of them per minute, or the reason why there is none. */
function releasesOf(
  recipients: readonly string[],
  earliest: number,
  expiresAt: number | undefined,
  { permitted, maxPerMinute }: Delays,
): (number | Closed)[] {
  const end = expiresAt ?? earliest + AHEAD_MS;
  const openAt = (to: string, from: number) => {
    if (from >= end) return undefined;
    return permitted ? permitted(to, from, Math.min(end, from + LONGEST_SEARCH_MS)) : from;
  };
  const releases = recipients.map((to) => openAt(to, earliest));
  const placed =
    maxPerMinute === undefined ? releases : spread(recipients, releases, { openAt, earliest, maxPerMinute });
  const closed = expiresAt === undefined ? 'recipientTimeZone' : 'expiresAt';
  return placed.map((at, n) => at ?? (releases[n] === undefined ? closed : 'maxPerMinute'));
}

/**
 * Gives each free place to the message that may be sent first, so that a recipient in another zone does not delay the others.
 * @param releases first permitted time of each message.
 */
function spread(
  recipients: readonly string[],
  releases: readonly (number | undefined)[],
  rules: { openAt(to: string, from: number): number | undefined; earliest: number; maxPerMinute: number },
): (number | undefined)[] {
  const { openAt, earliest, maxPerMinute } = rules;
  const result: (number | undefined)[] = releases.map(() => undefined);
  // The next one is the last of the list.
  const waiting = releases.flatMap((at, n) => (at === undefined ? [] : [{ n, at }])).sort(laterFirst);
  let free = earliest;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const wanted = Math.max(next.at, free);
    const at = openAt(recipients[next.n] as string, wanted);
    if (at === wanted) {
      result[next.n] = Math.ceil(at);
      free = at + MINUTE_MS / maxPerMinute;
    } else if (at !== undefined) {
      const one = { n: next.n, at };
      const place = waiting.findIndex((other) => laterFirst(one, other) < 0);
      waiting.splice(place === -1 ? waiting.length : place, 0, one);
    }
  }
  return result;
}

function laterFirst(one: { n: number; at: number }, other: { n: number; at: number }): number {
  return other.at - one.at || other.n - one.n;
}

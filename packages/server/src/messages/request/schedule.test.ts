import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earliestRelease, readTimes, timesOf } from './schedule.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();

describe('Requested times', () => {
  test('Times are read with any offset.', () => {
    const { sendAt, expiresAt } = readTimes({
      sendAt: '2026-12-01T09:00:00+01:00',
      expiresAt: '2026-12-01T08:00:00.5Z',
    });
    expect([iso(sendAt ?? 0), iso(expiresAt ?? 0)]).toEqual(['2026-12-01T08:00:00.000Z', '2026-12-01T08:00:00.500Z']);
  });

  test('An expiry at or before the time of the submit is rejected.', () => {
    expect(() => readTimes({ sendAt: iso(NOW), expiresAt: iso(NOW) })).toThrow('expiresAt must be after sendAt');
  });

  test.each([
    [-MINUTE, 0],
    [-1, 0],
    [0, 0],
    [1, 1],
    [365 * DAY, 365 * DAY],
  ])('A time %d ms from now means %d ms from now.', (sendAt, release) => {
    expect(earliestRelease({ sendAt: NOW + sendAt, expiresAt: undefined }, NOW)).toBe(NOW + release);
  });

  test.each([
    [-MINUTE - 1, 'sendAt is in the past'],
    [365 * DAY + 1, 'sendAt must be at most 365 days ahead'],
  ])('A time %d ms from now is rejected.', (sendAt, message) => {
    expect(() => earliestRelease({ sendAt: NOW + sendAt, expiresAt: undefined }, NOW)).toThrow(message);
  });
});

test.each([
  ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
  ['2027-01-01t08:59:60.25+09:00', '2027-01-01T00:00:00.250Z'],
])('The leap second %s is the first moment of the next minute.', (text, expected) => {
  const { sendAt } = readTimes({ sendAt: text });
  expect(new Date(sendAt ?? 0).toISOString()).toBe(expected);
});

describe('Times of messages', () => {
  /** Release of a message, or the reason why it has none. */
  const releaseOf = (time: ReturnType<typeof timesOf>[number]) => (typeof time === 'string' ? time : time.releaseAt);
  const daytime = (_to: string, from: number, before: number) => {
    const hour = new Date(from).getUTCHours();
    const midnight = Math.floor(from / DAY) * DAY;
    const at = hour < 8 ? midnight + 8 * HOUR : hour >= 21 ? midnight + DAY + 8 * HOUR : from;
    return at < before ? at : undefined;
  };

  test('Without rules, all messages are due at once and expire after 24 hours.', () => {
    expect(timesOf(['a', 'b'], NOW, undefined)).toEqual([
      { releaseAt: NOW, expiresAt: NOW + DAY },
      { releaseAt: NOW, expiresAt: NOW + DAY },
    ]);
  });

  test('The validity begins when quiet hours permit the message.', () => {
    const [time] = timesOf(['a'], NOW + 10 * HOUR, undefined, { permitted: daytime });
    expect(time).toEqual({ releaseAt: NOW + 20 * HOUR, expiresAt: NOW + 44 * HOUR });
  });

  test('An expiry of more than 48 hours after the release is rejected, as seen from the first message.', () => {
    const late = NOW + 10 * HOUR;
    expect(() => timesOf(['a'], late, late + 58 * HOUR + 1, { permitted: daytime })).toThrow('at most 48 hours');
    expect(timesOf(['a'], late, late + 58 * HOUR, { permitted: daytime })).toHaveLength(1);
  });

  test('Without a permitted time for any recipient, the request is rejected.', () => {
    const never = () => undefined;
    expect(() => timesOf(['a'], NOW, undefined, { permitted: never })).toThrow(
      expect.objectContaining({ code: 'NO_SENDING_WINDOW', status: 400 }),
    );
    const only = (to: string, from: number) => (to === 'b' ? from : undefined);
    expect(timesOf(['a', 'b'], NOW, undefined, { permitted: only })[0]).toBe('recipientTimeZone');
    expect(timesOf(['a', 'b'], NOW, NOW + HOUR, { permitted: only })[0]).toBe('expiresAt');
    expect(timesOf([], NOW, undefined, { permitted: never })).toEqual([]);
  });

  test('A message that gets its place after the expiry is rejected.', () => {
    const times = timesOf(['a', 'b', 'c'], NOW, NOW + 90_000, { maxPerMinute: 1 });
    expect(times.map(releaseOf)).toEqual([NOW, NOW + MINUTE, 'maxPerMinute']);
  });

  test('The rest of a narrow window continues in the following weeks, up to a year ahead.', () => {
    const week = 7 * DAY;
    const monday = Math.ceil((NOW - 4 * DAY) / week) * week + 4 * DAY + 8 * HOUR;
    const mondays = (_to: string, from: number, before: number) => {
      const start = monday + Math.max(0, Math.floor((from - monday) / week)) * week;
      const at = from < start ? start : from < start + 10 * MINUTE ? from : start + week;
      return at < before ? at : undefined;
    };
    const to = Array.from({ length: 600 }, (_, n) => String(n));
    const times = timesOf(to, NOW, undefined, { permitted: mondays, maxPerMinute: 1 }).map(releaseOf);
    expect(times.slice(9, 12)).toEqual([monday + 9 * MINUTE, monday + week, monday + week + MINUTE]);
    const planned = times.filter((time) => typeof time === 'number');
    expect(Math.max(...planned)).toBeLessThan(NOW + 365 * DAY);
    expect(planned.length).toBeGreaterThanOrEqual(520);
    expect(times.at(-1)).toBe('maxPerMinute');
  });

  test('With quiet hours, the rest of the messages continues in the morning at the same rate.', () => {
    const late = Math.floor(NOW / DAY) * DAY + 21 * HOUR - 2 * MINUTE;
    const times = timesOf(['a', 'b', 'c', 'd'], late, undefined, { permitted: daytime, maxPerMinute: 1 });
    expect(times.map((time) => (Number(releaseOf(time)) - late) / MINUTE)).toEqual([0, 1, 11 * 60 + 2, 11 * 60 + 3]);
  });

  const rules = fc.record({
    count: fc.integer({ min: 1, max: 60 }),
    maxPerMinute: fc.integer({ min: 1, max: 120 }),
    start: fc.integer({ min: 0, max: 2 * DAY }),
    zones: fc.array(fc.integer({ min: -11, max: 12 }), { minLength: 1, maxLength: 4 }),
  });

  test('Any request keeps its rate and its quiet hours, and leaves no permitted place unused.', () => {
    fc.assert(
      fc.property(rules, ({ count, maxPerMinute, start, zones }) => {
        const to = Array.from({ length: count }, (_, n) => String(n));
        const shift = (one: string) => (zones[Number(one) % zones.length] ?? 0) * HOUR;
        const permitted = (one: string, from: number, before: number) => {
          const at = daytime(one, from + shift(one), Number.POSITIVE_INFINITY);
          return at !== undefined && at - shift(one) < before ? at - shift(one) : undefined;
        };
        const earliest = NOW + start;
        const times = timesOf(to, earliest, undefined, { permitted, maxPerMinute });
        const releases = times.map((time) => Number(releaseOf(time)));
        for (const [n, at] of releases.entries()) {
          expect(at).toBeGreaterThanOrEqual(earliest);
          expect(permitted(String(n), at, Number.POSITIVE_INFINITY)).toBe(at);
        }
        const sorted = releases.toSorted((a, b) => a - b);
        // Releases are whole milliseconds.
        for (const [n, at] of sorted.slice(1).entries()) {
          expect(at - (sorted[n] as number)).toBeGreaterThanOrEqual(Math.floor(MINUTE / maxPerMinute) - 1);
        }
        expect(sorted[0]).toBe(Math.min(...to.map((one) => permitted(one, earliest, Number.POSITIVE_INFINITY) ?? 0)));
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOpenMinute, MINUTE_MS } from '../../../test/support/local-minutes.ts';
import { sized } from '../../../test/support/thorough.ts';
import { WEEKDAYS } from './openings.ts';
import { nextPermitted, type SendingWindow } from './window.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** Zones with unusual offsets and changes, besides all others. */
const UNUSUAL = [
  ...['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'],
  ...['Pacific/Chatham', 'Australia/Eucla', 'Africa/Casablanca', 'Asia/Gaza', 'Antarctica/Troll', 'Asia/Tehran'],
];
const zone = fc.oneof(fc.constantFrom(...UNUSUAL), fc.constantFrom(...Intl.supportedValuesOf('timeZone')));

const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
const written = (value: number) =>
  `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
const window: fc.Arbitrary<SendingWindow> = fc
  .record({
    start: minute,
    end: fc.oneof(minute, fc.constant(24 * 60)),
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
  })
  .filter(({ start, end }) => start !== end)
  .map(({ start, end, days }) => ({ start: written(start), end: written(end), days }));

/** Changes of offsets in some zones, in milliseconds. */
const CHANGES = [
  ...['2026-03-08T07:00Z', '2026-11-01T06:00Z', '2027-03-14T07:00Z', '2027-11-07T06:00Z'], // New York
  ...['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2027-03-28T01:00Z', '2027-10-31T01:00Z'], // Berlin
  ...['2026-04-04T15:00Z', '2026-10-03T15:30Z', '2027-04-03T15:00Z', '2027-10-02T15:30Z'], // Lord Howe
  ...['2026-03-08T05:30Z', '2026-11-01T04:30Z', '2011-12-30T10:00Z', '2026-02-15T02:00Z'], // St. John's, Apia, Casablanca
].map((time) => Date.parse(time));

const nearChange = fc
  .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -30 * HOUR_MS, max: 3 * HOUR_MS }))
  .map(([change, distance]) => change + distance);
const anyInstant = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') });
const instant = fc.oneof({ weight: 2, arbitrary: nearChange }, { weight: 1, arbitrary: anyInstant });

test('The result equals a search minute by minute, for any zones, windows and instants.', { tags: 'sized' }, () => {
  fc.assert(
    fc.property(
      window,
      fc.array(zone, { minLength: 1, maxLength: 4 }),
      instant,
      fc.integer({ min: 1, max: 40 * HOUR_MS }),
      (times, zones, from, length) => {
        const expected = firstOpenMinute(times, zones, from, from + length);
        expect(nextPermitted(times, zones, from, from + length)).toBe(expected);
      },
    ),
    { numRuns: sized(500) },
  );
});

test('Searches of several weeks find the same instant as the search minute by minute.', { tags: 'slow' }, () => {
  const oneDay = fc.constantFrom(...WEEKDAYS);
  fc.assert(
    fc.property(window, oneDay, zone, instant, (times, day, place, from) => {
      const weekly = { ...times, days: [day] };
      const before = from + 9 * 24 * HOUR_MS;
      expect(nextPermitted(weekly, [place], from, before)).toBe(firstOpenMinute(weekly, [place], from, before));
    }),
    { numRuns: 200 },
  );
});

import { expect, test } from 'vitest';
import { MINUTE_MS, minuteOfWeek, openMinutes } from '../../../test/support/local-minutes.ts';
import { DEFAULT_QUIET_HOURS, nextPermitted, type SendingWindow } from './window.ts';
import { possibleZones } from './zones.ts';

/** First digits of numbers in 40 places, and the length of the whole numbers. */
const PLACES: Readonly<Record<string, number>> = {
  ...{ 1212: 11, 1312: 11, 1303: 11, 1602: 11, 1213: 11, 1907: 11, 1808: 11, 1709: 11, 1506: 11, 1306: 11, 1787: 11 },
  ...{ 1671: 11, 1208: 11, 1800: 11, 1555: 11, 4915: 13, 4477: 12, 3519: 12, 34612: 11, 35840: 12, 7916: 11, 7701: 11 },
  ...{ 9779: 13, 9198: 12, 93701: 11, 98912: 12, 8190: 12, 86138: 13, 62812: 13, 95925: 10, 6141: 11, 6129: 11 },
  ...{ 6421: 10, 6857: 10, 55119: 13, 5255: 12, 56912: 11, 2126: 12, 2547: 12, 29941: 9 },
};
const PER_PLACE = 250;

/** Two days each: in summer, and at changes in Berlin, on Lord Howe Island and in New York. */
const BEGINNINGS = ['2026-07-15', '2026-03-28', '2026-04-04', '2026-10-31'].map((day) => Date.parse(day));
const DAY_MINUTES = 24 * 60;
const MINUTES = 2 * DAY_MINUTES;

const { days } = DEFAULT_QUIET_HOURS;
const WINDOWS: readonly SendingWindow[] = [
  { start: '08:00', end: '21:00', days },
  { start: '18:30', end: '02:15', days: ['MON', 'WED', 'FRI', 'SAT'] },
  { start: '00:00', end: '24:00', days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] },
];
const OPEN = WINDOWS.map(openMinutes);

/** Local minute of the week for each minute of two days, by zone and beginning. */
const calendars = new Map<string, Uint16Array>();

function calendarOf(zone: string, beginning: number): Uint16Array {
  const key = `${zone} ${beginning}`;
  const known = calendars.get(key);
  if (known) return known;
  const created = Uint16Array.from({ length: MINUTES }, (_, minute) =>
    minuteOfWeek(zone, beginning + minute * MINUTE_MS),
  );
  calendars.set(key, created);
  return created;
}

/** @returns first minute at which the window is open in all zones, as minutes after the beginning. */
function firstOpen(open: readonly boolean[], zones: readonly string[], beginning: number, from: number) {
  const all = zones.map((zone) => calendarOf(zone, beginning));
  for (let minute = from; minute < MINUTES; minute += 1) {
    if (all.every((calendar) => open[calendar[minute] as number])) return minute;
  }
  return undefined;
}

interface Case {
  e164: string;
  window: number;
  beginning: number;
  /** Earliest minute after the beginning. */
  from: number;
}

const CASES = Object.entries(PLACES).flatMap(([place, length]) =>
  Array.from({ length: PER_PLACE }, (_, index): Case => {
    const digits = String((index * 7_919_777) % 10 ** (length - place.length)).padStart(length - place.length, '2');
    const beginning = BEGINNINGS[index % BEGINNINGS.length] as number;
    return { e164: `+${place}${digits}`, window: index % WINDOWS.length, beginning, from: (index * 331) % DAY_MINUTES };
  }),
);

test('10,000 numbers of 40 places get the first minute that is permitted in all their zones.', { tags: 'slow' }, () => {
  const sets = new Set<string>();
  let permitted = 0;
  for (const { e164, window, beginning, from } of CASES) {
    const zones = possibleZones(e164);
    const expected = firstOpen(OPEN[window] as boolean[], zones, beginning, from);
    const range = [beginning + from * MINUTE_MS, beginning + MINUTES * MINUTE_MS] as const;
    const found = nextPermitted(WINDOWS[window] as SendingWindow, zones, ...range);
    expect(found, e164).toBe(expected === undefined ? undefined : beginning + expected * MINUTE_MS);
    sets.add(zones.join());
    permitted += found === undefined ? 0 : 1;
  }
  expect(CASES).toHaveLength(10_000);
  expect(sets.size).toBeGreaterThanOrEqual(40);
  expect(permitted).toBeGreaterThan(5_000);
});

import { describe, expect, test } from 'vitest';
import { DEFAULT_QUIET_HOURS, nextPermitted, type SendingWindow, type Weekday } from './window.ts';

const DAYS = 24 * 3_600_000;
const at = (time: string) => Date.parse(time.length === 17 ? time.replace('Z', ':00Z') : time);

/** @returns first permitted minute within ten days, as `2026-03-08T12:00Z`. */
function next(
  times: string,
  zones: string | readonly string[],
  from: string,
  days: Weekday[] = [...DEFAULT_QUIET_HOURS.days],
) {
  const [start = '', end = ''] = times.split('-');
  const found = nextPermitted(
    { start, end, days },
    typeof zones === 'string' ? [zones] : zones,
    at(from),
    at(from) + 10 * DAYS,
  );
  return found === undefined ? undefined : new Date(found).toISOString().replace(':00.000Z', 'Z');
}

type Example = [times: string, from: string, expected: string, why: string];

function examples(zone: string, table: Example[]): void {
  describe(zone, () => {
    test.each(table)('The window %s after %s opens at %s (%s).', (times, from, expected) => {
      expect(next(times, zone, from)).toBe(expected);
    });
  });
}

examples('America/New_York', [
  ['08:00-21:00', '2026-03-07T05:00Z', '2026-03-07T13:00Z', '08:00 standard time'],
  ['08:00-21:00', '2026-03-08T05:00Z', '2026-03-08T12:00Z', '08:00 daylight time, after 23 hours'],
  ['08:00-21:00', '2026-03-08T01:59Z', '2026-03-08T01:59Z', 'the last minute of the window'],
  ['08:00-21:00', '2026-03-08T02:00Z', '2026-03-08T12:00Z', 'the end is excluded'],
  ['02:15-02:45', '2026-03-08T05:00Z', '2026-03-09T06:15Z', 'the whole window is skipped'],
  ['02:30-04:00', '2026-03-08T05:00Z', '2026-03-08T07:00Z', 'the beginning is skipped'],
  ['01:30-02:30', '2026-03-08T07:00Z', '2026-03-09T05:30Z', 'the end is skipped'],
  ['22:00-02:30', '2026-03-08T07:00Z', '2026-03-09T02:00Z', 'the end of the night is skipped'],
  ['08:00-21:00', '2026-10-31T05:00Z', '2026-10-31T12:00Z', '08:00 daylight time'],
  ['08:00-21:00', '2026-11-01T05:00Z', '2026-11-01T13:00Z', '08:00 standard time, after 25 hours'],
  ['01:15-01:45', '2026-11-01T05:45Z', '2026-11-01T06:15Z', 'the window is repeated'],
  ['01:15-01:45', '2026-11-01T06:45Z', '2026-11-02T06:15Z', 'the repeated window has ended'],
  ['01:30-03:00', '2026-11-01T06:00Z', '2026-11-01T06:30Z', 'the window is interrupted by the repeated half hour'],
  ['08:00-21:00', '2027-03-14T05:00Z', '2027-03-14T12:00Z', 'daylight time of 2027'],
  ['08:00-21:00', '2027-11-07T05:00Z', '2027-11-07T13:00Z', 'standard time of 2027'],
]);

examples('Europe/Berlin', [
  ['08:00-21:00', '2026-03-28T00:00Z', '2026-03-28T07:00Z', '08:00 standard time'],
  ['08:00-21:00', '2026-03-29T00:00Z', '2026-03-29T06:00Z', '08:00 daylight time'],
  ['02:00-03:00', '2026-03-29T00:00Z', '2026-03-30T00:00Z', 'the whole window is skipped'],
  ['00:00-24:00', '2026-03-29T00:59Z', '2026-03-29T00:59Z', 'the whole day'],
  ['08:00-21:00', '2026-10-25T00:00Z', '2026-10-25T07:00Z', '08:00 standard time'],
  ['02:00-03:00', '2026-10-25T00:30Z', '2026-10-25T00:30Z', 'the first of two equal hours'],
  ['02:00-02:30', '2026-10-25T00:30Z', '2026-10-25T01:00Z', 'the second of two equal half hours'],
  ['08:00-21:00', '2027-03-28T00:00Z', '2027-03-28T06:00Z', 'daylight time of 2027'],
  ['08:00-21:00', '2027-10-31T00:00Z', '2027-10-31T07:00Z', 'standard time of 2027'],
]);

examples('Australia/Lord_Howe', [
  ['08:00-21:00', '2026-04-04T10:30Z', '2026-04-04T21:30Z', '08:00 standard time, UTC+10:30'],
  ['01:40-01:50', '2026-04-04T14:50Z', '2026-04-04T15:10Z', 'half an hour is repeated'],
  ['08:00-21:00', '2026-10-03T10:30Z', '2026-10-03T21:00Z', '08:00 daylight time, UTC+11'],
  ['02:00-02:15', '2026-10-03T14:00Z', '2026-10-04T15:00Z', 'half an hour is skipped'],
  ['02:15-03:00', '2026-10-03T14:00Z', '2026-10-03T15:30Z', 'the beginning is skipped'],
  ['08:00-21:00', '2027-04-03T10:30Z', '2027-04-03T21:30Z', 'standard time of 2027'],
]);

examples('Asia/Kathmandu', [
  ['08:00-21:00', '2026-03-28T15:15Z', '2026-03-29T02:15Z', '08:00, UTC+05:45'],
  ['08:00-21:00', '2026-10-25T15:14Z', '2026-10-25T15:14Z', '20:59'],
  ['22:00-06:00', '2027-01-01T00:15Z', '2027-01-01T16:15Z', '06:00 is excluded'],
]);

examples('America/St_Johns', [
  ['08:00-21:00', '2026-03-07T04:00Z', '2026-03-07T11:30Z', '08:00 standard time, UTC-03:30'],
  ['08:00-21:00', '2026-03-08T04:00Z', '2026-03-08T10:30Z', '08:00 daylight time, UTC-02:30'],
  ['02:30-02:45', '2026-03-08T04:00Z', '2026-03-09T05:00Z', 'the whole window is skipped'],
  ['08:00-21:00', '2026-11-01T04:00Z', '2026-11-01T11:30Z', '08:00 standard time'],
  ['01:00-01:30', '2026-11-01T04:00Z', '2026-11-01T04:30Z', 'the window is repeated'],
  ['08:00-21:00', '2027-03-14T04:00Z', '2027-03-14T10:30Z', 'daylight time of 2027'],
]);

describe('Weekdays', () => {
  test('A window opens only on its days, in local time.', () => {
    // Friday 21:00 in New York is Saturday 01:00 in UTC.
    expect(next('08:00-21:00', 'America/New_York', '2026-06-06T01:00Z', ['MON', 'FRI'])).toBe('2026-06-08T12:00Z');
    expect(next('08:00-21:00', 'America/New_York', '2026-06-06T00:59Z', ['MON', 'FRI'])).toBe('2026-06-06T00:59Z');
  });

  test('A window across midnight belongs to the day on which it starts.', () => {
    expect(next('22:00-06:00', 'UTC', '2026-06-05T12:00Z', ['FRI'])).toBe('2026-06-05T22:00Z');
    expect(next('22:00-06:00', 'UTC', '2026-06-06T05:59Z', ['FRI'])).toBe('2026-06-06T05:59Z');
    expect(next('22:00-06:00', 'UTC', '2026-06-06T06:00Z', ['FRI'])).toBe('2026-06-12T22:00Z');
    expect(next('22:00-06:00', 'UTC', '2026-06-05T01:00Z', ['FRI'])).toBe('2026-06-05T22:00Z');
    expect(next('20:00-00:00', 'UTC', '2026-06-06T00:00Z', ['FRI'])).toBe('2026-06-12T20:00Z');
  });

  test('A weekday that a zone skipped has no window.', () => {
    // Samoa had no Friday 2011-12-30. Saturday began at 10:00 in UTC.
    expect(next('08:00-21:00', 'Pacific/Apia', '2011-12-29T12:00Z', ['FRI'])).toBe('2012-01-05T18:00Z');
    expect(next('08:00-21:00', 'Pacific/Apia', '2011-12-30T07:00Z')).toBe('2011-12-30T18:00Z');
    expect(next('00:00-24:00', 'Pacific/Apia', '2011-12-30T09:59Z', ['SAT'])).toBe('2011-12-30T10:00Z');
    // The calendar of Saturday morning still has a Friday before it.
    expect(next('22:00-06:00', 'Pacific/Apia', '2011-12-30T07:00Z', ['FRI'])).toBe('2011-12-30T10:00Z');
  });
});

describe('Several zones', () => {
  test('The window has to be open in all zones.', () => {
    const zones = ['America/New_York', 'America/Los_Angeles'];
    expect(next('08:00-21:00', zones, '2026-06-05T12:00Z')).toBe('2026-06-05T15:00Z');
    expect(next('08:00-21:00', zones, '2026-06-06T00:59Z')).toBe('2026-06-06T00:59Z');
    expect(next('08:00-21:00', zones, '2026-06-06T01:00Z')).toBe('2026-06-06T15:00Z');
  });

  test('Frozen lists, and lists that change after a call, have their own results.', () => {
    const zones = ['America/New_York'];
    expect(next('08:00-21:00', zones, '2026-06-05T01:00Z')).toBe('2026-06-05T12:00Z');
    zones.push('America/Los_Angeles');
    expect(next('08:00-21:00', zones, '2026-06-05T01:00Z')).toBe('2026-06-05T15:00Z');
    expect(next('08:00-21:00', Object.freeze(zones), '2026-06-05T01:00Z')).toBe('2026-06-05T15:00Z');
    expect(next('08:00-21:00', Object.freeze(['UTC']), '2026-06-05T01:00Z')).toBe('2026-06-05T08:00Z');
  });

  test('Zones without a common instant, and no zones at all, permit nothing.', () => {
    const apart = ['Africa/Abidjan', 'Asia/Tokyo', 'America/Los_Angeles'];
    expect(next('08:00-21:00', apart, '2026-06-05T12:00Z')).toBeUndefined();
    expect(next('08:00-21:00', [], '2026-06-05T12:00Z')).toBeUndefined();
  });
});

describe('Range', () => {
  const window: SendingWindow = { start: '08:00', end: '21:00', days: ['THU'] };
  const opens = at('2026-06-04T08:00Z');

  test('The result is at or after the beginning, to the millisecond, and before the end.', () => {
    expect(nextPermitted(window, ['UTC'], opens - 1, opens + 1)).toBe(opens);
    expect(nextPermitted(window, ['UTC'], opens - 1, opens)).toBeUndefined();
    expect(nextPermitted(window, ['UTC'], opens + 1.5, opens + 2)).toBe(opens + 1.5);
    expect(nextPermitted(window, ['UTC'], opens, opens)).toBeUndefined();
    expect(nextPermitted(window, ['UTC'], opens, opens - 1)).toBeUndefined();
  });

  test('A window that is open across the boundary of a cached block stays open.', () => {
    // Blocks of seven days begin on Thursdays at 00:00 UTC.
    const wide: SendingWindow = { start: '22:00', end: '02:00', days: ['WED'] };
    expect(nextPermitted(wide, ['UTC'], at('2026-06-04T00:00Z'), opens)).toBe(at('2026-06-04T00:00Z'));
    expect(nextPermitted(wide, ['UTC'], at('2026-06-04T01:59Z'), opens)).toBe(at('2026-06-04T01:59Z'));
  });

  test('Instants before 1970 and offsets with seconds work.', () => {
    // Liberia was 44 minutes and 30 seconds behind UTC until 1972.
    const time = nextPermitted(window, ['Africa/Monrovia'], at('1960-06-02T05:00Z'), at('1960-06-03T00:00Z'));
    expect(new Date(time as number).toISOString()).toBe('1960-06-02T08:44:30.000Z');
  });

  test('An infinite range and an unknown zone are errors.', () => {
    expect(() => nextPermitted(window, ['UTC'], opens, Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => nextPermitted(window, ['UTC'], Number.NaN, opens)).toThrow(RangeError);
    expect(() => nextPermitted(window, ['Etc/Unknown'], opens, opens + 1)).toThrow(RangeError);
  });
});

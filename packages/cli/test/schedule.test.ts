import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace, readRate } from '../src/bulk/pace.ts';
import { costOf, readPrice } from '../src/campaign/price.ts';
import { scheduleOf } from '../src/schedule/schedule.ts';
import { momentFrom, readTime } from '../src/schedule/times.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const momentOf = (text: string) => momentFrom(readTime(text), NOW);

test.each([
  ['+10m', '2026-11-25T12:10:00.000Z'],
  ['+1d12h30s', '2026-11-27T00:00:30.000Z'],
  ['2026-12-24T18:00:00+01:00', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24 18:00Z', '2026-12-24T18:00:00.000Z'],
  ['2026-12-24T18:00:00.5Z', '2026-12-24T18:00:00.500Z'],
  ['2026-12-24 18:00 Europe/Berlin', '2026-12-24T17:00:00.000Z'],
  ['2026-07-01T18:00 America/New_York', '2026-07-01T22:00:00.000Z'],
  ['2026-07-01T18:00:30[Asia/Kathmandu]', '2026-07-01T12:15:30.000Z'],
  ['2026-10-25 01:59 Europe/Berlin', '2026-10-24T23:59:00.000Z'],
  ['2026-10-25 03:00 Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ['2026-07-01 18:00 UTC', '2026-07-01T18:00:00.000Z'],
])('The time %s is %s.', (text, expected) => {
  expect(momentOf(text)).toBe(expected);
});

test.each([
  ['2026-12-24T18:00', 'Use 2026'],
  ['2026-12-24', 'Use 2026'],
  ['tomorrow', 'Use 2026'],
  ['2h', 'Use 2026'],
  ['-2h', 'Use 2026'],
  ['+2', 'Use 2026'],
  ['2026-02-30T18:00Z', 'no such date'],
  ['2026-12-24T25:00Z', 'no such date'],
  ['2026-12-24T18:60Z', 'no such date'],
  ['2026-12-24 18:00 Mars/Olympus', 'no time zone'],
  ['2026-03-29 02:30 Europe/Berlin', 'skip this time'],
  ['2026-10-25 02:30 Europe/Berlin', '2026-10-25T00:30:00.000Z or 2026-10-25T01:30:00.000Z'],
])('The time %s is rejected with "%s".', (text, said) => {
  expect(() => momentOf(text)).toThrow(said);
});

test('A local time is what the clocks of its zone show at the result.', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC');
  const times = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) });
  fc.assert(
    fc.property(zones, times, (timeZone, ms) => {
      const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(ms);
      const read = () => Date.parse(momentOf(`${wall} ${timeZone}`));
      try {
        expect(read()).toBe(Math.floor(ms / 1000) * 1000);
      } catch (error) {
        expect(String(error)).toContain('show this time twice');
      }
    }),
  );
});

test('A period of --expires counts from --at, and absent options are absent in the schedule.', () => {
  const [at, expires] = [readTime('+2h'), readTime('+30m')];
  expect(scheduleOf({ at, expires }, NOW)).toEqual({
    sendAt: '2026-11-25T14:00:00.000Z',
    expiresAt: '2026-11-25T14:30:00.000Z',
  });
  expect(scheduleOf({ expires }, NOW)).toEqual({ expiresAt: '2026-11-25T12:30:00.000Z' });
  expect(scheduleOf({ ignoreQuietHours: true, priority: 'BULK' }, NOW)).toEqual({
    respectQuietHours: false,
    priority: 'BULK',
  });
  expect(scheduleOf({}, NOW)).toEqual({});
});

test.each([
  ['0.0075', 5000, '37.50'],
  ['USD 0.0075', 1, '0.0075'],
  ['0.1 EUR', 3, '0.30'],
  ['€2', 7, '14.00'],
  ['0.000000000001', 1, '0.000000000001'],
])('At %s per segment, %i segments cost exactly %s.', (price, segments, cost) => {
  expect(costOf(readPrice(price), segments)).toBe(cost);
});

test.each(['', 'USD', '-1', '1,5', 'USD 1 EUR', '1.'])('The price "%s" is rejected.', (text) => {
  expect(() => readPrice(text)).toThrow('price per segment');
});

test('A rate is given per second, minute or hour.', () => {
  expect([readRate('10/s'), readRate('600/min'), readRate('36000/h')]).toEqual([600, 600, 600]);
  for (const text of ['', '600', '0/min', '600/day', '-1/s', '60001/min'])
    expect(() => readRate(text)).toThrow('Use a rate');
});

test('A pace is steady, and makes up for no delay in a burst.', async () => {
  let now = 0;
  const pace = new Pace(60_000, () => now);
  const { signal } = new AbortController();
  const startedAt = performance.now();
  for (let i = 0; i < 20; i += 1) expect(await pace.next(signal)).toBe(true);
  // The clock of the pace stands still, so that each row waits one millisecond longer than the one before.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(150);
  now += 1_000_000;
  const waits = [pace.next(signal), pace.next(signal)];
  expect(await Promise.all(waits)).toEqual([true, true]);
});

test('A signal ends the wait for the next row.', async () => {
  const controller = new AbortController();
  const pace = new Pace(1, () => 0);
  expect(await pace.next(controller.signal)).toBe(true);
  const next = pace.next(controller.signal);
  controller.abort();
  expect(await next).toBe(false);
});

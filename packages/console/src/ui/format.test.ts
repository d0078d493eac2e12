import { expect, test } from 'vitest';
import { duration, later, percent, rate } from './format.ts';

test('A delivery rate below 100 % is never rounded up to 100 %.', () => {
  expect(percent(99_999, 100_000)).toBe('99.9 %');
  expect(percent(3, 3)).toBe('100 %');
  expect(percent(0, 0)).toBe('–');
});

test('Durations are shown in a suitable unit.', () => {
  expect([0.02, 1.5, 119, 300, 7200, 259_200].map(duration)).toEqual([
    '20 ms',
    '1.5 s',
    '119 s',
    '5 min',
    '2 h',
    '3 days',
  ]);
  expect(later('2026-11-23T12:00:00.000Z', '2026-11-23T12:00:00.220Z')).toBe('+220 ms');
  expect(later('2026-11-23T12:00:01.000Z', '2026-11-23T12:00:00.000Z')).toBe('+0 ms');
});

test('Small rates have one decimal, large rates none.', () => {
  expect([0.25, 12.34, 1234.5].map(rate)).toEqual(['0.3', '12.3', '1,235']);
});

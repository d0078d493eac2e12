import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linePath, roundUp, thinned } from './scale.ts';

test('The top of an axis is a round number, and not below the shown values.', () => {
  expect([0, 0.4, 3, 11, 24, 26, 99, 101].map(roundUp)).toEqual([1, 1, 5, 20, 25, 50, 100, 200]);
  fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => roundUp(value) >= value));
});

test('Thinning keeps the peak and at most the given number of points.', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e6), { maxLength: 2000 }), fc.integer({ min: 1, max: 400 }), (values, most) => {
      const kept = thinned(values, most);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(Math.max(0, ...kept)).toBe(Math.max(0, ...values));
    }),
  );
});

test('A line spans the whole width, and has an empty path without values.', () => {
  expect(linePath([0, 5, 10], 10, 200, 100)).toBe('M0.0,100.0L100.0,50.0L200.0,0.0');
  expect(linePath([], 10, 200, 100)).toBe('');
});

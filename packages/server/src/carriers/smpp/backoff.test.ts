import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectMs } from './backoff.ts';

test('The wait doubles from half a second to a minute.', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1e6].map((failures) => reconnectMs(failures, 1));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('Half of the wait is random, and the wait is a whole number of milliseconds.', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), random, (failures, by) => {
      const wait = reconnectMs(failures, by);
      const whole = reconnectMs(failures, 1);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole);
    }),
  );
  expect([reconnectMs(1, 0), reconnectMs(1, 0.5), reconnectMs(20, 0)]).toEqual([250, 375, 30_000]);
});

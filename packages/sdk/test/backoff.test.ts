import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, readRetryAfter } from '../src/transport/backoff.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retries = fc.nat(60);

test('A wait is between 125 ms and 8 s for any number of retries.', () => {
  fc.assert(
    fc.property(retries, chance, (retry, random) => {
      const wait = backoffMs(retry, random);
      expect(wait).toBeGreaterThanOrEqual(125);
      expect(wait).toBeLessThanOrEqual(8_000);
    }),
  );
});

test('With the same random number, a later retry does not wait less than an earlier one.', () => {
  fc.assert(
    fc.property(retries, chance, (retry, random) => {
      expect(backoffMs(retry + 1, random)).toBeGreaterThanOrEqual(backoffMs(retry, random));
    }),
  );
});

test('The random part is half of the maximum wait.', () => {
  fc.assert(
    fc.property(retries, (retry) => {
      expect(backoffMs(retry, 0) * 2).toBe(backoffMs(retry, 1));
    }),
  );
});

test('A wait is never shorter than `Retry-After`.', () => {
  fc.assert(
    fc.property(retries, chance, fc.nat(86_400_000), (retry, random, asked) => {
      expect(backoffMs(retry, random, asked)).toBeGreaterThanOrEqual(asked);
    }),
  );
});

test('`Retry-After` is read as seconds or as a date, and anything else is ignored.', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  expect(readRetryAfter(null, now)).toBeUndefined();
  expect(readRetryAfter('0', now)).toBe(0);
  expect(readRetryAfter(' 120 ', now)).toBe(120_000);
  expect(readRetryAfter('Wed, 25 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter('Wednesday, 25-Nov-26 12:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter(' Wed Nov 25 12:00:30 2026 ', now)).toBe(30_000);
  expect(readRetryAfter('Wed, 25 Nov 2026 11:00:00 GMT', now)).toBe(0);
  for (const nonsense of ['', '-1', '1.5', 'soon', '99999999999', '25 Nov 2026', 'Wed, 31 Nov 2026 12:00:30 GMT']) {
    expect(readRetryAfter(nonsense, now)).toBeUndefined();
  }
});

test('Any `Retry-After` text yields a nonnegative wait or no wait.', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, now) => {
      expect(readRetryAfter(text, now) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '#platform/config.ts';
import { nextAttempt, nthOf, ROUND, readRetryAfter } from './schedule.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const retryIn = (seconds: number) => ({ kind: 'retry', at: new Date(NOW.getTime() + seconds * 1000) });

describe('The retry schedule', () => {
  test('A failed webhook is sent again after 1, 5, 15 and 60 minutes by default, and then given up.', () => {
    const schedule = readConfig({}).webhookRetrySchedule;
    const answers = [1, 2, 3, 4, 5, 6, 100].map((attempt) => nextAttempt(attempt, NOW, schedule));
    const end = { kind: 'give-up' };
    expect(answers).toEqual([retryIn(60), retryIn(300), retryIn(900), retryIn(3600), end, end, end]);
  });

  test('The wait of the schedule counts from the failure.', () => {
    expect(nextAttempt(2, NOW, [1, 0.5])).toEqual({ kind: 'retry', at: new Date('2026-03-04T05:06:08.390Z') });
    expect(nextAttempt(1, NOW, [0])).toEqual(retryIn(0));
  });

  test('A failed webhook is given up at once if the schedule is empty.', () => {
    expect(nextAttempt(1, NOW, [])).toEqual({ kind: 'give-up' });
  });
});

describe('Retry-After of an endpoint', () => {
  test('Retry-After prolongs the wait up to an hour, and never shortens it.', () => {
    expect(nextAttempt(1, NOW, [60], 200)).toEqual(retryIn(200));
    expect(nextAttempt(1, NOW, [60], 20)).toEqual(retryIn(60));
    expect(nextAttempt(1, NOW, [60], 1e9)).toEqual(retryIn(3600));
    expect(nextAttempt(1, NOW, [7200], 1e9)).toEqual(retryIn(7200));
  });

  test.each([
    ['120', 120],
    [' 5 ', 5],
    ['0', 0],
    ['9999999999', 9_999_999_999],
    ['Wed, 04 Mar 2026 05:07:07 GMT', 60],
    ['Wed, 04 Mar 2020 05:07:07 GMT', 0],
    [' Wednesday, 04-Mar-26 05:07:07 GMT ', 60],
    ['Wed Mar  4 05:07:07 2026', 60],
    ['Wed Mar 32 05:07:07 2026', undefined],
    ['soon', undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5e999', undefined],
    [undefined, undefined],
  ])('Retry-After %s is read as seconds or as an HTTP date, or not at all.', (header, seconds) => {
    expect(readRetryAfter(header, NOW)).toBe(seconds);
  });

  test('Any Retry-After is read as a number from 0 on, or not at all.', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const seconds = readRetryAfter(header, NOW);
        expect(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});

test('Each replay of an event has the whole schedule again.', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 1, max: 4 }), (round, nth) => {
      expect(nthOf(round * ROUND + nth)).toBe(nth);
      expect(nextAttempt(round * ROUND + nth, NOW, [1, 2, 3])).toEqual(nextAttempt(nth, NOW, [1, 2, 3]));
    }),
  );
});

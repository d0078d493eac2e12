import { expect, test } from 'vitest';
import type { ApiError } from '#platform/errors.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { TestEventLimits } from './test-event-limits.ts';

/** @returns Retry-After of the rejection in seconds, or undefined if a test event may begin. */
function refusal(limits: TestEventLimits, client: string): number | undefined {
  try {
    limits.enter(client);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    return (error as ApiError).retryAfterSeconds;
  }
}

test('A client has at most two test events under way, and may begin the next when one ends.', () => {
  const limits = new TestEventLimits(new TestClock());
  const leave = limits.enter('a');
  limits.enter('a');
  expect(refusal(limits, 'a')).toBe(5);
  expect(refusal(limits, 'b')).toBeUndefined();
  leave();
  expect(refusal(limits, 'a')).toBeUndefined();
});

test('All clients together have at most 16 test events under way.', () => {
  const limits = new TestEventLimits(new TestClock());
  const leaves = Array.from({ length: 16 }, (_, i) => limits.enter(`client_${i}`));
  expect(refusal(limits, 'another')).toBe(5);
  leaves[0]?.();
  expect(refusal(limits, 'another')).toBeUndefined();
});

test('A client begins at most ten test events in a minute, and Retry-After is the time until the next.', () => {
  const clock = new TestClock();
  const limits = new TestEventLimits(clock);
  for (let i = 0; i < 10; i += 1) {
    limits.enter('a')();
    clock.advance(1_000);
  }
  const seconds = refusal(limits, 'a') ?? 0;
  expect(seconds).toBeGreaterThanOrEqual(49);
  expect(seconds).toBeLessThanOrEqual(50);
  expect(refusal(limits, 'b')).toBeUndefined();
  clock.advance(seconds * 1_000);
  expect(refusal(limits, 'a')).toBeUndefined();
});

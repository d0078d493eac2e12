import { expect, test } from 'vitest';
import { refusalFor } from './queue-limits.ts';

const LIMITS = { perClient: 1_000, perNumber: 500 };
const LANE = { client: 'client', lane: 'num' };

const refusal = (ofClient: number, ofLane: number, count: number, delaySeconds?: number) =>
  refusalFor(
    { backlog: { waiting: () => ({ ofClient, ofLane }) }, limits: LIMITS, delaySeconds: () => delaySeconds },
    LANE,
    count,
  );

test('A request within both limits is accepted, and one message more is rejected with the exceeded limit.', () => {
  expect(refusal(900, 490, 10)).toBeUndefined();
  expect(refusal(900, 490, 11)?.details).toEqual({ scope: 'number', limit: 500, queued: 490 });
  expect(refusal(995, 100, 5)).toBeUndefined();
  expect(refusal(995, 100, 6)?.details).toEqual({ scope: 'client', limit: 1_000, queued: 995 });
});

test.each([
  ['without an estimate', 500, 50, undefined, 10],
  ['for a tenth of the queue', 500, 50, 100, 10],
  ['for half of the queue', 500, 250, 100, 50],
  ['for more than the whole queue', 500, 5_000, 100, 100],
  ['of less than two seconds', 500, 1, 100, 2],
  ['of more than an hour', 500, 500, 100_000, 3_600],
])('Retry-After %s is the estimated time until capacity is free.', (_, waiting, count, delaySeconds, expected) => {
  expect(refusal(waiting, waiting, count, delaySeconds)?.retryAfterSeconds).toBe(expected);
});

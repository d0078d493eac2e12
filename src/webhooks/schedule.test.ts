import { describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { nextAttempt } from './schedule.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const retryIn = (seconds: number) => ({ kind: 'retry', at: new Date(NOW.getTime() + seconds * 1000) });

describe('a webhook that fails', () => {
  test('is tried again after 1, 5, 15 and 60 minutes by default, then given up', () => {
    const schedule = readConfig({}).webhookRetrySchedule;
    const answers = [1, 2, 3, 4, 5, 6, 100].map((attempt) => nextAttempt(attempt, NOW, schedule));
    const end = { kind: 'give-up' };
    expect(answers).toEqual([retryIn(60), retryIn(300), retryIn(900), retryIn(3600), end, end, end]);
  });

  test('waits for the time that the schedule names, counted from the failure', () => {
    expect(nextAttempt(2, NOW, [1, 0.5])).toEqual({ kind: 'retry', at: new Date('2026-03-04T05:06:08.390Z') });
    expect(nextAttempt(1, NOW, [0])).toEqual(retryIn(0));
  });

  test('is given up at once when there is no schedule', () => {
    expect(nextAttempt(1, NOW, [])).toEqual({ kind: 'give-up' });
  });
});

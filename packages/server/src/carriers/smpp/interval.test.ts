import { describe, expect, test } from 'vitest';
import { figuresOf, Interval, sumOf } from './interval.ts';

describe('Figures of an interval', () => {
  test('Rates refer to the time in which the link did not pause.', () => {
    const figures = figuresOf({ ms: 2_000, pausedMs: 0, sent: 200, accepted: 150, throttled: 50 }, 100);
    expect(figures).toMatchObject({ answers: 200, share: 0.25, loss: 0.25, offered: 100, accepted: 75 });
    expect(figures.limitedElsewhere).toBe(false);
  });

  test('A pause counts as a loss.', () => {
    const figures = figuresOf({ ms: 1_000, pausedMs: 400, sent: 60, accepted: 60, throttled: 0 }, 100);
    expect(figures).toMatchObject({ share: 0, offered: 100, limitedElsewhere: false });
    expect([figures.loss, figures.accepted]).toEqual([expect.closeTo(0.4), expect.closeTo(60)]);
  });

  test('A link that had less to send than its pace allows is limited elsewhere.', () => {
    const figures = figuresOf({ ms: 1_000, pausedMs: 0, sent: 20, accepted: 19, throttled: 1 }, 100);
    expect(figures).toMatchObject({ limitedElsewhere: true, offered: 20, accepted: 19 });
    expect(figuresOf({ ms: 500, pausedMs: 0, sent: 20, accepted: 20, throttled: 0 }, Infinity).offered).toBe(40);
  });

  test('All figures are numbers even without responses.', () => {
    const figures = figuresOf({ ms: 0, pausedMs: 0, sent: 0, accepted: 0, throttled: 0 }, 10);
    expect(Object.values(figures).every((figure) => !Number.isNaN(figure))).toBe(true);
  });
});

test('An interval is complete when the interval has ended and all of its segments have responses.', () => {
  const interval = new Interval('hold', 10, 5_000, 0);
  interval.sent = 2;
  interval.accepted = 1;
  interval.throttled = 1;
  expect(interval.complete).toBe(false);
  interval.sent = 3;
  interval.end(6_000);
  expect(interval.complete).toBe(false);
  interval.accepted = 2;
  expect(interval.complete).toBe(true);
  expect(sumOf(interval.counts, interval.counts)).toEqual({
    ...{ ms: 2_000, pausedMs: 0, sent: 6 },
    ...{ accepted: 4, throttled: 2 },
  });
});

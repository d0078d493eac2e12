import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rate } from './rate.ts';

function at(most?: number) {
  const clock = { ms: 1_000_000 };
  const rate = new Rate({ most, now: () => clock.ms });
  /** Sends as soon as the rate lets it, for so long. @returns when. */
  function sendFor(ms: number, lateMs = () => 0): number[] {
    const end = clock.ms + ms;
    const sent: number[] = [];
    for (;;) {
      const wait = rate.waitMs();
      const next = clock.ms + (wait > 0 ? wait + lateMs() : 0);
      if (next >= end) break;
      clock.ms = next;
      rate.sent();
      sent.push(clock.ms);
    }
    clock.ms = end;
    return sent;
  }
  return { clock, rate, sendFor };
}

/** The most of these moments that lie within one second. */
function busiestSecond(moments: readonly number[]): number {
  let busiest = 0;
  for (let from = 0, to = 0; from < moments.length; from += 1) {
    while (to < moments.length && (moments[to] as number) < (moments[from] as number) + 1_000 - 1e-6) to += 1;
    busiest = Math.max(busiest, to - from);
  }
  return busiest;
}

describe('a link with a limit', () => {
  const most = fc.oneof(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.integer({ min: 1, max: 2_000 }));

  test('never sends more in any second, beyond what makes up for 10 ms or for one segment', () => {
    const step = fc.tuple(fc.nat(3_000), fc.constantFrom('wait', 'send'));
    fc.assert(
      fc.property(
        most,
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }),
        (limit, steps, late) => {
          const { clock, sendFor } = at(limit);
          let n = 0;
          const moments = steps.flatMap(([ms, what]) => {
            if (what === 'send') return sendFor(ms, () => late[n++ % late.length] as number);
            clock.ms += ms;
            return [];
          });
          const catchUp = Math.max(1, limit * 0.01);
          expect(busiestSecond(moments)).toBeLessThanOrEqual(Math.ceil(limit + 1e-6) + Math.ceil(catchUp));
        },
      ),
    );
  });

  test('sends at a steady pace, and as many as it may, also with timers that are late', () => {
    for (const [limit, late] of [
      [1, 0],
      [10, 0],
      [10, 9],
      [100, 9],
      [1_000, 9],
    ] as const) {
      const { sendFor } = at(limit);
      const sent = sendFor(20_000, () => late).length;
      expect(sent, `${limit}/s`).toBeGreaterThanOrEqual(limit * 20 * 0.99);
      expect(sent, `${limit}/s`).toBeLessThanOrEqual(limit * 20 + Math.max(2, limit * 0.02));
    }
  });

  test('saves nothing up while it is idle', () => {
    const { clock, sendFor } = at(10);
    clock.ms += 3_600_000;
    expect(sendFor(1_000).length).toBeLessThanOrEqual(12);
  });

  // DEFECT: a whole gap is made up for (max(gap, LATE_MS)), not some ms: after idling, two segments go at once.
  test.each([0.5, 1, 10])('keeps its pace from the first segment after idling: %d/s', (limit) => {
    const { clock, rate } = at(limit);
    clock.ms += 3_600_000;
    rate.sent();
    expect(rate.waitMs()).toBeGreaterThanOrEqual(1_000 / limit - 10);
  });

  test('may send at once when nothing went before, and then waits', () => {
    const { rate, sendFor } = at(10);
    expect(rate.waitMs()).toBe(0);
    sendFor(500);
    rate.sent();
    expect(rate.waitMs()).toBeGreaterThan(0);
    expect(rate.current()).toBe(10);
  });
});

describe('a link without a limit', () => {
  test('never waits', () => {
    const { rate } = at();
    for (let i = 0; i < 10_000; i += 1) {
      expect(rate.waitMs()).toBe(0);
      rate.sent();
    }
    expect(rate.current()).toBe(Number.POSITIVE_INFINITY);
  });

  test('that was throttled is held to half of what it had been doing, and is free again in the end', () => {
    const { clock, rate } = at();
    for (let i = 0; i < 200; i += 1) {
      rate.sent();
      clock.ms += 10;
    }
    rate.throttled();
    expect(rate.current()).toBeGreaterThanOrEqual(49);
    expect(rate.current()).toBeLessThanOrEqual(51);
    expect(rate.waitMs()).toBe(250);
    clock.ms += 10_000;
    expect(rate.current()).toBeCloseTo(50 + 10 * 2, 5);
    for (let second = 0; second < 400; second += 1) {
      clock.ms += 1_000;
      rate.current();
    }
    expect(rate.current()).toBe(Number.POSITIVE_INFINITY);
  });

  test('that a carrier takes twenty of a second settles near that, and is refused few', () => {
    const { clock, rate } = at();
    const seconds = Array.from({ length: 120 }, () => ({ taken: 0, refused: 0 }));
    for (let ms = 0; ms < 120_000; ms += 5) {
      const second = seconds[Math.floor(ms / 1_000)] as (typeof seconds)[number];
      clock.ms += 5;
      if (rate.waitMs() > 0) continue;
      rate.sent();
      if (second.taken < 20) {
        second.taken += 1;
        rate.taken();
      } else {
        second.refused += 1;
        rate.throttled();
      }
    }
    const late = seconds.slice(20);
    const sum = (of: 'taken' | 'refused') => late.reduce((all, second) => all + second[of], 0) / late.length;
    expect(sum('taken')).toBeGreaterThan(12);
    expect(sum('refused')).toBeLessThan(1);
  });

  test('counts a long message that goes whole as the segments that it is', () => {
    const { rate } = at(10);
    rate.sent(5);
    expect(rate.waitMs()).toBeGreaterThanOrEqual(490);
  });

  test('that was throttled by its first segment still goes on', () => {
    const { rate } = at();
    rate.throttled();
    expect(rate.current()).toBe(0.5);
    expect(rate.waitMs()).toBe(250);
  });
});

describe('a link that is told that it is too much', () => {
  test('pauses, and goes on at half its pace', () => {
    const { clock, rate, sendFor } = at(100);
    sendFor(5_000);
    rate.throttled();
    expect([rate.waitMs(), rate.current()]).toEqual([250, 50]);
    clock.ms += 250;
    expect(rate.waitMs()).toBe(0);
    expect(sendFor(1_000).length).toBeLessThanOrEqual(54);
  });

  test('hears complaints of one moment as one, for a second', () => {
    const { clock, rate } = at(100);
    rate.throttled();
    for (let i = 0; i < 30; i += 1) {
      clock.ms += 30;
      rate.throttled();
    }
    expect(rate.current()).toBeCloseTo(50 + 2 * 0.9);
    expect(rate.waitMs()).toBe(0);
    clock.ms += 100;
    rate.throttled();
    expect(rate.current()).toBeLessThan(27);
  });

  test('pauses twice as long each time, up to eight seconds, and is deaf for at least as long', () => {
    const { clock, rate } = at(100);
    const pauses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      rate.throttled();
      pauses.push(rate.waitMs());
      clock.ms += Math.max(1_000, rate.waitMs()) - 1;
      const before = rate.waitMs();
      rate.throttled();
      expect(rate.waitMs()).toBe(before);
      clock.ms += 1;
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  test('pauses shortly again after the carrier has taken one, but not for one that was under way', () => {
    const { clock, rate } = at(100);
    rate.throttled();
    rate.taken();
    clock.ms += 1_000;
    rate.throttled();
    expect(rate.waitMs()).toBe(500);
    clock.ms += 1_000;
    rate.taken();
    rate.throttled();
    expect(rate.waitMs()).toBe(250);
  });

  test('creeps up again by a fiftieth of its most a second, and not beyond it', () => {
    const { clock, rate } = at(100);
    rate.throttled();
    const pace = [0, 1, 10, 24].map((seconds) => {
      clock.ms = 1_000_000 + seconds * 1_000;
      return Math.round(rate.current());
    });
    expect(pace).toEqual([50, 52, 70, 98]);
    clock.ms += 3_600_000;
    expect(rate.current()).toBe(100);
  });

  test('never stands still, however often it is told', () => {
    const { clock, rate } = at(100);
    for (let i = 0; i < 100; i += 1) {
      rate.throttled();
      clock.ms += 8_000;
      expect(rate.current()).toBeGreaterThanOrEqual(0.5);
      expect(rate.waitMs()).toBe(0);
    }
  });

  // DEFECT: below 1/s half the pace is under the slowest of 0.5/s, and below 0.5/s the slowest is above the limit: a link
  // of 0.2/s that is throttled sends 0.5/s, for good. A share of binds and processes may be so small.
  test.each([0.1, 0.2, 0.4])('is never faster after it than it may be: %d/s', (limit) => {
    const { rate } = at(limit);
    rate.throttled();
    expect(rate.current()).toBeLessThanOrEqual(limit);
  });

  test('is never faster than its limit, nor waits beyond the longest pause, whatever happens', () => {
    const what = fc.tuple(fc.constantFrom('sent', 'throttled', 'taken', 'idle'), fc.nat(2_000));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(what, { maxLength: 60 }), (limit, all) => {
        const { clock, rate } = at(limit);
        for (const [does, ms] of all) {
          if (does === 'sent') {
            clock.ms += rate.waitMs();
            rate.sent();
          } else if (does === 'throttled') rate.throttled();
          else if (does === 'taken') rate.taken();
          clock.ms += ms;
          expect(rate.current()).toBeLessThanOrEqual(limit);
          expect(rate.current()).toBeGreaterThanOrEqual(0.5);
          expect(rate.waitMs()).toBeLessThanOrEqual(8_000);
        }
      }),
    );
  });
});

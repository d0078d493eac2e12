import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

const CATCH_UP_MS = 10;

function at(perSecond: number) {
  const clock = { ms: 1_000_000 };
  const pacer = new Pacer({ perSecond, catchUpMs: CATCH_UP_MS, now: () => clock.ms });
  /** Sends whenever the pace allows, for a time in milliseconds. @returns the times of the segments. */
  function sendFor(ms: number, lateMs = () => 0): number[] {
    const end = clock.ms + ms;
    const sent: number[] = [];
    for (;;) {
      const wait = pacer.waitMs();
      const next = clock.ms + (wait > 0 ? wait + lateMs() : 0);
      if (next >= end) break;
      clock.ms = next;
      pacer.sent(1);
      sent.push(clock.ms);
    }
    clock.ms = end;
    return sent;
  }
  return { clock, pacer, sendFor };
}

/** Largest number of moments within one second. */
function busiestSecond(moments: readonly number[]): number {
  let busiest = 0;
  for (let from = 0, to = 0; from < moments.length; from += 1) {
    while (to < moments.length && (moments[to] as number) < (moments[from] as number) + 1_000 - 1e-6) to += 1;
    busiest = Math.max(busiest, to - from);
  }
  return busiest;
}

describe('Pacer', () => {
  const perSecond = fc.oneof(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.integer({ min: 1, max: 2_000 }));

  test('No second exceeds the pace by more than the catch-up of 10 ms or one segment.', () => {
    const step = fc.tuple(fc.nat(3_000), fc.constantFrom('wait', 'send'));
    fc.assert(
      fc.property(
        perSecond,
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

  test('The pace is reached even with late timers.', () => {
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

  test('An idle link does not save up segments.', () => {
    const { clock, sendFor } = at(10);
    clock.ms += 3_600_000;
    expect(sendFor(1_000).length).toBeLessThanOrEqual(12);
  });

  test.each([0.5, 1, 10])('A pace of %d/s is kept from the first segment after an idle time.', (limit) => {
    const { clock, pacer } = at(limit);
    clock.ms += 3_600_000;
    pacer.sent(1);
    expect(pacer.waitMs()).toBeGreaterThanOrEqual(1_000 / limit - CATCH_UP_MS);
  });

  test('The first segment leaves at once.', () => {
    const { pacer, sendFor } = at(10);
    expect(pacer.waitMs()).toBe(0);
    sendFor(500);
    pacer.sent(1);
    expect(pacer.waitMs()).toBeGreaterThan(0);
  });

  test('A long message that is submitted whole counts as all of its segments.', () => {
    const { pacer } = at(10);
    pacer.sent(5);
    expect(pacer.waitMs()).toBeGreaterThanOrEqual(490);
  });

  test('A pacer without a limit never waits.', () => {
    const { pacer } = at(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 10_000; i += 1) {
      expect(pacer.waitMs()).toBe(0);
      pacer.sent(1);
    }
  });
});

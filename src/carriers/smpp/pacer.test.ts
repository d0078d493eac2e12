import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

const CATCH_UP_MS = 10;

function at(perSecond: number) {
  const clock = { ms: 1_000_000 };
  const pacer = new Pacer({ perSecond, catchUpMs: CATCH_UP_MS, now: () => clock.ms });
  /** Sends as soon as the pace allows it, for so long. @returns when. */
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

/** The most of these moments that lie within one second. */
function busiestSecond(moments: readonly number[]): number {
  let busiest = 0;
  for (let from = 0, to = 0; from < moments.length; from += 1) {
    while (to < moments.length && (moments[to] as number) < (moments[from] as number) + 1_000 - 1e-6) to += 1;
    busiest = Math.max(busiest, to - from);
  }
  return busiest;
}

describe('a pace', () => {
  const perSecond = fc.oneof(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.integer({ min: 1, max: 2_000 }));

  test('is not exceeded in any second, beyond what makes up for 10 ms or for one segment', () => {
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

  test('is reached also with timers that are late', () => {
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

  test('saves nothing up while the link is idle', () => {
    const { clock, sendFor } = at(10);
    clock.ms += 3_600_000;
    expect(sendFor(1_000).length).toBeLessThanOrEqual(12);
  });

  test.each([0.5, 1, 10])('of %d/s is kept from the first segment after an idle time', (limit) => {
    const { clock, pacer } = at(limit);
    clock.ms += 3_600_000;
    pacer.sent(1);
    expect(pacer.waitMs()).toBeGreaterThanOrEqual(1_000 / limit - CATCH_UP_MS);
  });

  test('lets the first segment go at once', () => {
    const { pacer, sendFor } = at(10);
    expect(pacer.waitMs()).toBe(0);
    sendFor(500);
    pacer.sent(1);
    expect(pacer.waitMs()).toBeGreaterThan(0);
  });

  test('counts a long message that goes whole as the segments that it is', () => {
    const { pacer } = at(10);
    pacer.sent(5);
    expect(pacer.waitMs()).toBeGreaterThanOrEqual(490);
  });

  test('without a limit never waits', () => {
    const { pacer } = at(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 10_000; i += 1) {
      expect(pacer.waitMs()).toBe(0);
      pacer.sent(1);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { Pauses } from './pauses.ts';

function started() {
  const clock = { ms: 1_000_000 };
  const pauses = new Pauses(() => clock.ms);
  return {
    clock,
    pauses,
    /** Sends whenever there is no pause, and is throttled after 1 ms. @returns the waits before the submits. */
    throttledFor(ms: number): number[] {
      const end = clock.ms + ms;
      const waits: number[] = [];
      while (clock.ms < end) {
        const wait = pauses.waitMs();
        waits.push(wait);
        clock.ms += wait;
        const submit = {};
        pauses.sent(submit);
        const sentAt = clock.ms;
        clock.ms += 1;
        pauses.throttled(submit, sentAt);
      }
      return waits;
    },
  };
}

describe('Carrier that throttles everything', () => {
  test('Pauses grow to 50 ms within a second, and to 3 s within some more seconds.', () => {
    const { throttledFor } = started();
    const waits = throttledFor(30_000);
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 5, 10, 20, 40, 50]);
    expect(waits.slice(8, 20).every((ms) => ms === 50)).toBe(true);
    expect(waits.slice(-5).every((ms) => ms === 3_000)).toBe(true);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(waits.length).toBeLessThan(60);
  });

  test('A carrier that throttles everything gets one submit at a time.', () => {
    const { pauses, clock, throttledFor } = started();
    throttledFor(100);
    clock.ms += pauses.waitMs();
    const asking = {};
    pauses.sent(asking);
    expect(pauses.waitMs()).toBe(1_000);
    clock.ms += 20;
    pauses.throttled(asking, clock.ms - 20);
    expect(pauses.waitMs()).toBeGreaterThan(0);
    expect(pauses.waitMs()).toBeLessThanOrEqual(50);
  });

  test('Another submit may leave when the last one is lost, or has no response for a second.', () => {
    const { pauses, clock, throttledFor } = started();
    throttledFor(100);
    clock.ms += pauses.waitMs();
    const lost = {};
    pauses.sent(lost);
    pauses.unanswered(lost);
    expect(pauses.waitMs()).toBe(0);
    pauses.sent({});
    clock.ms += 999;
    expect(pauses.waitMs()).toBe(1);
    clock.ms += 1;
    expect(pauses.waitMs()).toBe(0);
  });

  test('The first accepted submit ends the pauses.', () => {
    const { pauses, clock, throttledFor } = started();
    throttledFor(10_000);
    expect([pauses.active, pauses.lastedMs > 9_000]).toEqual([true, true]);
    clock.ms += pauses.waitMs();
    const asking = {};
    pauses.sent(asking);
    pauses.accepted(asking);
    expect([pauses.active, pauses.lastedMs, pauses.waitMs()]).toEqual([false, 0, 0]);
  });
});

describe('Carrier that throttles some submits', () => {
  test('A carrier that throttles only some submits causes no pauses.', () => {
    const { pauses, clock } = started();
    for (let i = 0; i < 100; i += 1) {
      pauses.throttled({}, clock.ms);
      clock.ms += 1;
      pauses.throttled({}, clock.ms);
      clock.ms += 1;
      pauses.accepted({});
      expect([pauses.active, pauses.waitMs()]).toEqual([false, 0]);
    }
  });

  test('Throttled submits that were sent before the first response count as one.', () => {
    const { pauses, clock } = started();
    const sentAt = clock.ms;
    clock.ms += 10;
    for (let i = 0; i < 32; i += 1) pauses.throttled({}, sentAt);
    expect([pauses.active, pauses.waitMs()]).toEqual([false, 0]);
  });
});

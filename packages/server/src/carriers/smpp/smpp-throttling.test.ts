import { describe, expect, test } from 'vitest';
import { part, smppLink } from '../../../test/support/smpp-link.ts';
import type { Smpp } from './smpp.ts';

const { smsc, started, behave } = smppLink();

describe('Throttling', () => {
  /** Submits segments to handsets in turn. @returns the results. */
  const submitMany = (carrier: Smpp, parts: number, handsets: number) =>
    Promise.all(
      Array.from({ length: parts }, (_, i) =>
        carrier.submit(part(`+1555${7654320 + (i % handsets)}`, { text: `${i}` })),
      ),
    );

  /** Expects that the carrier accepted all segments, and those of each handset in order. */
  function expectOrder(parts: number): void {
    const texts = Map.groupBy(smsc().taken, ({ to }) => to);
    for (const taken of texts.values()) {
      const numbers = taken.map(({ text }) => Number(text));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(smsc().taken).toHaveLength(parts);
  }

  test.each([
    ['every fifth', { throttleEvery: 5 }],
    ['a tenth', { throttleShare: 0.1 }],
    ['what is beyond 50/s', { allowedPerSecond: 50 }],
    ['what is beyond a bucket of ten and 50/s', { allowedPerSecond: 50, limiter: 'bucket', burst: 10 }],
  ] as const)('Throttling of %s delays segments, and keeps their order for each handset.', async (_, behaviour) => {
    behave(behaviour);
    const { carrier } = await started({ responseSeconds: 10 });
    const results = await submitMany(carrier, 100, 20);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    expectOrder(100);
  });

  test('Throttling never makes several binds exceed the configured limit together.', async () => {
    behave({ throttleEvery: 5 });
    const { carrier } = await started({ binds: 2, maxSegmentsPerSecond: 40, responseSeconds: 10 });
    await expect.poll(() => smsc().links).toBe(2);
    const before = performance.now();
    await submitMany(carrier, 60, 60);
    expectOrder(60);
    // 74 submits including throttled ones. Each bind may send one at once, and catch up 10 ms.
    const perSecond = (1_000 * (smsc().submits - 2)) / (performance.now() - before);
    expect(perSecond).toBeLessThanOrEqual(41);
  });

  test('A carrier that throttles everything gets few submits until all are accepted within seconds.', async () => {
    behave({ throttleEvery: 1 });
    const { carrier } = await started({ responseSeconds: 10 });
    const submitted = submitMany(carrier, 40, 40);
    const before = performance.now();
    // At most three times the window of 32. From then on one at a time, after pauses of up to 50 ms.
    await expect.poll(() => smsc().submits).toBeGreaterThan(3 * 32 + 14);
    expect(performance.now() - before).toBeGreaterThan(500);
    expect(carrier.capacity()).toBeLessThanOrEqual(2);
    behave({ throttleEvery: 0 });
    expect((await submitted).every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expectOrder(40);
  });

  test('The capacity of a throttled link is limited to segments that can leave soon.', async () => {
    behave({ allowedPerSecond: 5 });
    const { carrier } = await started({ responseSeconds: 10 });
    expect(carrier.capacity()).toBe(32);
    const submitted = submitMany(carrier, 15, 15);
    await expect.poll(() => carrier.capacity()).toBeLessThanOrEqual(3);
    await submitted;
    expect(carrier.capacity()).toBeLessThanOrEqual(5);
    expect(carrier.capacity()).toBeGreaterThan(0);
  });

  test('Throttled and waiting segments are returned when the link is about to stop.', async () => {
    behave({ throttleEvery: 1 });
    const { carrier } = await started({ window: 2, responseSeconds: 10 });
    const submitted = submitMany(carrier, 4, 4);
    await expect.poll(() => smsc().submits).toBeGreaterThan(4);
    carrier.rest();
    const outcomes = (await submitted).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['throttled', 'throttled', 'unreachable', 'unreachable']);
    const { submits } = smsc();
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'unreachable' });
    expect(smsc().submits).toBe(submits);
  });
});

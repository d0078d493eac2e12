import { describe, expect, test } from 'vitest';
import { createLimiter, LIMITER_MODELS, type LimiterModel } from './limiter.ts';

/** Submits at a steady rate. @returns the number of submits that are admitted between two seconds. */
function admitted(model: LimiterModel, rate: number, [from, to]: [number, number], burst?: number): number {
  const limiter = createLimiter(model, burst);
  let count = 0;
  for (let i = 0; i < rate * to; i += 1) {
    const ms = (1_000 * i) / rate;
    if (limiter.admits(ms, 10) && ms >= from * 1_000) count += 1;
  }
  return count;
}

describe.each(LIMITER_MODELS)('Limiter of the model %s with ten per second', (model) => {
  test('A limiter of ten per second admits all of nine per second.', () => {
    expect(admitted(model, 9, [0, 10])).toBe(90);
  });

  test('A limiter admits ten of forty per second, or none if throttled submits count too.', () => {
    expect(admitted(model, 40, [5, 15])).toBe(model === 'strict-log' ? 0 : 100);
  });

  test('A limiter applies a changed limit.', () => {
    const limiter = createLimiter(model, 5);
    let count = 0;
    for (let ms = 0; ms < 20_000; ms += 25) {
      if (limiter.admits(ms, ms < 10_000 ? 10 : 40) && ms >= 12_000) count += 1;
    }
    expect(count).toBe(320);
  });
});

test('A bucket is full at first, and admits as many submits at once as its capacity.', () => {
  const limiter = createLimiter('bucket', 3);
  const at = (ms: number) => Array.from({ length: 5 }, () => limiter.admits(ms, 10));
  expect(at(0)).toEqual([true, true, true, false, false]);
  expect(at(100)).toEqual([true, false, false, false, false]);
  expect(at(60_000)).toEqual([true, true, true, false, false]);
});

test('A window restarts with each second, and a log does not.', () => {
  const window = createLimiter('window');
  const log = createLimiter('log');
  const burst = (limiter: typeof log, ms: number) =>
    Array.from({ length: 10 }, () => limiter.admits(ms, 10)).filter(Boolean).length;
  expect([burst(window, 900), burst(window, 1_000)]).toEqual([10, 10]);
  expect([burst(log, 900), burst(log, 1_000), burst(log, 1_900)]).toEqual([10, 0, 10]);
});

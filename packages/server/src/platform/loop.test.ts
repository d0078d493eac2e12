import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Loop } from './loop.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('A run that takes longer than the interval is not started again, and a stop waits for it.', async () => {
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => ends.push(resolve));
  const loop = new Loop({ everyMs: 1_000, run, onError: () => undefined });
  loop.start();
  vi.advanceTimersByTime(3_500);
  expect(ends).toHaveLength(1);
  const joined = loop.now();
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  await nextTurn();
  expect(isStopped).toBe(false);
  ends[0]?.();
  await Promise.all([joined, stopped]);
  vi.advanceTimersByTime(10_000);
  expect(ends).toHaveLength(1);
});

test('A failed run is reported, and the next one follows.', async () => {
  const reasons: string[] = [];
  let runs = 0;
  const loop = new Loop({
    everyMs: 1_000,
    run: async () => {
      runs += 1;
      if (runs === 1) throw new Error('no store');
    },
    onError: ({ message }) => reasons.push(message),
  });
  loop.start();
  vi.advanceTimersByTime(1_000);
  await nextTurn();
  vi.advanceTimersByTime(1_000);
  await loop.stop();
  expect([runs, reasons]).toEqual([2, ['no store']]);
});

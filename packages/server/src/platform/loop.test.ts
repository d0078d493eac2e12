import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Loop } from './loop.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
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

test('A wake-up during a run causes one more run after it, and none after a stop.', async () => {
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => ends.push(resolve));
  const loop = new Loop({ everyMs: 1_000, run, onError: () => undefined });
  loop.wake();
  expect(ends).toHaveLength(0);
  loop.start();
  loop.wake();
  loop.wake();
  loop.wake();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await nextTurn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await nextTurn();
  loop.wake();
  expect(ends).toHaveLength(3);
  loop.wake();
  const stopped = loop.stop();
  loop.wake();
  ends[2]?.();
  await stopped;
  await nextTurn();
  expect(ends).toHaveLength(3);
});

test('A run may wake its own loop, and then runs again without a pause.', async () => {
  let left = 3;
  const run = async () => {
    await nextTurn();
    left -= 1;
    if (left > 0) loop.wake();
  };
  const loop = new Loop({ everyMs: 1_000, run, onError: () => undefined });
  loop.start();
  loop.wake();
  await expect.poll(() => left).toBe(0);
  await loop.stop();
});

test('A pause that depends on the last run begins after that run, and ends with a stop.', async () => {
  let pauseMs = 1_000;
  let end: () => void = () => undefined;
  let runs = 0;
  const run = () => {
    runs += 1;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  const loop = new Loop({ everyMs: () => pauseMs, run, onError: () => undefined });
  loop.start();
  vi.advanceTimersByTime(1_000);
  expect(runs).toBe(1);
  vi.advanceTimersByTime(10_000);
  pauseMs = 3_000;
  end();
  await nextTurn();
  vi.advanceTimersByTime(2_999);
  expect(runs).toBe(1);
  vi.advanceTimersByTime(1);
  expect(runs).toBe(2);
  const stopped = loop.stop();
  end();
  await stopped;
  await nextTurn();
  vi.advanceTimersByTime(10_000);
  expect(runs).toBe(2);
});

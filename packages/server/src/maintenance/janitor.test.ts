import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../platform/log.ts';
import { type Janitor, Maintenance } from './janitor.ts';

const log = createLog('silent');
const mine = async () => true;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function started(janitors: Janitor[], isLeader = mine): Maintenance {
  const maintenance = new Maintenance(janitors, log, isLeader);
  maintenance.start();
  return maintenance;
}

/** Maintenance task that counts its runs when they begin. */
function counting(run: Janitor['run'] = async () => 1, everyMs = 1_000) {
  const janitor = {
    name: `every ${everyMs} ms`,
    everyMs,
    runs: 0,
    run() {
      janitor.runs += 1;
      return run();
    },
  };
  return janitor;
}

test('Each maintenance task runs at its own interval.', async () => {
  const often = counting();
  const seldom = counting(undefined, 5_000);
  const maintenance = started([often, seldom]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([often.runs, seldom.runs]).toEqual([10, 2]);
  await maintenance.stop();
});

test('Only the leader runs maintenance tasks.', async () => {
  let isLeader = false;
  const janitor = counting();
  const maintenance = started([janitor], async () => isLeader);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(janitor.runs).toBe(0);
  isLeader = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(janitor.runs).toBe(1);
  await maintenance.stop();
});

test('A slow maintenance task never runs twice at the same time, and a stop waits for its run.', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const janitor = counting(() => promise);
  const maintenance = started([janitor]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(janitor.runs).toBe(1);
  let stopped = false;
  const stopping = maintenance.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stopped).toBe(false);
  resolve(1);
  await stopping;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(janitor.runs).toBe(1);
});

test('A failed maintenance task runs again at its next interval, and other tasks continue.', async () => {
  const failing = counting(async () => {
    throw new Error('no store');
  });
  const other = counting(undefined, 500);
  const maintenance = started([failing, other]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([failing.runs, other.runs]).toEqual([3, 6]);
  await maintenance.stop();
});

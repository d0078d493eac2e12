import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LEAST_SHARE, WorkerShare } from './share.ts';

let now: number;
let isCarrierSlow: boolean;
let utilization: number;
let share: WorkerShare;

beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  isCarrierSlow = false;
  utilization = 1;
  share = new WorkerShare(
    () => isCarrierSlow,
    () => utilization,
  );
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Send requests that each take `ms` milliseconds, and the tick after them. */
function tick(sends: number, ms = 0, messages = 1_000): void {
  for (let i = 0; i < sends; i += 1) {
    const end = share.send();
    now += ms;
    end(messages);
  }
  share.tick();
}

function burst(): void {
  for (let i = 0; i < 20; i += 1) tick(10, 50);
}

/** Jobs that a queue with a long backlog begins until the next tick. */
function begun(queue: 'outbound' | 'webhooks'): number {
  const worker = share.of(queue);
  let sum = 0;
  for (let taken = worker.take(256); taken > 0; taken = worker.take(256)) {
    sum += taken;
    worker.settle(0, true);
    if (sum > 5_000) break;
  }
  return sum;
}

describe('Many quick send requests', () => {
  /** 320 send requests of 10 ms in 100 ms: 32 at the same time. */
  const crowded = () => tick(320, 10);

  test('Workers are limited while many send requests wait on a busy event loop, although each is quick.', () => {
    for (let i = 0; i < 20; i += 1) crowded();
    expect(share.share).toBe(LEAST_SHARE);
  });

  test('Without a measured capacity, quick send requests raise what limited workers begin.', () => {
    /** 5,000 send requests per second. */
    const quick = () => tick(500, 5);
    for (let i = 0; i < 30; i += 1) quick();
    expect(share.share).toBe(LEAST_SHARE);
    let [outbound, webhooks] = [0, 0];
    for (let second = 0; second < 10; second += 0.1) {
      quick();
      outbound += begun('outbound');
      webhooks += begun('webhooks');
    }
    expect(outbound / 10).toBeGreaterThan(0.95 * LEAST_SHARE * 1_000);
    expect(outbound / 10).toBeLessThan(1.05 * LEAST_SHARE * 1_000);
    expect(webhooks / outbound).toBeCloseTo(3, 1);
    expect(share.capacity('outbound')).toBe(500);
  });

  test('The limit ends when fewer send requests wait.', () => {
    for (let i = 0; i < 20; i += 1) crowded();
    for (let i = 0; i < 40; i += 1) tick(20, 10);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });

  test('Workers are not limited while the event loop is idle, because the store is then the slow part.', () => {
    utilization = 0.5;
    for (let i = 0; i < 20; i += 1) crowded();
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });

  test('One tick with many waiting send requests does not limit workers.', () => {
    crowded();
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });
});

describe('Steady load', () => {
  /** Ten seconds in which workers without a limit begin 90 jobs per tick. */
  function sustain(): void {
    for (let i = 0; i < 100; i += 1) {
      share.of('outbound').take(90);
      tick(1, 5, 90);
    }
  }

  test('Slow send requests do not limit workers that have recently sent more messages.', () => {
    sustain();
    for (let i = 0; i < 100; i += 1) {
      share.of('outbound').take(70);
      tick(10, 50, 7);
    }
    expect(share.of('outbound').take(10_000)).toBe(10_000);
    expect(share.capacity('outbound')).toBe(900);
  });

  test('Slow send requests limit workers that send no more than is accepted.', () => {
    sustain();
    for (let i = 0; i < 20; i += 1) tick(10, 50, 9);
    expect(share.share).toBe(LEAST_SHARE);
  });

  test('The limit ends when fewer messages are accepted than the workers can send.', () => {
    sustain();
    burst();
    expect(share.share).toBe(LEAST_SHARE);
    for (let i = 0; i < 40; i += 1) tick(10, 30, 5);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });
});

describe('Worker share without a burst', () => {
  test('Workers are not limited without a burst.', () => {
    tick(100, 5);
    expect(share.share).toBe(1);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });

  test('Neither one tick with slow send requests nor send requests of 30 ms limit workers.', () => {
    for (const [sends, ms] of [
      [1, 5_000],
      [3, 5],
      [10, 500],
    ] as const) {
      tick(sends, ms);
      expect(share.of('outbound').take(10_000)).toBe(10_000);
      for (let i = 0; i < 5; i += 1) tick(1, 5);
    }
    for (let i = 0; i < 50; i += 1) tick(10, 30);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });
});

describe('Worker share while send requests take longer than 40 ms', () => {
  beforeEach(burst);

  test('Limited workers keep a fifth of their capacity, separately for each queue.', () => {
    expect(share.share).toBe(LEAST_SHARE);
    let [outbound, webhooks] = [0, 0];
    for (let second = 0; second < 10; second += 0.1) {
      tick(10, 50);
      outbound += begun('outbound');
      webhooks += begun('webhooks');
    }
    expect(outbound / 10).toBeGreaterThan(0.95 * LEAST_SHARE * share.capacity('outbound'));
    expect(outbound / 10).toBeLessThan(1.05 * LEAST_SHARE * share.capacity('outbound'));
    expect(webhooks / 10).toBeGreaterThan(0.95 * LEAST_SHARE * share.capacity('webhooks'));
    expect(webhooks / 10).toBeLessThan(1.05 * LEAST_SHARE * share.capacity('webhooks'));
  });

  test('An unused allowance does not accumulate over a minute.', () => {
    for (let second = 0; second < 60; second += 0.1) tick(10, 50);
    expect(begun('outbound')).toBeLessThanOrEqual((3 * LEAST_SHARE * share.capacity('outbound')) / 10);
  });

  test('Jobs that a claim did not find are returned to the share.', () => {
    const worker = share.of('outbound');
    const taken = worker.take(256);
    expect(taken).toBeGreaterThan(0);
    expect(worker.take(256)).toBe(0);
    worker.settle(taken, false);
    expect(worker.take(256)).toBe(taken);
  });

  test('Jobs that began before the burst do not count against the share.', () => {
    for (let i = 0; i < 30; i += 1) tick(0);
    tick(10, 500);
    share.of('outbound').take(5_000);
    for (let i = 0; i < 3; i += 1) tick(10, 500);
    expect(share.share).toBeLessThan(1);
    expect(begun('outbound')).toBeGreaterThan(0);
  });

  test('A single job may begin, however slow the process is.', () => {
    for (let i = 0; i < 100 && begun('outbound') === 0; i += 1) tick(10, 50);
    const worker = share.of('outbound');
    tick(10, 50);
    expect(worker.take(1)).toBe(1);
  });

  test('The limit ends within three seconds of fast send requests, or within one second without send requests.', () => {
    for (let i = 0; i < 30; i += 1) tick(10, 5);
    expect(share.share).toBe(1);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
    burst();
    for (let i = 0; i < 10; i += 1) tick(0);
    expect(share.share).toBe(1);
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });

  test('The limit stays while send requests take longer than 20 ms.', () => {
    for (let i = 0; i < 50; i += 1) tick(10, 25);
    expect(share.share).toBe(LEAST_SHARE);
  });

  test('Send requests that never end do not end the limit.', () => {
    const end = share.send();
    for (let i = 0; i < 20; i += 1) share.tick();
    expect(share.share).toBe(LEAST_SHARE);
    end(1_000);
  });

  test('The limit ends while all send requests are rejected, also if some are always under way.', () => {
    share.send();
    for (let i = 0; i < 20; i += 1) {
      const end = share.send();
      now += 500;
      end(0);
      share.tick();
    }
    expect(share.of('outbound').take(10_000)).toBe(10_000);
  });
});

describe('Capacity of a queue', () => {
  /** One second in which a queue begins `jobs` jobs. */
  function second(jobs: number, { sends = 0, isBacklogged = true } = {}): void {
    const worker = share.of('outbound');
    for (let i = 0; i < 10; i += 1) {
      worker.take(jobs / 10);
      worker.settle(0, isBacklogged);
      tick(i === 0 ? sends : 0, 1);
    }
  }

  test('The capacity of a queue is measured while the queue has a backlog.', () => {
    for (let i = 0; i < 30; i += 1) second(3_000);
    expect(share.capacity('outbound')).toBeGreaterThan(2_900);
    expect(share.capacity('outbound')).toBeLessThan(3_100);
  });

  test.each([
    ['the queue has no backlog', { isBacklogged: false }],
    ['sends take part of the time', { sends: 2_000 }],
  ])('The capacity of a queue is not measured while %s.', (_, options) => {
    const before = share.capacity('outbound');
    for (let i = 0; i < 30; i += 1) second(100, options);
    expect(share.capacity('outbound')).toBe(before);
  });

  test('The capacity of `outbound` is not measured while the carrier is slow.', () => {
    isCarrierSlow = true;
    const before = share.capacity('outbound');
    for (let i = 0; i < 30; i += 1) second(20);
    expect(share.capacity('outbound')).toBe(before);
  });
});

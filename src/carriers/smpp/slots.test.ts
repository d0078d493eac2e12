import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bind } from './bind.ts';
import { Rate } from './rate.ts';
import { SlotQueue } from './slots.ts';

/** As much of a bind as the queue asks for. */
interface Fake {
  name: string;
  session: object | undefined;
  room: number;
  rate: Rate;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fake = (name: string, more: Partial<Fake> = {}): Fake => ({
  name,
  session: {},
  room: 1_000,
  rate: new Rate({ now: () => Date.now() }),
  ...more,
});

const paced = (most: number) => new Rate({ most, now: () => Date.now() });

function queueOf(...binds: Fake[]) {
  const queue = new SlotQueue<string>(binds as unknown as Bind<string>[]);
  const used: [segment: string, bind: string | undefined][] = [];
  const ask = (...segments: string[]) => {
    for (const segment of segments) {
      queue.next((slot) => {
        const bind = slot?.bind as unknown as Fake | undefined;
        if (bind) bind.room -= 1;
        used.push([segment, bind?.name]);
      });
    }
  };
  return { queue, used, ask };
}

describe('a segment', () => {
  test('goes at once where there is room, and binds take turns', () => {
    const { used, ask } = queueOf(fake('a'), fake('b'), fake('c'));
    ask('1', '2', '3', '4');
    expect(used).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'c'],
      ['4', 'a'],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for a place in a window, first come, first served', () => {
    const bind = fake('a', { room: 1 });
    const { queue, used, ask } = queueOf(bind);
    ask('1', '2', '3');
    expect(used).toEqual([['1', 'a']]);
    bind.room = 1;
    queue.look();
    expect(used.map(([segment]) => segment)).toEqual(['1', '2']);
    // A bind without room says itself when it has some: no timer asks it.
    expect(vi.getTimerCount()).toBe(0);
    bind.room = 5;
    queue.look();
    expect(used.map(([segment]) => segment)).toEqual(['1', '2', '3']);
  });

  test('passes by a bind that is full or not there', () => {
    const { used, ask } = queueOf(fake('full', { room: 0 }), fake('gone', { session: undefined }), fake('free'));
    ask('1', '2');
    expect(used).toEqual([
      ['1', 'free'],
      ['2', 'free'],
    ]);
  });

  test('waits for a bind’s pace, and goes by itself when it may', () => {
    const { used, ask } = queueOf(fake('a', { rate: paced(10) }));
    ask(...Array.from({ length: 50 }, (_, i) => `${i}`));
    vi.advanceTimersByTime(1_000);
    expect(used.length).toBeGreaterThanOrEqual(10);
    expect(used.length).toBeLessThanOrEqual(12);
    vi.advanceTimersByTime(10_000);
    expect(used.map(([segment]) => segment)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for the first bind that may, and not for a slower one', () => {
    const slow = fake('slow', { rate: paced(0.1) });
    const { used, ask } = queueOf(slow, fake('fast', { rate: paced(10) }));
    for (const _ of [1, 2, 3]) slow.rate.sent();
    ask('1', '2', '3', '4');
    vi.advanceTimersByTime(300);
    expect(used).toEqual(['1', '2', '3', '4'].map((segment) => [segment, 'fast']));
  });

  test('is told that there is no bind at all, at once and whenever the last one goes', () => {
    const bind = fake('a', { room: 0 });
    const { queue, used, ask } = queueOf(bind);
    ask('1', '2');
    bind.session = undefined;
    queue.look();
    ask('3');
    expect(used).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', undefined],
    ]);
    bind.session = {};
    bind.room = 1;
    ask('4');
    expect(used.at(-1)).toEqual(['4', 'a']);
  });

  test('may ask for the next one as soon as it has its own', () => {
    const { queue } = queueOf(fake('a'));
    const order: number[] = [];
    const next = (n: number) => {
      if (n > 100) return;
      queue.next(() => {
        order.push(n);
        next(n + 1);
      });
    };
    next(1);
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });
});

test('a queue that is stopped leaves nobody waiting, and no timer', () => {
  const rate = paced(1);
  for (const _ of [1, 2, 3]) rate.sent();
  const { queue, used, ask } = queueOf(fake('a', { rate }));
  ask('1', '2');
  expect([used, vi.getTimerCount()]).toEqual([[], 1]);
  queue.stop();
  expect(used).toEqual([
    ['1', undefined],
    ['2', undefined],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bind } from './bind.ts';
import { Pacer } from './pacer.ts';
import { Rate } from './rate.ts';
import { type Slot, SlotQueue } from './slots.ts';

/** Properties of a bind that the queue uses. */
interface Fake {
  name: string;
  session: object | undefined;
  room: number;
  pacer: Pacer;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const paced = (perSecond: number) => new Pacer({ perSecond, catchUpMs: 10, now: () => Date.now() });

const fake = (name: string, more: Partial<Fake> = {}): Fake => ({
  name,
  session: {},
  room: 1_000,
  pacer: paced(Number.POSITIVE_INFINITY),
  ...more,
});

function queueOf(...binds: Fake[]) {
  const rate = new Rate(() => Date.now());
  const queue = new SlotQueue<string>(binds as unknown as Bind<string>[], rate);
  const used: [segment: string, bind: string | undefined][] = [];
  const slots = new Map<string, Slot<string> | undefined>();
  const use = (segment: string) => (slot: Slot<string> | undefined) => {
    const bind = binds.find(({ session }) => session && session === (slot?.session as unknown));
    if (bind) bind.room -= 1;
    used.push([segment, bind?.name]);
    slots.set(segment, slot);
  };
  const ask = (...segments: string[]) => {
    for (const segment of segments) queue.next(use(segment));
  };
  const ticketOf = (segment: string) => (slots.get(segment) as Slot<string>).ticket;
  /** Throttles segments, which are queued again. All responses arrive in the same turn of the event loop. */
  const throttle = async (...segments: string[]) => {
    for (const segment of segments) {
      rate.throttled(ticketOf(segment));
      queue.again(use(segment));
      queue.lookSoon();
    }
    await Promise.resolve();
  };
  const accept = (segment: string) => {
    rate.accepted(ticketOf(segment));
    queue.look();
  };
  return { queue, used, ask, throttle, accept };
}

describe('Queued segment', () => {
  test('A segment leaves at once if a window has space, and binds are used in turn.', () => {
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

  test('Segments wait for a place in a window, in their order.', () => {
    const bind = fake('a', { room: 1 });
    const { queue, used, ask } = queueOf(bind);
    ask('1', '2', '3');
    expect(used).toEqual([['1', 'a']]);
    bind.room = 1;
    queue.look();
    expect(used.map(([segment]) => segment)).toEqual(['1', '2']);
    // A bind without room reports free room itself, so that there is no timer.
    expect(vi.getTimerCount()).toBe(0);
    bind.room = 5;
    queue.look();
    expect(used.map(([segment]) => segment)).toEqual(['1', '2', '3']);
  });

  test('A segment does not wait for a bind that is full or down.', () => {
    const { used, ask } = queueOf(fake('full', { room: 0 }), fake('gone', { session: undefined }), fake('free'));
    ask('1', '2');
    expect(used).toEqual([
      ['1', 'free'],
      ['2', 'free'],
    ]);
  });

  test('A segment waits for the pace of a bind, and leaves without another call.', () => {
    const { used, ask } = queueOf(fake('a', { pacer: paced(10) }));
    ask(...Array.from({ length: 50 }, (_, i) => `${i}`));
    vi.advanceTimersByTime(1_000);
    expect(used.length).toBeGreaterThanOrEqual(10);
    expect(used.length).toBeLessThanOrEqual(12);
    vi.advanceTimersByTime(10_000);
    expect(used.map(([segment]) => segment)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('A segment waits for the first bind whose pace allows it, and not for a slower bind.', () => {
    const slow = fake('slow', { pacer: paced(0.1) });
    const { used, ask } = queueOf(slow, fake('fast', { pacer: paced(10) }));
    for (const _ of [1, 2, 3]) slow.pacer.sent(1);
    ask('1', '2', '3', '4');
    vi.advanceTimersByTime(300);
    expect(used).toEqual(['1', '2', '3', '4'].map((segment) => [segment, 'fast']));
  });

  test('A segment gets no slot when no bind is up, at once or when the last bind ends.', () => {
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

  test('The callback of a slot may queue the next segment.', () => {
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

describe('Throttled segment', () => {
  test('Throttled segments are sent again before waiting ones, in the order of throttling.', async () => {
    const bind = fake('a', { room: 2 });
    const { queue, used, ask, throttle } = queueOf(bind);
    ask('1', '2', '3', '4');
    bind.room = 2;
    await throttle('1', '2');
    bind.room = 1;
    queue.look();
    expect(used.map(([segment]) => segment)).toEqual(['1', '2', '1', '2', '3']);
  });

  test('One segment at a time is sent while the carrier throttles everything.', async () => {
    const { used, ask, throttle, accept } = queueOf(fake('a'));
    ask('1');
    for (let i = 0; i < 3; i += 1) await throttle('1');
    ask('2', '3');
    expect(used).toHaveLength(3);
    vi.advanceTimersByTime(5);
    expect(used).toHaveLength(4);
    vi.advanceTimersByTime(100);
    expect(used).toHaveLength(4);
    await throttle('1');
    vi.advanceTimersByTime(9);
    expect(used).toHaveLength(4);
    vi.advanceTimersByTime(1);
    expect(used.map(([segment]) => segment)).toEqual(['1', '1', '1', '1', '1']);
    accept('1');
    expect(used.slice(5).map(([segment]) => segment)).toEqual(['2', '3']);
  });
});

describe('Stopped queue', () => {
  test('A stopped queue leaves no segment waiting, and no timer.', () => {
    const pacer = paced(1);
    for (const _ of [1, 2, 3]) pacer.sent(1);
    const { queue, used, ask } = queueOf(fake('a', { pacer }));
    ask('1', '2');
    expect([used, vi.getTimerCount()]).toEqual([[], 1]);
    queue.stop();
    expect(used).toEqual([
      ['1', undefined],
      ['2', undefined],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('A stopped queue gives no more slots, not even for segments that are throttled later.', async () => {
    const { queue, used, ask, throttle } = queueOf(fake('a'));
    ask('1');
    queue.stop();
    await throttle('1');
    ask('2');
    expect(used).toEqual([
      ['1', 'a'],
      ['1', undefined],
      ['2', undefined],
    ]);
  });
});

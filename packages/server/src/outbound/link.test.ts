import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { sized } from '../../test/support/thorough.ts';
import type { Carrier, CarrierHandlers, LinkState } from '../carriers/carrier.ts';
import { ALIVE_MS, Heartbeat } from '../cluster/heartbeat.ts';
import { DatabaseUnavailable, type Db } from '../db/db.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import type { Holder } from '../queue/job.ts';
import { Link } from './link.ts';

/** Interval of the checks of a standby process, in milliseconds. */
const LOOK_MS = 1_000;

let store: TestStore;
/** Stores of two processes. The embedded store has one connection, which both share. */
let opened: [Db, Db];
let sides: Side[];
/** Processes and carriers that are bound now. */
let bound: Set<string>;
let mostBound: number;
/** Statements in progress, of all processes. */
let busy = 0;

beforeAll(async () => {
  store = await testStore();
  const one = await store.open();
  opened = [one, one.kind === 'server' ? await store.open() : one];
});
beforeEach(async () => {
  await opened[0].query('truncate binds, processes, jobs');
  // The test decides when checks happen.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  sides = [];
  bound = new Set();
  mostBound = 0;
});
afterEach(async () => {
  for (const side of sides) side.restore();
  await Promise.all(sides.map(({ link }) => link.stop()));
  vi.useRealTimers();
});
afterAll(async () => {
  await Promise.all([...new Set(opened)].map((db) => db.close()));
  await store.drop();
});

interface Side {
  link: Link;
  /** Calls to its carriers, in order. */
  events: string[];
  holder: TestHolder;
  /** Delays or fails the next calls to its carriers. */
  carrier: { starting?: Promise<void> | undefined; stopping?: Promise<void> | undefined; failing?: boolean };
  cut(): void;
  restore(): void;
  /** Makes all further statements of this process hang. */
  hang(): void;
}

/** A holder whose heartbeat state the test sets, or that follows a `Heartbeat`. */
class TestHolder implements Holder {
  readonly id: string;
  readonly #heartbeat: Holder | undefined;
  #living = true;
  #epoch = 1;

  constructor(id: string, heartbeat: Holder | undefined) {
    this.id = id;
    this.#heartbeat = heartbeat;
  }

  get epoch(): number {
    return this.#heartbeat?.epoch ?? this.#epoch;
  }

  alive(): boolean {
    return this.#heartbeat?.alive() ?? this.#living;
  }

  get living(): boolean {
    return this.#living;
  }

  set living(living: boolean) {
    if (living && !this.#living) this.#epoch += 1;
    this.#living = living;
  }
}

async function counted<T>(work: Promise<T>): Promise<T> {
  busy += 1;
  try {
    return await work;
  } finally {
    busy -= 1;
  }
}

/** A process with its own link. */
function side(id: string, options: { links?: number; name?: string; heartbeat?: Holder } = {}): Side {
  const { links = 1, name = 'carrier' } = options;
  const on = opened[sides.length % 2] as Db;
  const events: string[] = [];
  const carrier: Side['carrier'] = {};
  const holder = new TestHolder(id, options.heartbeat);
  let away = false;
  let hanging: { promise: Promise<void>; resolve(): void } | undefined;
  const db = {
    kind: on.kind,
    async query(sql: string, params?: readonly unknown[]) {
      if (away) throw new DatabaseUnavailable('out of reach');
      return counted(
        (async () => {
          await hanging?.promise;
          return on.query(sql, params);
        })(),
      );
    },
    transaction: on.transaction.bind(on),
    wake: on.wake.bind(on),
    onWake: on.onWake.bind(on),
    close: async () => undefined,
  } as Db;

  function create(): Carrier {
    const own = `${id} ${name}`;
    let state: LinkState = 'down';
    return {
      name,
      async start(_: CarrierHandlers) {
        events.push('starts');
        await carrier.starting;
        if (carrier.failing) throw new Error('the carrier refuses');
        state = 'up';
        bound.add(own);
        mostBound = Math.max(mostBound, bound.size);
      },
      async stop() {
        events.push('stops');
        state = 'down';
        await carrier.stopping;
        bound.delete(own);
        events.push('stopped');
      },
      state: () => state,
      capacity: () => (state === 'up' ? 10 : 0),
      submit: async ({ reference }) => ({ outcome: 'accepted', carrierRef: `${id} ${reference}` }),
    };
  }

  const handlers = { onReport: async () => null, onInbound: async () => undefined };
  const onUp = () => void events.push('up');
  const created: Side = {
    link: new Link({ db, log: createLog('silent'), holder, name, links, create, handlers, onUp }),
    events,
    holder,
    carrier,
    cut: () => {
      away = true;
    },
    restore() {
      away = false;
      hanging?.resolve();
      hanging = undefined;
    },
    hang() {
      hanging = Promise.withResolvers<void>();
    },
  };
  sides.push(created);
  return created;
}

async function started(id: string, options?: Parameters<typeof side>[1]): Promise<Side> {
  const created = side(id, options);
  await created.link.start();
  return created;
}

/** Advances the time. Resolves when all processes have checked. */
async function elapse(ms = LOOK_MS): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    vi.advanceTimersByTime(Math.min(left, 250));
    do for (let i = 0; i < 3; i += 1) await nextTurn();
    while (busy > 0);
  }
}

const SUBMISSION = {
  reference: 'msg_1/1',
  from: '+15550000001',
  to: '+15550000002',
  messageType: 'SMS' as const,
  text: 'x',
  encoding: 'GSM7' as const,
  latin1: true,
  campaignId: null,
  segments: 1,
  media: null,
  part: 1,
  parts: 1,
};

const states = (...of: Side[]) => of.map(({ link }) => link.state());
const heldBy = async () =>
  (await opened[0].query<{ by: string | null }>('select held_by as by from binds order by carrier, link', [])).map(
    ({ by }) => by,
  );

describe('Carrier that allows one process', () => {
  test('The first process is bound. The others stand by, submit nothing and report standby.', async () => {
    const [one, two] = [await started('prc_1'), await started('prc_2')];
    await elapse(5 * LOOK_MS);
    expect(states(one, two)).toEqual(['up', 'standby']);
    expect([one, two].map(({ link }) => link.capacity())).toEqual([10, 0]);
    expect([one, two].map(({ events }) => events)).toEqual([['starts', 'up'], []]);
    expect(await one.link.submit(SUBMISSION)).toEqual({ outcome: 'accepted', carrierRef: 'prc_1 msg_1/1' });
    expect(await two.link.submit(SUBMISSION)).toMatchObject({ outcome: 'unreachable' });
    expect(await heldBy()).toEqual(['prc_1']);
  });

  test('Only one process is bound, however many start at once.', async () => {
    const all = Array.from({ length: 8 }, (_, i) => side(`prc_${i}`));
    await Promise.all(all.map(({ link }) => link.start()));
    await elapse(3 * LOOK_MS);
    expect(states(...all).toSorted()).toEqual([...Array(7).fill('standby'), 'up']);
    expect([bound.size, mostBound]).toEqual([1, 1]);
  });

  test('The next process is bound at once when the first one stops and has released the link.', async () => {
    const [one, two] = [await started('prc_1'), await started('prc_2')];
    const { promise: stopping, resolve: letGo } = Promise.withResolvers<void>();
    one.carrier.stopping = stopping;
    const stopped = one.link.stop();
    await elapse(2 * LOOK_MS);
    expect(states(one, two)).toEqual(['standby', 'standby']);
    letGo();
    await stopped;
    // Without a check, because the release notifies the other process.
    await expect.poll(() => two.link.state()).toBe('up');
    expect(one.events).toEqual(['starts', 'up', 'stops', 'stopped']);
    expect(mostBound).toBe(1);
    expect(await heldBy()).toEqual(['prc_2']);
  });

  test('A free link is taken within a second, even without a notification.', async () => {
    const [one, two] = [await started('prc_1'), await started('prc_2')];
    await opened[0].query('update binds set held_by = null', []);
    one.cut();
    await elapse();
    expect(two.link.state()).toBe('up');
  });

  test('The link of an evicted process passes to another one, after the evicted one released it.', async () => {
    const clock = new TestClock();
    let away = false;
    const heartbeats = [0, 1].map((n) => {
      const on = opened[n] as Db;
      const query = async (sql: string, params?: readonly unknown[]) => {
        if (n === 0 && away) throw new DatabaseUnavailable('out of reach');
        return counted(on.query(sql, params));
      };
      return new Heartbeat({
        db: {
          ...spread(on),
          kind: 'server',
          query: query as Db['query'],
          transaction: (work) => counted(on.transaction(work)),
        },
        clock,
        ids: createIds(clock),
        log: createLog('silent'),
        roles: ['outbound'],
        onFreed: () => on.wake('binds'),
      });
    });
    for (const heartbeat of heartbeats) await heartbeat.start();
    const [one, two] = heartbeats.map(({ id }, i) => side(id, { heartbeat: heartbeats[i] as Heartbeat })) as [
      Side,
      Side,
    ];
    await one.link.start();
    await two.link.start();
    await elapse(ALIVE_MS);
    expect(states(one, two)).toEqual(['up', 'standby']);
    away = true;
    one.cut();
    await elapse(ALIVE_MS - 1_000);
    expect(states(one, two)).toEqual(['up', 'standby']);
    // The link is released before it is taken. A process without a heartbeat drops it half a second before the others
    // evict that process.
    await elapse(2_500 + LOOK_MS);
    expect(states(one, two)).toEqual(['standby', 'up']);
    expect(mostBound).toBe(1);
    // A process that comes back finds the link taken, and stands by.
    away = false;
    one.restore();
    await elapse(3 * LOOK_MS);
    expect(states(one, two)).toEqual(['standby', 'up']);
    expect(await heldBy()).toEqual([heartbeats[1]?.id]);
    for (const heartbeat of heartbeats) await heartbeat.stop();
  });

  test('A process without a store keeps its link as long as its heartbeat is valid.', async () => {
    const [one, two] = [await started('prc_1'), await started('prc_2')];
    one.cut();
    two.cut();
    await elapse(5 * LOOK_MS);
    expect(states(one, two)).toEqual(['up', 'standby']);
    one.restore();
    two.restore();
    await elapse();
    expect(one.events).toEqual(['starts', 'up']);
  });

  test('The links of different carriers are independent.', async () => {
    const [one, two] = [await started('prc_1', { name: 'first' }), await started('prc_2', { name: 'second' })];
    expect(states(one, two)).toEqual(['up', 'up']);
    await one.link.stop();
    await elapse();
    expect(await heldBy()).toEqual([null, 'prc_2']);
  });
});

describe('Process without a valid heartbeat', () => {
  test('The process releases its link within a second, and binds again when it is live.', async () => {
    const one = await started('prc_1');
    one.holder.living = false;
    await elapse();
    expect(one.link.state()).toBe('standby');
    expect(one.link.capacity()).toBe(0);
    expect(bound.size).toBe(0);
    one.holder.living = true;
    await elapse();
    expect(one.link.state()).toBe('up');
    expect(one.events).toEqual(['starts', 'up', 'stops', 'stopped', 'starts', 'up']);
  });

  test('A process that was frozen and is live again submits nothing before it confirms its link.', async () => {
    const one = await started('prc_1');
    const two = await started('prc_2');
    // Long enough for the other processes to notice, and over before this process noticed.
    one.holder.living = false;
    one.holder.living = true;
    one.cut();
    await opened[0].query('update binds set held_by = null');
    await elapse();
    expect(states(one, two)).toEqual(['up', 'up']);
    expect(one.link.capacity()).toBe(0);
    expect(await one.link.submit(SUBMISSION)).toMatchObject({ outcome: 'unreachable' });
    expect(two.link.capacity()).toBeGreaterThan(0);
    one.restore();
    await elapse();
    expect(states(one, two)).toEqual(['standby', 'up']);
  });

  test('A process that is live again and still has its link continues after its next check.', async () => {
    const one = await started('prc_1');
    one.holder.living = false;
    one.holder.living = true;
    expect(one.link.capacity()).toBe(0);
    await elapse();
    expect(one.link.capacity()).toBeGreaterThan(0);
    expect(one.events).toEqual(['starts', 'up']);
  });

  test('The process does not take a link, free or not.', async () => {
    const one = side('prc_1');
    one.holder.living = false;
    await one.link.start();
    await elapse(2 * LOOK_MS);
    expect(one.events).toEqual([]);
    expect(await heldBy()).toEqual([null]);
  });

  test('The process releases its link even if the store is unavailable.', async () => {
    const one = await started('prc_1');
    one.cut();
    one.holder.living = false;
    await elapse();
    expect([one.link.state(), bound.size]).toEqual(['standby', 0]);
  });

  test('No second carrier is bound before the first one has stopped.', async () => {
    const one = await started('prc_1');
    const { promise: stopping, resolve: letGo } = Promise.withResolvers<void>();
    one.carrier.stopping = stopping;
    one.holder.living = false;
    await elapse();
    one.holder.living = true;
    await elapse(2 * LOOK_MS);
    expect(one.events).toEqual(['starts', 'up', 'stops']);
    letGo();
    await elapse();
    expect(one.events).toEqual(['starts', 'up', 'stops', 'stopped', 'starts', 'up']);
  });

  test('The process releases its link within a second even while a statement hangs.', async () => {
    const one = await started('prc_1');
    one.hang();
    vi.advanceTimersByTime(LOOK_MS);
    await nextTurn();
    expect(busy).toBe(1);
    one.holder.living = false;
    for (let i = 0; i < 5; i += 1) {
      vi.advanceTimersByTime(LOOK_MS);
      await nextTurn();
    }
    const { size } = bound;
    one.restore();
    expect(size).toBe(0);
  });
});

describe('Carrier that allows several processes', () => {
  test('As many processes as allowed are bound, each once, and the others stand by.', async () => {
    const all = [1, 2, 3, 4].map((n) => side(`prc_${n}`, { links: 2 }));
    await Promise.all(all.map(({ link }) => link.start()));
    await elapse(2 * LOOK_MS);
    expect(states(...all).toSorted()).toEqual(['standby', 'standby', 'up', 'up']);
    const holders = await heldBy();
    expect(new Set(holders).size).toBe(2);
    const first = all.find(({ link }) => link.state() === 'up') as Side;
    await first.link.stop();
    await elapse();
    expect(states(...all).toSorted()).toEqual(['standby', 'standby', 'up', 'up']);
    expect([bound.size, mostBound]).toEqual([2, 2]);
    expect(await heldBy()).not.toContain(first.holder.id);
  });

  test('One process takes only one of the links, however often it checks.', async () => {
    const one = await started('prc_1', { links: 3 });
    await elapse(5 * LOOK_MS);
    expect((await heldBy()).filter((by) => by !== null)).toEqual(['prc_1']);
    expect(one.events).toEqual(['starts', 'up']);
  });

  test('The number of links may be raised or lowered.', async () => {
    const one = await started('prc_1', { links: 1 });
    const two = await started('prc_2', { links: 2 });
    expect(states(one, two)).toEqual(['up', 'up']);
    await one.link.stop();
    await two.link.stop();
    const [three, four] = [await started('prc_3', { links: 1 }), await started('prc_4', { links: 1 })];
    await elapse();
    expect(states(three, four)).toEqual(['up', 'standby']);
    expect(await heldBy()).toEqual(['prc_3', null]);
  });
});

describe('Carrier that fails to start', () => {
  test('The start is tried again within a second.', async () => {
    const one = side('prc_1');
    one.carrier.failing = true;
    await one.link.start();
    expect(one.link.state()).toBe('standby');
    await elapse();
    expect(one.events).toEqual(['starts', 'starts']);
    one.carrier.failing = false;
    await elapse();
    expect(one.link.state()).toBe('up');
    expect(one.events).toEqual(['starts', 'starts', 'starts', 'up']);
  });

  test('The carrier is not started twice at once, however long its start takes.', async () => {
    const one = side('prc_1');
    const { promise: starting, resolve: answer } = Promise.withResolvers<void>();
    one.carrier.starting = starting;
    const start = one.link.start();
    await elapse(3 * LOOK_MS);
    answer();
    await start;
    expect(one.events).toEqual(['starts', 'up']);
  });

  test('A carrier whose process stops during the start is stopped afterwards.', async () => {
    const one = await started('prc_0');
    const two = await started('prc_1');
    const { promise: starting, resolve: answer } = Promise.withResolvers<void>();
    two.carrier.starting = starting;
    await one.link.stop();
    await expect.poll(() => two.events).toEqual(['starts']);
    const stopped = two.link.stop();
    answer();
    await stopped;
    expect([two.link.state(), bound.size]).toEqual(['standby', 0]);
    expect(await heldBy()).toEqual([null]);
  });

  test('The link of a process that gave up the start is free for another process at once.', async () => {
    const one = side('prc_1');
    one.carrier.failing = true;
    await one.link.start();
    await one.link.stop();
    const two = await started('prc_2');
    await elapse();
    expect(two.link.state()).toBe('up');
  });

  test('Another process may start the carrier after one process failed to.', async () => {
    const one = side('prc_1');
    one.carrier.failing = true;
    await one.link.start();
    const two = await started('prc_2');
    await elapse(5 * LOOK_MS);
    expect(two.link.state()).toBe('up');
  });
});

/** Random sequences in which processes lose the store, miss their heartbeat, come back or are evicted. */
test('At no time do more processes submit than the carrier allows, and all links are in use again soon.', async () => {
  const act = fc.record({
    kind: fc.constantFrom('look', 'look', 'die', 'live', 'evict', 'cut', 'restore'),
    who: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(act, { maxLength: 30 }), async (links, acts) => {
      for (const one of sides) await one.link.stop();
      sides = [];
      bound.clear();
      mostBound = 0;
      await opened[0].query('truncate binds');
      const all = [0, 1, 2, 3].map((n) => side(`prc_${n}`, { links }));
      await Promise.all(all.map(({ link }) => link.start()));
      for (const { kind, who } of acts) {
        const one = all[who] as Side;
        if (kind === 'look') await elapse();
        if (kind === 'cut') one.cut();
        if (kind === 'restore') one.restore();
        if (kind === 'live') one.holder.living = true;
        if (kind === 'die') one.holder.living = false;
        if (kind === 'evict' && !one.holder.living) {
          // Possibly before the process itself notices that its heartbeat is invalid.
          await opened[0].query('update binds set held_by = null where held_by = $1', [one.holder.id]);
        }
        expect(all.filter(({ link }) => link.capacity() > 0).length).toBeLessThanOrEqual(links);
      }
      for (const one of all) {
        one.restore();
        one.holder.living = true;
      }
      await elapse(2 * LOOK_MS);
      expect(bound.size).toBe(links);
    }),
    { numRuns: sized(25) },
  );
});

/** All methods of a store, so that a test can replace some. */
function spread(db: Db): Db {
  return {
    kind: db.kind,
    query: db.query.bind(db),
    transaction: db.transaction.bind(db),
    wake: db.wake.bind(db),
    onWake: db.onWake.bind(db),
    close: db.close.bind(db),
  };
}

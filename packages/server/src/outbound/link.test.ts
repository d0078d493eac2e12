import { describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { LOOK_MS, type Side, SUBMISSION, states, withLinks } from '../../test/support/links.ts';
import { ALIVE_MS, Heartbeat } from '../cluster/heartbeat.ts';
import { LINKS_TOPIC } from '../cluster/links.ts';
import { DatabaseUnavailable, type Db } from '../db/db.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';

const { opened, db, bound, mostBound, counted, wakes, side, started, elapse, heldBy } = withLinks();

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
    expect([bound.size, mostBound()]).toEqual([1, 1]);
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
    expect(mostBound()).toBe(1);
    expect(await heldBy()).toEqual(['prc_2']);
  });

  test('A free link is taken within a second, even without a notification.', async () => {
    const [one, two] = [await started('prc_1'), await started('prc_2')];
    await db().query('update binds set held_by = null', []);
    one.cut();
    await elapse();
    expect(two.link.state()).toBe('up');
  });

  test('The link of an evicted process passes to another one, after the evicted one released it.', async () => {
    const clock = new TestClock();
    let away = false;
    const heartbeats = [0, 1].map((n) => {
      const on = opened()[n] as Db;
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
        onFreed: () => wakes(on).wake(LINKS_TOPIC),
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
    expect(mostBound()).toBe(1);
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
    expect([bound.size, mostBound()]).toEqual([2, 2]);
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
    // The notification of its own release may arrive late.
    const heard = new Promise<void>((resolve) => db().onWake('binds', resolve));
    db().wake('binds');
    await heard;
    await elapse(1);
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

import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LOOK_MS, type Side, SUBMISSION, states, withLinks } from '../../test/support/links.ts';
import { sized } from '../../test/support/thorough.ts';

const { db, bound, busy, restart, side, started, elapse, heldBy } = withLinks();

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

  test('A resumed process submits nothing before it confirms its link.', async () => {
    const one = await started('prc_1');
    const two = await started('prc_2');
    // Long enough for an eviction by other processes, and over before the next check of this process.
    one.holder.living = false;
    one.holder.living = true;
    one.cut();
    await db().query('update binds set held_by = null');
    await elapse();
    expect(states(one, two)).toEqual(['up', 'up']);
    expect(one.link.capacity()).toBe(0);
    expect(await one.link.submit(SUBMISSION)).toMatchObject({ outcome: 'unreachable' });
    expect(two.link.capacity()).toBeGreaterThan(0);
    one.restore();
    await elapse();
    expect(states(one, two)).toEqual(['standby', 'up']);
  });

  test('A resumed process that still has its link continues after its next check.', async () => {
    const one = await started('prc_1');
    one.holder.living = false;
    one.holder.living = true;
    expect(one.link.capacity()).toBe(0);
    await elapse();
    expect(one.link.capacity()).toBeGreaterThan(0);
    // Without a new start. The second `up` begins the messages that have waited.
    expect(one.events).toEqual(['starts', 'up', 'up']);
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
    expect(busy()).toBe(1);
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

/** Random sequences in which processes lose the store, miss their heartbeat, come back or are evicted. */
test('At no time do more processes submit than the carrier allows, and all links are in use again soon.', async () => {
  const act = fc.record({
    kind: fc.constantFrom('look', 'look', 'die', 'live', 'evict', 'cut', 'restore'),
    who: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(act, { maxLength: 30 }), async (links, acts) => {
      await restart();
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
          // Possibly before the process itself detects that its heartbeat is invalid.
          await db().query('update binds set held_by = null where held_by = $1', [one.holder.id]);
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

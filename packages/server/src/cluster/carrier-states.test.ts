import { expect, test, vi } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import type { Db } from '../db/db.ts';
import { createLog } from '../platform/log.ts';
import { CarrierStates } from './carrier-states.ts';
import { PAUSED } from './sql.ts';

/** Store in which each read of the paused carriers is answered by the test. */
function setUp() {
  const reads: ((paused: string[]) => void)[] = [];
  const query = async (sql: string) => {
    if (sql !== PAUSED.text) return [];
    const { promise, resolve } = Promise.withResolvers<object[]>();
    reads.push((paused) => resolve(paused.map((carrier) => ({ carrier }))));
    return promise;
  };
  const db = { query, wake: () => undefined } as unknown as Db;
  const onPauses = vi.fn();
  const states = new CarrierStates({ db, clock: new TestClock(), log: createLog('silent'), onPauses });
  return { states, reads, onPauses };
}

test('A read that began before a pause and ends after it does not undo the pause.', async () => {
  const { states, reads, onPauses } = setUp();
  const earlier = states.refresh();
  const pausing = states.pause('acme', 'operator');
  await vi.waitFor(() => expect(reads).toHaveLength(2));
  reads[1]?.(['acme']);
  await pausing;
  expect(states.isPaused('acme')).toBe(true);
  reads[0]?.([]);
  await earlier;
  expect(states.isPaused('acme')).toBe(true);
  expect(onPauses).toHaveBeenCalledTimes(1);
});

test('A later read applies after an outdated one was ignored.', async () => {
  const { states, reads } = setUp();
  const [first, second] = [states.refresh(), states.refresh()];
  reads[1]?.(['acme']);
  await second;
  reads[0]?.([]);
  await first;
  const third = states.refresh();
  reads[2]?.([]);
  await third;
  expect(states.isPaused('acme')).toBe(false);
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Queryable } from '../db.ts';
import { inSteps, Reads, readsOf } from './reads.ts';

function heldStore() {
  const asked: { sql: string; end(): void; fail(error: Error): void }[] = [];
  const store: Queryable = {
    query: <R extends object>(sql: string) =>
      new Promise<R[]>((resolve, reject) => asked.push({ sql, end: () => resolve([]), fail: reject })),
  };
  return { store, asked, names: () => asked.map(({ sql }) => sql) };
}

const idle = () => false;

test('Reads use a limited share of the store, in the order of their calls.', async () => {
  const { store, asked, names } = heldStore();
  const reads = new Reads(store, { atOnce: 2, isLoopBusy: idle });
  const all = ['a', 'b', 'c', 'd'].map((sql) => reads.query(sql, []));
  await nextTurn();
  expect(names()).toEqual(['a', 'b']);
  asked[1]?.end();
  await all[1];
  await expect.poll(names).toEqual(['a', 'b', 'c']);
  asked[0]?.end();
  await expect.poll(names).toEqual(['a', 'b', 'c', 'd']);
  for (const { end } of asked) end();
  await Promise.all(all);
});

test('A read that fails returns its share.', async () => {
  const { store, asked, names } = heldStore();
  const reads = new Reads(store, { atOnce: 1, isLoopBusy: idle });
  const first = reads.query('a', []);
  const second = reads.query('b', []);
  await nextTurn();
  asked[0]?.fail(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  await expect.poll(names).toEqual(['a', 'b']);
  asked[1]?.end();
  expect(await second).toEqual([]);
});

test('While the event loop is busy, a read waits as long as the evaluation of the last result took.', async () => {
  const startedAt: number[] = [];
  const store: Queryable = {
    query: async () => {
      startedAt.push(performance.now());
      return [];
    },
  };
  const reads = new Reads(store, { atOnce: 1, isLoopBusy: () => true });
  const evaluated = reads.query('a', []).then(() => {
    const until = performance.now() + 20;
    while (performance.now() < until);
    return performance.now();
  });
  await reads.query('b', []);
  expect((startedAt[1] ?? 0) - (await evaluated)).toBeGreaterThanOrEqual(18);
});

test('All readers of one store share one limit.', () => {
  const store = { kind: 'server' as const, ...heldStore().store };
  expect(readsOf(store)).toBe(readsOf(store));
});

test('Items are read in steps of 100, and their rows come in the order of the items.', async () => {
  const steps: number[] = [];
  const items = Array.from({ length: 250 }, (_, i) => i);
  const rows = await inSteps(items, async (some) => {
    steps.push(some.length);
    return some.map((item) => item * 2);
  });
  expect([steps, rows]).toEqual([[100, 100, 50], items.map((item) => item * 2)]);
  expect(await inSteps([], async () => expect.unreachable())).toEqual([]);
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatabaseUnavailable } from '../db.ts';
import { batched } from './batch.ts';

/** Runs that end on request of the test. */
function heldRuns() {
  const runs: { items: string[]; end(): void; fail(error: Error): void }[] = [];
  let begun = Promise.withResolvers<void>();
  return {
    runs,
    run(items: string[]): Promise<string[]> {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      runs.push({ items, end: () => resolve(items.map((item) => `${item} done`)), fail: reject });
      begun.resolve();
      begun = Promise.withResolvers();
      return promise;
    },
    /** Resolves when the nth run has begun. */
    async begun(count: number) {
      while (runs.length < count) await begun.promise;
      return runs[count - 1] as (typeof runs)[number];
    },
  };
}

const bad = (item: string) => new Error(`bad: ${item}`);

describe('Batch with a linger', () => {
  test('A batch lingers after the start of a full one, whose callers get their results at once.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100, lingerMs: 40 });
    const startedAt = performance.now();
    const first = Promise.all(Array.from({ length: 8 }, (_, i) => add(`a${i}`)));
    const running = await held.begun(1);
    const later = [add('b')];
    running.end();
    await first;
    later.push(add('c'));
    const next = await held.begun(2);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(38);
    expect(next.items).toEqual(['b', 'c']);
    next.end();
    await Promise.all(later);
  });

  test('A batch after a small one starts without a linger.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100, lingerMs: 3_600_000 });
    const first = add('a');
    const running = await held.begun(1);
    const second = add('b');
    running.end();
    await first;
    (await held.begun(2)).end();
    expect(await second).toBe('b done');
  });
});

describe('Batch', () => {
  test('A batch has all items of one turn of the event loop, and returns each result to its caller.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100 });
    const answers = Promise.all([add('a'), add('b'), add('c')]);
    (await held.begun(1)).end();
    expect(await answers).toEqual(['a done', 'b done', 'c done']);
    expect(held.runs.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  });

  test('Items that arrive during a batch form the next one, which starts after its end.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100 });
    const first = add('a');
    const running = await held.begun(1);
    const later = Promise.all([add('b'), add('c')]);
    await nextTurn();
    await nextTurn();
    expect(held.runs).toHaveLength(1);
    running.end();
    expect(await first).toBe('a done');
    (await held.begun(2)).end();
    expect(await later).toEqual(['b done', 'c done']);
    expect(held.runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
  });

  test('An item that arrives after a pause starts a new batch.', async () => {
    const add = batched({ run: async (items: number[]) => items.map((item) => item * 2), maxWeight: 10 });
    expect(await add(1)).toBe(2);
    expect(await add(2)).toBe(4);
  });

  test('A batch keeps its maximum weight and the order of arrival, and a heavier item runs alone.', async () => {
    const batches: number[][] = [];
    const add = batched({
      run: async (items: number[]) => {
        batches.push(items);
        return items;
      },
      maxWeight: 10,
      weigh: (item) => item,
    });
    const items = [6, 5, 4, 1, 20, 1, 9, 1];
    expect(await Promise.all(items.map(add))).toEqual(items);
    expect(batches).toEqual([[6], [5, 4, 1], [20], [1, 9], [1]]);
  });
});

describe('Failed batch', () => {
  test('A rejected batch is repeated one by one, and only bad items fail, each with its own error.', async () => {
    const batches: string[][] = [];
    const add = batched({
      run: async (items: string[]) => {
        batches.push(items);
        const wrong = items.find((item) => item.startsWith('!'));
        if (wrong) throw bad(wrong);
        return items.map((item) => `${item} done`);
      },
      maxWeight: 100,
    });
    const answers = await Promise.allSettled(['a', '!b', 'c', '!d'].map(add));
    expect(answers).toEqual([
      { status: 'fulfilled', value: 'a done' },
      { status: 'rejected', reason: bad('!b') },
      { status: 'fulfilled', value: 'c done' },
      { status: 'rejected', reason: bad('!d') },
    ]);
    expect(batches).toEqual([['a', '!b', 'c', '!d'], ['a'], ['!b'], ['c'], ['!d']]);
    expect(await add('e')).toBe('e done');
  });

  test('A rejected batch of one item is not repeated.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100 });
    const answer = expect(add('!a')).rejects.toEqual(bad('!a'));
    (await held.begun(1)).fail(bad('!a'));
    await answer;
    expect(held.runs).toHaveLength(1);
  });

  test('A batch on an unavailable store fails all its items at once, without a retry.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100 });
    const away = new DatabaseUnavailable('away');
    const answers = Promise.allSettled(['a', 'b', 'c'].map(add));
    (await held.begun(1)).fail(away);
    const reason = expect.toSatisfy((given) => given === away);
    expect(await answers).toEqual(Array(3).fill({ status: 'rejected', reason }));
    expect(held.runs).toHaveLength(1);
  });

  test('A batch on an unavailable store does not block the next one.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100 });
    const lost = expect(add('a')).rejects.toBeInstanceOf(DatabaseUnavailable);
    const running = await held.begun(1);
    const next = add('b');
    running.fail(new DatabaseUnavailable('away'));
    await lost;
    (await held.begun(2)).end();
    expect(await next).toBe('b done');
  });
});

describe('Concurrent batches', () => {
  test('Batches run concurrently up to the limit, and items that arrive meanwhile form the next ones.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100, atOnce: 2 });
    const first = add('a');
    await held.begun(1);
    const second = add('b');
    await held.begun(2);
    const later = Promise.all([add('c'), add('d')]);
    await nextTurn();
    await nextTurn();
    expect(held.runs).toHaveLength(2);
    held.runs[1]?.end();
    expect(await second).toBe('b done');
    (await held.begun(3)).end();
    expect(await later).toEqual(['c done', 'd done']);
    held.runs[0]?.end();
    expect(await first).toBe('a done');
    expect(held.runs.map(({ items }) => items)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  test('All items of one turn of the event loop share a batch that can hold them.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 100, atOnce: 4 });
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map(add));
    (await held.begun(1)).end();
    expect(await answers).toHaveLength(5);
    expect(held.runs.map(({ items }) => items)).toEqual([['a', 'b', 'c', 'd', 'e']]);
  });

  test('Items above the maximum weight of one batch run in concurrent batches.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 2, atOnce: 2 });
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map(add));
    await held.begun(2);
    await nextTurn();
    await nextTurn();
    expect(held.runs.map(({ items }) => items)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    held.runs[1]?.end();
    (await held.begun(3)).end();
    held.runs[0]?.end();
    expect(await answers).toEqual(['a', 'b', 'c', 'd', 'e'].map((item) => `${item} done`));
  });

  test('A failed batch does not affect concurrent batches, and its slot is used again.', async () => {
    const held = heldRuns();
    const add = batched({ run: held.run, maxWeight: 1, atOnce: 2 });
    const [one, two] = [add('a'), add('!b')];
    const lost = expect(one).rejects.toBeInstanceOf(DatabaseUnavailable);
    const refused = expect(two).rejects.toEqual(bad('!b'));
    await held.begun(2);
    held.runs[0]?.fail(new DatabaseUnavailable('away'));
    await lost;
    const next = add('c');
    (await held.begun(3)).end();
    expect(await next).toBe('c done');
    held.runs[1]?.fail(bad('!b'));
    await refused;
    const again = [add('d'), add('e')];
    (await held.begun(4)).end();
    (await held.begun(5)).end();
    expect(await Promise.all(again)).toEqual(['d done', 'e done']);
  });
});

test('Each item gets its own result, and no batch exceeds its maximum weight.', async () => {
  const items = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 12 }), bad: fc.boolean() }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(items, async (given) => {
      const order: number[] = [];
      const numbered = given.map((item, number) => ({ ...item, number }));
      const add = batched({
        run: async (batch: typeof numbered) => {
          expect(batch.length === 1 || batch.reduce((sum, { weight }) => sum + weight, 0) <= 10).toBe(true);
          const wrong = batch.find((item) => item.bad);
          if (wrong) throw bad(String(wrong.number));
          order.push(...batch.map(({ number }) => number));
          return batch.map(({ number }) => number);
        },
        maxWeight: 10,
        weigh: ({ weight }) => weight,
      });
      const answers = await Promise.allSettled(numbered.map(add));
      expect(answers).toEqual(
        numbered.map((item) =>
          item.bad
            ? { status: 'rejected', reason: bad(String(item.number)) }
            : { status: 'fulfilled', value: item.number },
        ),
      );
      expect(order).toEqual(numbered.filter((item) => !item.bad).map(({ number }) => number));
    }),
  );
});

test('No more batches run at once than allowed, and no item waits while another batch may run.', async () => {
  const arrival = fc.record({ weight: fc.integer({ min: 1, max: 8 }), turn: fc.integer({ min: 0, max: 12 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(arrival, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      async (arrivals, atOnce, turns) => {
        let running = 0;
        let most = 0;
        let waiting = 0;
        const taken: number[] = [];
        const add = batched({
          run: async (batch: { n: number; weight: number }[]) => {
            running += 1;
            waiting -= batch.length;
            most = Math.max(most, running);
            expect(batch.length === 1 || batch.reduce((sum, { weight }) => sum + weight, 0) <= 10).toBe(true);
            taken.push(...batch.map(({ n }) => n));
            for (let left = turns.next().value as number; left > 0; left -= 1) await nextTurn();
            running -= 1;
            return batch.map(({ n }) => n);
          },
          maxWeight: 10,
          weigh: ({ weight }) => weight,
          atOnce,
        });
        const answers: Promise<number>[] = [];
        for (let turn = 0; turn <= 12; turn += 1) {
          for (const [n, { weight }] of arrivals.entries()) {
            if (arrivals[n]?.turn !== turn) continue;
            waiting += 1;
            answers.push(add({ n, weight }));
          }
          await nextTurn();
          await nextTurn();
          if (waiting > 0) expect(running).toBe(atOnce);
        }
        const inOrder = arrivals
          .map((_, n) => n)
          .toSorted((a, b) => (arrivals[a]?.turn ?? 0) - (arrivals[b]?.turn ?? 0));
        expect(await Promise.all(answers)).toEqual(inOrder);
        expect(taken).toEqual(inOrder);
        expect(most).toBeLessThanOrEqual(atOnce);
      },
    ),
  );
});

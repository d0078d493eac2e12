import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StatementScheduler } from './statement-scheduler.ts';

/** Work that ends on request of the test. */
function steered() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve(name));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  };
  return { started, work, end };
}

test('Two statements run at a time, and an urgent statement is the next.', async () => {
  const { started, work, end } = steered();
  const scheduler = new StatementScheduler();
  for (const name of ['a', 'b', 'c', 'd']) void scheduler.statement(work(name));
  void scheduler.statement(work('urgent'), true);
  expect(started).toEqual(['a', 'b']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'urgent']);
  await end('b');
  await end('urgent');
  expect(started).toEqual(['a', 'b', 'urgent', 'c', 'd']);
});

test('After four urgent statements in a row, a waiting one runs, so that a flood does not stop other work.', async () => {
  const { started, work, end } = steered();
  const scheduler = new StatementScheduler();
  for (const name of ['a', 'b']) void scheduler.statement(work(name));
  for (let i = 1; i <= 6; i += 1) void scheduler.statement(work(`urgent ${i}`), true);
  void scheduler.statement(work('c'));
  for (let i = 0; i < started.length; i += 1) await end(started[i] as string);
  const expected = ['urgent 1', 'urgent 2', 'urgent 3', 'urgent 4', 'c', 'urgent 5', 'urgent 6'];
  expect(started).toEqual(['a', 'b', ...expected]);
});

test('Nothing starts during a transaction, and a statement waits only for earlier transactions.', async () => {
  const { started, work, end } = steered();
  const scheduler = new StatementScheduler();
  void scheduler.transaction(work('first'));
  void scheduler.statement(work('between'));
  void scheduler.transaction(work('second'));
  void scheduler.statement(work('urgent'), true);
  expect(started).toEqual(['first']);
  await end('first');
  expect(started).toEqual(['first', 'urgent', 'between']);
  await end('between');
  expect(started).toEqual(['first', 'urgent', 'between', 'second']);
});

test('An error reaches only its caller, and `idle` resolves afterwards.', async () => {
  const scheduler = new StatementScheduler();
  await scheduler.idle();
  const failed = scheduler.transaction(async () => {
    throw new Error('refused');
  });
  const done = scheduler.statement(async () => 'done');
  await expect(failed).rejects.toThrow('refused');
  expect(await done).toBe('done');
  await scheduler.idle();
});

test('All statements and transactions run, each kind in its order, and none starts during a transaction.', async () => {
  const kind = fc.constantFrom('statement', 'urgent', 'transaction');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kind, fc.nat(3)), { maxLength: 30 }), async (given) => {
      const scheduler = new StatementScheduler();
      const order: string[] = [];
      let underWay = 0;
      let isInTransaction = false;
      const runs = given.map(([kind, ticks], i) => {
        const work = async () => {
          expect(isInTransaction).toBe(false);
          order.push(`${kind} ${i}`);
          underWay += 1;
          isInTransaction = kind === 'transaction';
          expect(underWay).toBeLessThanOrEqual(2);
          for (let tick = 0; tick < ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
          if (kind === 'transaction') isInTransaction = false;
        };
        return kind === 'transaction' ? scheduler.transaction(work) : scheduler.statement(work, kind === 'urgent');
      });
      await Promise.all(runs);
      for (const one of ['statement', 'urgent', 'transaction']) {
        const places = order.filter((text) => text.startsWith(one)).map((text) => Number(text.split(' ')[1]));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      expect(order).toHaveLength(given.length);
    }),
    { numRuns: 50 },
  );
});

import { describe, expect, test } from 'vitest';
import { DatabaseUnavailable, type Store } from '../db.ts';
import { repeatWhileStarting } from './patience.ts';

/** Store whose next `failures` calls lose their connection. */
function store(failures: number) {
  let calls = 0;
  const lose = async <T>(result: T): Promise<T> => {
    calls += 1;
    if (calls <= failures) throw new DatabaseUnavailable('terminating connection');
    return result;
  };
  const lossy = {
    query: () => lose([{ ok: true }]),
    transaction: (work: (tx: never) => Promise<unknown>) => lose(undefined).then(() => work(undefined as never)),
    onTimeline: () => lose(undefined),
  } as unknown as Pick<Store, 'query' | 'transaction' | 'onTimeline'>;
  return { lossy, calls: () => calls };
}

describe('Store of a process that starts', () => {
  test.each([
    ['A query', (db: Pick<Store, 'query'>) => db.query('select 1'), [{ ok: true }]],
    ['A transaction', (db: Pick<Store, 'transaction'>) => db.transaction(async () => 'done'), 'done'],
    ['An admission', (db: Pick<Store, 'onTimeline'>) => db.onTimeline(async () => false), undefined],
  ])('%s that loses its connection is repeated.', async (_what, work, result) => {
    const { lossy, calls } = store(2);
    repeatWhileStarting(lossy);
    expect(await work(lossy as never)).toEqual(result);
    expect(calls()).toBe(3);
  });

  test('After the start, a lost connection is reported at once.', async () => {
    const { lossy, calls } = store(9);
    repeatWhileStarting(lossy)();
    await expect(lossy.query('select 1')).rejects.toThrow(DatabaseUnavailable);
    expect(calls()).toBe(1);
  });

  test('A server without a free connection is reported at once.', async () => {
    const error = new DatabaseUnavailable('too many connections', { cause: { code: '53300' } });
    const lossy = { query: () => Promise.reject(error), transaction: async () => undefined };
    repeatWhileStarting(lossy as never);
    await expect(lossy.query()).rejects.toBe(error);
  });

  test('Other errors are not repeated.', async () => {
    const lossy = { query: () => Promise.reject(new Error('syntax error')), transaction: async () => undefined };
    repeatWhileStarting(lossy as never);
    await expect(lossy.query()).rejects.toThrow('syntax error');
  });
});

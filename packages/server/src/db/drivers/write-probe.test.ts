import { expect, test } from 'vitest';
import { DatabaseUnavailable, type Queryable } from '../db.ts';
import { WriteProbe } from './write-probe.ts';

const unavailable = (code: string) =>
  new DatabaseUnavailable(code, { cause: Object.assign(new Error(code), { code }) });

/** Store that records its statements, and may reject writes. */
function store() {
  const asked: string[] = [];
  let refusal: Error | undefined;
  const query = async <R extends object>(sql: string): Promise<R[]> => {
    asked.push(sql.trim().split(' ', 1)[0] as string);
    if (refusal && !sql.startsWith('select')) throw refusal;
    return [];
  };
  return {
    asked,
    query,
    transaction: async <T>(work: (tx: Queryable) => Promise<T>) => work({ query }),
    refuseWrites: (error: Error | undefined) => {
      refusal = error;
    },
  };
}

test('A store is ready when it responds, as long as no write has failed for lack of space.', async () => {
  const probe = new WriteProbe();
  const db = store();
  for (const code of ['23505', '40001', '57014', '57P01', '08006']) probe.saw(unavailable(code));
  await probe.run(db);
  expect(db.asked).toEqual(['select']);
});

test.each(['53100', '53200', '58030', '25006'])(
  'After %s, a store is ready only after a successful write.',
  async (code) => {
    const probe = new WriteProbe();
    const db = store();
    probe.saw(unavailable(code));
    db.refuseWrites(unavailable(code));
    for (let i = 0; i < 2; i += 1) await expect(probe.run(db)).rejects.toBeInstanceOf(DatabaseUnavailable);
    db.refuseWrites(undefined);
    await probe.run(db);
    await probe.run(db);
    expect(db.asked).toEqual(['create', 'create', 'create', 'select']);
  },
);

test('A write that fails while a probe runs requires another probe.', async () => {
  const probe = new WriteProbe();
  const db = store();
  probe.saw(unavailable('53100'));
  const running = probe.run(db);
  probe.saw(unavailable('53100'));
  await running;
  await probe.run(db);
  expect(db.asked).toEqual(['create', 'create']);
});

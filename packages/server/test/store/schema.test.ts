import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { describeSchema } from '../support/schema.ts';
import { type TestStore, testStore } from '../support/store.ts';

let store: TestStore;
let db: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

test('migrations/schema.sql equals the result of the migrations. If not, run `npm run db:schema`.', async () => {
  const committed = await readFile(new URL('../../migrations/schema.sql', import.meta.url), 'utf8');
  expect(await describeSchema(db)).toBe(committed.replace(/^(--.*\n)+\n/, ''));
});

test.each([
  ['a column', 'alter table jobs add column more text'],
  ['a default', "alter table jobs alter column queue set default 'x'"],
  ['a type', 'alter table jobs alter column attempt type bigint'],
  ['NOT NULL', 'alter table jobs alter column queue drop not null'],
  ['a constraint', 'alter table jobs add check (attempt < 1000)'],
  ['a storage option', 'alter table jobs set (fillfactor = 50)'],
  ['an index', 'drop index jobs_due'],
  ['a table', 'create table more (a int)'],
])('The description shows a change of %s.', async (_, sql) => {
  const before = await describeSchema(db);
  const undone = new Error('undo');
  let after = before;
  const changed = db.transaction(async (tx) => {
    await tx.query(sql);
    after = await describeSchema(tx);
    throw undone;
  });
  await expect(changed).rejects.toBe(undone);
  expect(after).not.toBe(before);
  expect(await describeSchema(db)).toBe(before);
});

import { afterAll, beforeAll } from 'vitest';
import type { Db } from '../../src/db/db.ts';
import { type TestStore, testStore } from './store.ts';

/** A store for the tests of a file, opened before the first and dropped after the last. @returns a way to it, once they run. */
export function ownStore(): () => Db {
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
  return () => db;
}

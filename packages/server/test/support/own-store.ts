import { afterAll, beforeAll } from 'vitest';
import type { Db } from '#db/db.ts';
import { type TestStore, testStore } from './store.ts';

/**
 * Opens a store for one test file before its first test, and drops it after the last.
 * @returns access to the store while tests run.
 */
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

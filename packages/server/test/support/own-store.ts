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

/**
 * Opens one store for one test file, as `count` processes do: with a connection for each on PostgreSQL. The embedded
 * store has one connection in total, which all of them share.
 * @returns access to the connections while tests run.
 */
export function ownStores(count: number): () => Db[] {
  let store: TestStore;
  let opened: Db[];
  beforeAll(async () => {
    store = await testStore();
    const first = await store.open();
    opened = [first];
    while (opened.length < count) opened.push(first.kind === 'server' ? await store.open() : first);
  });
  afterAll(async () => {
    await Promise.all([...new Set(opened)].map((db) => db.close()));
    await store.drop();
  });
  return () => opened;
}

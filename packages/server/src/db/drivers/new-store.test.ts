import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCRATCH } from '../../../test/support/scratch.ts';
import { createLog } from '../../platform/log.ts';
import type { Store } from '../db.ts';
import { migrate, pendingMigrations, readMigrations } from '../schema/migrate.ts';
import { openEmbedded } from './embedded.ts';
import { fillFromArchive, preparedArchive } from './new-store.ts';
import { PgliteThread } from './thread.ts';

let directory: string;
const path = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(SCRATCH, 'redcloud-new-store-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function opened(dataDir: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openEmbedded(dataDir, createLog('silent'));
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

test('A checkout has the archive of its migrations, as `npm ci` creates it.', () => {
  expect(existsSync(preparedArchive())).toBe(true);
});

test('The first start takes the migrated store from the archive, and leaves nothing beside it.', async () => {
  const startedAt = Date.now();
  await opened(directory, async (store) => {
    expect(await pendingMigrations(store)).toEqual([]);
    const applied = await store.query<{ at: Date }>('select applied_at as at from schema_migrations');
    expect(applied).toHaveLength(readMigrations().length);
    for (const { at } of applied) expect(at.getTime()).toBeGreaterThanOrEqual(startedAt - 1_000);
  });
  expect(readdirSync(directory).toSorted()).toEqual(['pg', 'redcloud.lock']);
});

test('A store with data is opened as it is.', async () => {
  await opened(directory, async (store) => {
    await store.query('create table kept (name text)');
  });
  await opened(directory, async (store) => {
    expect(await store.query('select name from kept')).toEqual([]);
  });
});

test('A first start that was killed while it wrote files is repeated.', async () => {
  mkdirSync(path('pg'));
  mkdirSync(path('.redcloud-new-store'));
  writeFileSync(path('.redcloud-new-store/PG_VERSION'), '');
  mkdirSync(path('pg.new'));
  await opened(directory, async (store) => {
    expect(await pendingMigrations(store)).toEqual([]);
  });
  expect(readdirSync(directory).toSorted()).toEqual(['pg', 'pg.new', 'redcloud.lock']);
});

test('A link is refused, because its target would have no lock and no backup.', async () => {
  mkdirSync(path('disk'));
  mkdirSync(path('data'));
  symlinkSync(path('disk'), path('data/pg'));
  await expect(opened(path('data'), async () => undefined)).rejects.toThrow(/pg is a symbolic link\. Mount the disk/);
  expect(readdirSync(path('disk'))).toEqual([]);
});

test('A store whose files have disappeared is not replaced by a new one while the process runs.', async () => {
  mkdirSync(path('pg'));
  await expect(PgliteThread.open(path('pg'), false)).rejects.toThrow('its files have disappeared');
  expect(readdirSync(path('pg'))).toEqual([]);
});

test('A directory that cannot be replaced stays empty, so that PGlite creates the files in it.', async () => {
  mkdirSync(path('pg'));
  // An entry that appears after the check has the same effect as a mount point.
  writeFileSync(path('pg/lost+found'), '');
  expect(await fillFromArchive(path('pg'))).toBe(false);
  expect(readdirSync(directory)).toEqual(['pg']);
  expect(readdirSync(path('pg'))).toEqual(['lost+found']);
});

test.each([0, 1_000, 1_000_000])('An archive of which only %i bytes are left is not used.', async (bytes) => {
  mkdirSync(path('pg'));
  writeFileSync(path('damaged'), readFileSync(preparedArchive()).subarray(0, bytes));
  expect(await fillFromArchive(path('pg'), path('damaged'))).toBe(false);
  expect(readdirSync(directory)).toEqual(['damaged', 'pg']);
  expect(readdirSync(path('pg'))).toEqual([]);
});

test('The archive and the migrations lead to the same schema.', async () => {
  const columns = `select table_name, column_name, data_type, column_default, is_nullable
    from information_schema.columns where table_schema = 'public' order by 1, 2`;
  const indexes = `select indexdef from pg_indexes where schemaname = 'public' order by 1`;
  await opened(directory, async (store) => {
    const filled = [await store.query(columns), await store.query(indexes)];
    await store.query('drop schema public cascade; create schema public');
    await migrate(store);
    expect([await store.query(columns), await store.query(indexes)]).toEqual(filled);
  });
});

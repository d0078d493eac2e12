import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMigrations } from '#db/schema/migrate.ts';
import { runCommand } from '../support/check-carrier.ts';
import { environment } from '../support/process.ts';
import { SCRATCH } from '../support/scratch.ts';
import { type TestStore, testStore } from '../support/store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-migrate-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const CURRENT = { status: 0, stdout: 'The schema is current. No migration was pending.\n', stderr: '' };

test('An empty database gets all migrations, and a second run applies none.', { tags: 'slow' }, async () => {
  const names = readMigrations().map(({ name }) => `applied ${name}\n`);
  const store: TestStore = await testStore();
  try {
    const db = await store.open();
    await db.query('drop schema public cascade; create schema public');
    await db.close();
    const first = await runCommand(['migrate'], environment(store));
    expect(first).toEqual({ status: 0, stdout: names.join(''), stderr: '' });
    expect(await runCommand(['migrate'], environment(store))).toEqual(CURRENT);
  } finally {
    await store.drop();
  }
});

test('A new embedded store is migrated already.', async () => {
  expect(await runCommand(['migrate'], { RC_DATA_DIR: directory })).toEqual(CURRENT);
});

test('A store with a newer schema is refused, and stays unchanged.', async () => {
  const store: TestStore = await testStore();
  try {
    const db = await store.open();
    await db.query(`insert into schema_migrations (version, name, checksum) values (9999, '9999_later.sql', 'x')`, []);
    await db.close();
    const { status, stdout, stderr } = await runCommand(['migrate'], environment(store));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'The database schema is newer than this version of Red Cloud (migration 9999_later.sql). Start the newer version.\n',
    );
  } finally {
    await store.drop();
  }
});

test('An unreachable database is an error of one line.', async () => {
  const { status, stderr } = await runCommand(['migrate'], {
    DATABASE_URL: 'postgresql://127.0.0.1:1/redcloud',
    RC_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^DATABASE_URL: 127\.0\.0\.1:1\/redcloud cannot.*\n$/)]);
});

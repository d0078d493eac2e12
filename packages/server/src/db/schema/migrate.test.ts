import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDirectory } from '../../../test/support/directory.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import type { Db } from '../db.ts';
import { type Migration, migrate, readMigrations, SchemaError } from './migrate.ts';

let store: TestStore;
let db: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
/** Empty database, as on a first start. */
beforeEach(() => db.query('drop schema public cascade; create schema public'));
afterAll(async () => {
  await db.close();
  await store.drop();
});

function migration(version: number, sql: string): Migration {
  const name = `${String(version).padStart(4, '0')}_test.sql`;
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

const FIRST = migration(1, 'create table log (step text); insert into log values (1)');
const SECOND = migration(2, 'alter table log add column note text; insert into log values (2)');
const THIRD = migration(3, 'alter table log drop column note; insert into log values (3)');
const BROKEN = migration(3, 'insert into log values (3); create table half (a int); select 1 / 0');

const steps = async () =>
  (await db.query<{ step: string }>('select step from log order by step')).map(({ step }) => step);
const tables = async () =>
  (
    await db.query<{ name: string }>(`select relname as name from pg_class where relkind in ('r', 'p')
      and relnamespace = 'public'::regnamespace order by relname`)
  ).map(({ name }) => name);

describe('Migrations', () => {
  test('Migrations are applied in order and returned by name.', async () => {
    expect(await migrate(db, [FIRST, SECOND, THIRD])).toEqual(['0001_test.sql', '0002_test.sql', '0003_test.sql']);
    expect(await steps()).toEqual(['1', '2', '3']);
  });

  test('Migrations are applied once, and a newer version applies only the new ones.', async () => {
    await migrate(db, [FIRST, SECOND]);
    expect(await migrate(db, [FIRST, SECOND])).toEqual([]);
    expect(await migrate(db, [FIRST, SECOND, THIRD])).toEqual(['0003_test.sql']);
    expect(await steps()).toEqual(['1', '2', '3']);
  });

  test('Migrations are applied once by concurrent calls.', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(db, [FIRST, SECOND])));
    expect(applied.flat().toSorted()).toEqual(['0001_test.sql', '0002_test.sql']);
    expect(await steps()).toEqual(['1', '2']);
  });

  test('The migrations of this version apply to an empty database.', async () => {
    expect(await migrate(db)).toEqual(readMigrations().map(({ name }) => name));
    expect(await tables()).toContain('messages');
  });
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = 'several processes (skipped: the embedded store has one, and TEST_DATABASE_URL is not set)';

describe.skipIf(!SERVER)(SERVER ? 'several processes' : SKIPPED, () => {
  test('Processes that start concurrently on an empty database apply each migration once.', async () => {
    const processes = await Promise.all(Array.from({ length: 6 }, () => store.open()));
    try {
      const applied = await Promise.all(processes.map((one) => migrate(one)));
      expect(applied.flat()).toEqual(readMigrations().map(({ name }) => name));
      expect(applied.filter(({ length }) => length === 0)).toHaveLength(5);
    } finally {
      await Promise.all(processes.map((one) => one.close()));
    }
  });
});

describe('Failed migration', () => {
  test('A failed migration leaves an empty database empty.', async () => {
    await expect(migrate(db, [FIRST, SECOND, BROKEN])).rejects.toMatchObject({ code: '22012' });
    expect(await tables()).toEqual([]);
  });

  test('A failed migration leaves the schema unchanged, and applies after it is fixed.', async () => {
    await migrate(db, [FIRST]);
    await expect(migrate(db, [FIRST, SECOND, BROKEN])).rejects.toMatchObject({ code: '22012' });
    expect([await tables(), await steps()]).toEqual([['log', 'schema_migrations'], ['1']]);
    expect(await migrate(db, [FIRST, SECOND, THIRD])).toEqual(['0002_test.sql', '0003_test.sql']);
  });
});

describe('Incompatible schema', () => {
  test('A newer schema is rejected with the name of its unknown migration.', async () => {
    await migrate(db, [FIRST, SECOND]);
    const refused = migrate(db, [FIRST]);
    await expect(refused).rejects.toBeInstanceOf(SchemaError);
    await expect(refused).rejects.toThrow(/newer.*0002_test\.sql/);
    expect(await steps()).toEqual(['1', '2']);
  });

  test('A changed file of an applied migration is rejected by name, and no migration is applied.', async () => {
    await migrate(db, [FIRST, SECOND]);
    const refused = migrate(db, [FIRST, migration(2, `${SECOND.sql} `), THIRD]);
    await expect(refused).rejects.toBeInstanceOf(SchemaError);
    await expect(refused).rejects.toThrow('0002_test.sql was changed');
    expect(await steps()).toEqual(['1', '2']);
  });
});

describe('Migration files', () => {
  test('Migration files are read in the order of their numbers, and other files are ignored.', async () => {
    const directory = testDirectory('migrations');
    const files = ['0010_ten.sql', '0002_two.sql', '0001_one.sql', 'schema.sql', '0003_three.sql.orig', 'README.md'];
    for (const file of files) await writeFile(join(directory, file), `-- ${file}`);
    const read = readMigrations(pathToFileURL(`${directory}/`));
    expect(read.map(({ version, name, sql }) => [version, name, sql])).toEqual([
      [1, '0001_one.sql', '-- 0001_one.sql'],
      [2, '0002_two.sql', '-- 0002_two.sql'],
      [10, '0010_ten.sql', '-- 0010_ten.sql'],
    ]);
    expect(new Set(read.map(({ checksum }) => checksum)).size).toBe(3);
  });

  test('The migrations of this version are numbered from 1 without a gap.', () => {
    const migrations = readMigrations();
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
  });
});

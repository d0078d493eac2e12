import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '#db/db.ts';
import { ConfigError } from '#platform/config-error.ts';
import { libpqEnvironment } from '#platform/database-url.ts';
import { runPostgres } from './programs.ts';

const FILE = 'database.dump';

/** Schema of the tables of Red Cloud. Undefined if the search_path does not contain them. */
export async function schemaOf(db: Db): Promise<string | undefined> {
  const [row] = await db.query<{ schema: string }>(
    `select nspname as schema from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid = to_regclass('schema_migrations')`,
    [],
  );
  return row?.schema;
}

/**
 * Creates the schema of a backup, if it is absent.
 * @throws ConfigError if the search_path does not begin with it, so that the server would not find the tables.
 */
export async function prepareSchema(db: Db, schema: string): Promise<void> {
  if (!(await isPresent(db, schema))) await db.query(`create schema ${quoted(schema)}`);
  const [row] = await db.query<{ first: string | null }>('select current_schema() as first', []);
  if (row?.first === schema) return;
  throw new ConfigError(
    `DATABASE_URL: the backup is of the schema ${schema}, and the search_path begins with ${row?.first ?? 'none'}. ` +
      `Add \`options=-c search_path=${schema}\` to the URL.`,
  );
}

async function isPresent(db: Db, schema: string): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(
    'select exists (select from pg_namespace where nspname = $1) as found',
    [schema],
  );
  return row?.found === true;
}

/**
 * Writes one schema of a database. Extensions, roles and their rights are left out: they belong to the server, and another one may lack
 * them.
 */
export async function dump(databaseUrl: string, schema: string, directory: string): Promise<void> {
  const file = join(directory, FILE);
  writeFileSync(file, '', { mode: 0o600 });
  const options = ['--format=custom', '--no-owner', '--no-privileges'];
  await runPostgres('pg_dump', [...options, `--schema=${quoted(schema)}`, `--file=${file}`], databaseUrl);
}

/** Restores a dump in one transaction. @param schema undefined: all schemas of a backup of an older version. */
export async function restoreDump(databaseUrl: string, schema: string | undefined, directory: string): Promise<void> {
  const { PGDATABASE: database } = libpqEnvironment(databaseUrl);
  const options = ['--exit-on-error', '--single-transaction', '--no-owner', '--no-privileges', `--dbname=${database}`];
  const only = schema === undefined ? [] : [`--schema=${schema}`];
  await runPostgres('pg_restore', [...options, ...only, join(directory, FILE)], databaseUrl);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

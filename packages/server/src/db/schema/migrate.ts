import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Db, Queryable } from '../db.ts';

const DIRECTORY = new URL('../../../migrations/', import.meta.url);
/** Arbitrary constant that identifies this lock among the advisory locks of the database. */
const LOCK = 7_233_310_001;

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

/** Schema that this code must not change. The operator can fix the problem. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** Reads the numbered files of `migrations/`, in order, for example `0001_what_it_does.sql`. */
export function readMigrations(directory: URL = DIRECTORY): Migration[] {
  return readdirSync(directory)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, directory), 'utf8');
      return { version: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies the missing migrations, forward only, in one transaction under one lock. Any number of processes may start at
 * the same time, and a failure leaves the schema unchanged.
 * @returns names of the applied migrations.
 * @throws SchemaError when the schema is newer than the code, or an applied migration was changed since.
 */
export function migrate(
  db: Pick<Db, 'transaction'>,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query(`create table if not exists schema_migrations (
      version integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`);
    const applied = await tx.query<Omit<Migration, 'sql'>>(
      'select version, name, checksum from schema_migrations order by version',
      [],
    );
    refuseUnknown(applied, migrations);
    const done = new Set(applied.map(({ version }) => version));
    const pending = migrations.filter(({ version }) => !done.has(version));
    for (const migration of pending) await apply(tx, migration);
    return pending.map(({ name }) => name);
    // No time limit, because large databases take long, and other processes wait for the lock as long.
  }, 'endless');
}

/**
 * Names of the migrations that the next start applies. Changes nothing.
 * @throws SchemaError as `migrate` does.
 */
export async function pendingMigrations(
  db: Queryable,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  const [table] = await db.query<{ name: string | null }>(`select to_regclass('schema_migrations')::text as name`, []);
  if (!table?.name) return migrations.map(({ name }) => name);
  const applied = await db.query<Omit<Migration, 'sql'>>('select version, name, checksum from schema_migrations', []);
  refuseUnknown(applied, migrations);
  const done = new Set(applied.map(({ version }) => version));
  return migrations.filter(({ version }) => !done.has(version)).map(({ name }) => name);
}

function refuseUnknown(applied: Omit<Migration, 'sql'>[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of applied) {
    const ours = known.get(version);
    if (!ours) {
      throw new SchemaError(
        `The database schema is newer than this version of Red Cloud (migration ${name}). Start the newer version.`,
      );
    }
    if (ours.checksum !== checksum) {
      throw new SchemaError(`Migration ${name} was changed after it was applied here. Restore the original file.`);
    }
  }
}

async function apply(tx: Queryable, migration: Migration): Promise<void> {
  await tx.query(migration.sql);
  await tx.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

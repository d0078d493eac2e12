import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Db, Queryable } from './db.ts';

const DIRECTORY = new URL('../../migrations/', import.meta.url);
/** Any constant: it names our lock among the database's advisory locks. */
const LOCK = 7_233_310_001;

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

/** What the operator can mend: a schema that this code must not touch. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** The numbered files of `migrations/`, in order: `0001_what_it_does.sql`. */
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
 * Brings the schema up to this code, forward only, all in one transaction under one lock: any number of processes may
 * start at once, and a failure leaves the schema as it was.
 * @returns the names of the migrations that were applied.
 * @throws SchemaError when the schema is newer than the code, or an applied migration was changed since.
 */
export function migrate(db: Db, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
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
    // What a large database takes; and others wait for the lock as long.
  }, 'endless');
}

function refuseUnknown(applied: Omit<Migration, 'sql'>[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of applied) {
    const ours = known.get(version);
    if (!ours) {
      throw new SchemaError(
        `The database's schema is newer than this version of Red Cloud (it has ${name}). Start the newer version.`,
      );
    }
    if (ours.checksum !== checksum) {
      throw new SchemaError(`Migration ${name} was changed after it was applied here. Restore the file as it was.`);
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

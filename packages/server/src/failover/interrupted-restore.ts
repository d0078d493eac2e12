import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '#db/db.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';

/** File of RC_DATA_DIR that exists while an embedded store is restored. */
const FILE = 'restoring';
/** Schema that exists while a database is restored. No backup contains it, and every owner of a database may create it. */
const SCHEMA = 'redcloud_restoring';
/** SQL condition that a restore has begun, and its hold has not. */
export const IS_RESTORING = `to_regnamespace('${SCHEMA}') is not null`;

/** SQLSTATE insufficient_privilege. */
const FORBIDDEN = '42501';

/**
 * Marks a database that is being restored, so that no process uses it before the hold.
 * @throws ConfigError if the role may not create schemas.
 */
export async function markRestore(db: Db): Promise<void> {
  await db.query(`create schema ${SCHEMA}`).catch((error) => {
    if (error.code !== FORBIDDEN) throw error;
    throw new ConfigError('DATABASE_URL: the role may not create schemas. Make it the owner of the database.');
  });
}

/** As `markRestore`, for an embedded store. */
export function markRestoreIn(dataDir: string): void {
  makeDirectory(dataDir);
  writeFileSync(join(dataDir, FILE), '', { mode: 0o600 });
}

/** Removes the mark of a restore, after its hold has begun. */
export async function completeRestore(db: Db, dataDir: string): Promise<void> {
  if (db.kind === 'server') await db.query(`drop schema if exists ${SCHEMA}`);
  else rmSync(join(dataDir, FILE), { force: true });
}

/** @throws ConfigError if a restore has not reached its hold. Messages would be sent again. */
export async function refuseInterruptedRestore(db: Db, dataDir: string): Promise<void> {
  const isMarked = db.kind === 'server' ? await isServerMarked(db) : existsSync(join(dataDir, FILE));
  if (!isMarked) return;
  throw new ConfigError(
    'A restore of this store was interrupted. Remove the database or RC_DATA_DIR, and run `redcloud-server restore` again.',
  );
}

async function isServerMarked(db: Db): Promise<boolean> {
  const [row] = await db.query<{ marked: boolean }>(`select ${IS_RESTORING} as marked`, []);
  return row?.marked === true;
}

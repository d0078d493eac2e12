import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '#db/db.ts';
import type { Config } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';

/** File of RC_DATA_DIR that exists while an embedded store is restored. */
const FILE = 'restoring';
/** Schema that exists while a database is restored. No backup contains it, and every owner of a database may create it. */
const SCHEMA = 'redcloud_restoring';
/** SQL condition that a restore has begun, and its hold has not. */
export const IS_RESTORING = `to_regnamespace('${SCHEMA}') is not null`;

/** SQLSTATE insufficient_privilege. */
const FORBIDDEN = '42501';

/** Settings that name the store. */
type Place = Pick<Config, 'databaseUrl' | 'dataDir'>;

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

/** As `markRestore`, for an embedded store in an existing directory. */
export function markRestoreIn(dataDir: string): void {
  writeFileSync(join(dataDir, FILE), '', { mode: 0o600 });
}

/** Removes the mark of a restore, after its hold has begun. */
export async function completeRestore(db: Db, dataDir: string): Promise<void> {
  if (db.kind === 'server') await db.query(`drop schema if exists ${SCHEMA}`);
  else rmSync(join(dataDir, FILE), { force: true });
}

/**
 * Call before an embedded store is opened, because its files may be incomplete.
 * @throws ConfigError if a restore of the store has not reached its hold. Messages would be sent again.
 */
export function refuseInterruptedRestoreIn({ databaseUrl, dataDir }: Place): void {
  if (!databaseUrl && existsSync(join(dataDir, FILE))) throw new ConfigError(interrupted('RC_DATA_DIR'));
}

/** As `refuseInterruptedRestoreIn`, for a database server. */
export async function refuseInterruptedRestore(db: Db): Promise<void> {
  if (db.kind === 'embedded') return;
  const [row] = await db.query<{ marked: boolean }>(`select ${IS_RESTORING} as marked`, []);
  if (row?.marked) throw new ConfigError(interrupted('the database'));
}

function interrupted(what: string): string {
  return `A restore of this store was interrupted. Remove ${what}, and run \`redcloud-server restore\` again.`;
}

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '#db/db.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';

/** File of RC_DATA_DIR that exists while an embedded store is restored. */
const FILE = 'restoring';
/** Setting of the role in the database while a server is restored. Independent of the schemas that a dump contains. */
const SETTING = 'redcloud.restoring';

const change = (what: string) =>
  `do $$ begin execute format('alter role current_user in database %I ${what}', current_database()); end $$`;

/** Marks a database that is being restored, so that no process starts on it before the hold. */
export async function markRestore(db: Db): Promise<void> {
  await db.query(change(`set ${SETTING} = true`));
}

/** As `markRestore`, for an embedded store. */
export function markRestoreIn(dataDir: string): void {
  makeDirectory(dataDir);
  writeFileSync(join(dataDir, FILE), '', { mode: 0o600 });
}

/** Removes the mark of a restore, after its hold has begun. */
export async function completeRestore(db: Db, dataDir: string): Promise<void> {
  if (db.kind === 'server') await db.query(change(`reset ${SETTING}`));
  else rmSync(join(dataDir, FILE), { force: true });
}

/** @throws ConfigError if a restore has not reached its hold. Messages would be sent again. */
export async function refuseInterruptedRestore(db: Db, dataDir: string): Promise<void> {
  const [setting] = await db.query<{ value: string | null }>(`select current_setting('${SETTING}', true) as value`, []);
  const isMarked = db.kind === 'server' ? setting?.value === 'true' : existsSync(join(dataDir, FILE));
  if (!isMarked) return;
  throw new ConfigError(
    'A restore of this store was interrupted. Remove the database or RC_DATA_DIR, and run `redcloud-server restore` again.',
  );
}

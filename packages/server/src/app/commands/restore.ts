import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '#db/db.ts';
import { lockDirectory } from '#db/drivers/lock.ts';
import { openStore } from '#db/drivers/open.ts';
import { markRestore, markRestoreIn, refuseInterruptedRestore } from '#failover/interrupted-restore.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import { createLog } from '#platform/log.ts';
import { prepareSchema, restoreDump, schemaOf } from './backup/database.ts';
import { type Manifest, MEDIA, readManifest } from './backup/manifest.ts';
import { restoreMedia } from './backup/media.ts';
import { fail } from './failure.ts';
import { holdRestored } from './hold.ts';
import { refuseOtherUser } from './other-user.ts';
import { onlyArgument } from './usage-error.ts';

export const usage = `Usage: redcloud-server restore DIRECTORY

Restores a backup to an empty database or an empty RC_DATA_DIR, adds its media, and holds sending until
'redcloud-server release'. Messages that were due at the backup become UNKNOWN, because they may have been sent after it.
Requires pg_restore for a database server.
`;

export async function run(options: readonly string[]): Promise<number> {
  const directory = onlyArgument('restore', 'DIRECTORY', options);
  try {
    const config = readConfig();
    refuseOtherUser(config.dataDir, `restore ${directory}`);
    const manifest = await readManifest(directory);
    requireSettings(config, manifest, directory);
    await restoreStore(config, manifest, directory);
    if (manifest.hasMedia && !(await restoreMedia(config, join(directory, MEDIA)))) {
      process.stdout.write(`Media: copy the files of ${join(directory, MEDIA)} to the bucket of RC_MEDIA.\n`);
    }
    // Last, because the hold ends the mark of an interrupted restore.
    process.stdout.write(`Restored the backup of ${manifest.createdAt}. ${await holdRestored(config)}`);
    return 0;
  } catch (error) {
    return fail(error);
  }
}

/** @throws ConfigError if the settings do not fit the backup. */
function requireSettings({ databaseUrl, secretKey, carriers }: Config, { store }: Manifest, directory: string): void {
  if ((databaseUrl ? 'server' : 'embedded') !== store) {
    const fix = store === 'server' ? 'Set DATABASE_URL to an empty database' : 'Unset DATABASE_URL';
    throw new ConfigError(
      `The backup is of ${store === 'server' ? 'a database server' : 'an embedded store'}. ${fix}.`,
    );
  }
  const key = join(directory, 'secret.key');
  if (secretKey && readFileSync(key, 'utf8').trim() !== secretKey.toString('base64')) {
    throw new ConfigError(`RC_SECRET_KEY differs from the key of the backup. Set it to the content of ${key}.`);
  }
  const file = join(directory, 'carriers.json');
  if (existsSync(file) && readFileSync(file, 'utf8') !== carriers?.text) {
    process.stdout.write(
      `RC_CARRIERS differs from ${file}. Carriers with waiting messages must exist under the same name.\n`,
    );
  }
}

async function restoreStore(config: Config, { schema }: Manifest, directory: string): Promise<void> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl) {
    await requireEmpty(config, async (db) => {
      if (schema !== undefined) await prepareSchema(db, schema);
      await markRestore(db);
    });
    return restoreDump(databaseUrl, schema, directory);
  }
  makeDirectory(dataDir);
  // A start meanwhile would open incomplete files.
  const lock = lockDirectory(dataDir);
  try {
    await restoreEmbedded(dataDir, directory);
  } finally {
    lock.release();
  }
}

async function restoreEmbedded(dataDir: string, directory: string): Promise<void> {
  const files = join(dataDir, 'pg');
  if (existsSync(files))
    throw new ConfigError(`RC_DATA_DIR: ${files} exists. Move the directory away, or set another one.`);
  markRestoreIn(dataDir);
  await cp(join(directory, 'pg'), files, { recursive: true });
  writeFileSync(join(dataDir, 'secret.key'), readFileSync(join(directory, 'secret.key')), { mode: 0o600 });
}

/** @throws ConfigError if the database has tables of Red Cloud. @param then runs on the empty database. */
async function requireEmpty(config: Config, then: (db: Store) => Promise<void>): Promise<void> {
  const db = await openStore(config, createLog('silent'));
  try {
    await refuseInterruptedRestore(db);
    if ((await schemaOf(db)) !== undefined) {
      throw new ConfigError('DATABASE_URL: the database has tables of Red Cloud. Create an empty one with `createdb`.');
    }
    await then(db);
  } finally {
    await db.close();
  }
}

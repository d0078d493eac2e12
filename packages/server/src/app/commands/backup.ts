import { chmodSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDirectory } from '#db/drivers/lock.ts';
import { type Config, readConfig, VERSION } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import { MEDIA, writeManifest } from './backup/manifest.ts';
import { copyMedia } from './backup/media.ts';
import { runPostgres } from './backup/programs.ts';
import { fail } from './failure.ts';
import { onlyArgument } from './usage-error.ts';

export const usage = `Usage: redcloud-server backup DIRECTORY

Writes the database, then the media, RC_SECRET_KEY and the file of RC_CARRIERS to a new or empty directory. Requires
pg_dump for a database server, which may be in use. An embedded store must not be in use. Media in S3 are not included.
The directory contains secrets, and has mode 700.
`;

export async function run(options: readonly string[]): Promise<number> {
  const directory = onlyArgument('backup', 'DIRECTORY', options);
  try {
    const config = readConfig();
    prepare(directory);
    await writeStore(config, directory);
    const hasMedia = await copyMedia(config, join(directory, MEDIA));
    writeSettings(config, directory);
    await writeManifest(directory, { version: VERSION, store: config.databaseUrl ? 'server' : 'embedded', hasMedia });
    const media = hasMedia ? '' : ' Media are in S3, and not included.';
    process.stdout.write(`The backup in ${directory} is complete. It contains secrets.${media}\n`);
    return 0;
  } catch (error) {
    return fail(error);
  }
}

/** @throws ConfigError if the directory has content, which could be another backup. */
function prepare(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw new ConfigError(`${directory} cannot be created (${(error as Error).message}). Name a new directory.`);
  }
  if (readdirSync(directory).length > 0) throw new ConfigError(`${directory} is not empty. Name a new directory.`);
  chmodSync(directory, 0o700);
}

async function writeStore({ databaseUrl, dataDir }: Config, directory: string): Promise<void> {
  if (databaseUrl) {
    const file = join(directory, 'database.dump');
    writeFileSync(file, '', { mode: 0o600 });
    return runPostgres('pg_dump', ['--format=custom', '--no-owner', `--file=${file}`], databaseUrl);
  }
  const lock = lockDirectory(dataDir);
  try {
    await cp(join(dataDir, 'pg'), join(directory, 'pg'), { recursive: true });
  } finally {
    lock.release();
  }
}

function writeSettings({ secretKey, dataDir, carriers }: Config, directory: string): void {
  const key = join(directory, 'secret.key');
  if (secretKey) writeFileSync(key, `${secretKey.toString('base64')}\n`, { mode: 0o600 });
  else copyFileSync(join(dataDir, 'secret.key'), key);
  if (carriers) writeFileSync(join(directory, 'carriers.json'), carriers.text, { mode: 0o600 });
}

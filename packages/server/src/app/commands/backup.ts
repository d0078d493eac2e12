import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { lockDirectory } from '#db/drivers/lock.ts';
import { storedHashes } from '#media/stored.ts';
import { type Config, readConfig, VERSION } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import { dump, schemaOf } from './backup/database.ts';
import { MEDIA, writeManifest } from './backup/manifest.ts';
import { copyMedia, missingMedia } from './backup/media.ts';
import { fail } from './failure.ts';
import { withStore } from './hold.ts';
import { refuseOtherUser } from './other-user.ts';
import { onlyArgument } from './usage-error.ts';

export const usage = `Usage: redcloud-server backup DIRECTORY

Writes the database, then the media, RC_SECRET_KEY and the file of RC_CARRIERS to a new or empty directory. Requires
pg_dump for a database server, which may be in use. An embedded store must not be in use. Media in S3 are not included.
The directory contains secrets, and has mode 700. The status is 1 if files of media are missing. A backup that fails
otherwise leaves nothing.
`;

export async function run(options: readonly string[]): Promise<number> {
  const directory = onlyArgument('backup', 'DIRECTORY', options);
  try {
    const config = readConfig();
    refuseOtherUser(config.dataDir, `backup ${directory}`);
    refuseInside(config, directory);
    const { schema, referenced } = await examineStore(config);
    const isNew = prepare(directory);
    const missing = await write(config, schema, referenced, directory).catch((error) => {
      discard(directory, isNew);
      throw error;
    });
    return report(directory, config, missing);
  } catch (error) {
    return fail(error);
  }
}

/** @throws ConfigError for a directory within the files that are copied. */
function refuseInside({ dataDir, media: { storage } }: Config, directory: string): void {
  const copied = [join(dataDir, 'pg'), ...(storage.kind === 'directory' ? [storage.path] : [])];
  const within = copied.find((path) => !relative(path, resolve(directory)).startsWith('..'));
  if (within !== undefined)
    throw new ConfigError(`${directory} is below ${within}, which is copied. Name another directory.`);
}

/** Facts about the store before the backup. */
interface Examined {
  /** Schema of the tables. */
  schema: string;
  /** Files of media that the store refers to. */
  referenced: Set<string>;
}

/** @throws ConfigError if the store has no tables of Red Cloud, or its restore was interrupted. */
function examineStore(config: Config): Promise<Examined> {
  return withStore(config, async (db) => ({
    schema: (await schemaOf(db)) as string,
    referenced: await storedHashes(db),
  }));
}

/** @returns files of media that are missing in the storage. */
async function write(
  config: Config,
  schema: string,
  referenced: ReadonlySet<string>,
  directory: string,
): Promise<string[]> {
  const { databaseUrl } = config;
  if (databaseUrl) await dump(databaseUrl, schema, directory);
  else await copyEmbedded(config, directory);
  const media = join(directory, MEDIA);
  const hasMedia = await copyMedia(config, media);
  const missing = hasMedia ? await withStore(config, (db) => missingMedia(db, referenced, media)) : [];
  writeSettings(config, directory);
  const store = databaseUrl ? ({ store: 'server', schema } as const) : ({ store: 'embedded' } as const);
  await writeManifest(directory, { version: VERSION, ...store, hasMedia });
  return missing;
}

/** @returns exit status. A backup without some of its media can be restored, but an operator has to know. */
function report(directory: string, { media: { storage } }: Config, missing: readonly string[]): number {
  const note = storage.kind === 'directory' ? '' : ' Media are in S3, and not included.';
  if (missing.length === 0) {
    process.stdout.write(`The backup in ${directory} is complete. It contains secrets.${note}\n`);
    return 0;
  }
  const place = storage.kind === 'directory' ? storage.path : '';
  process.stderr.write(
    `The backup in ${directory} lacks ${missing.length} files of media that the store refers to, for example ${missing[0]}. ` +
      `They are not in ${place}. Check RC_MEDIA and RC_DATA_DIR.\n`,
  );
  return 1;
}

/**
 * @returns whether the directory is new.
 * @throws ConfigError if the directory has content, which could be another backup.
 */
function prepare(directory: string): boolean {
  const isNew = !existsSync(directory);
  try {
    makeDirectory(directory);
  } catch (error) {
    throw new ConfigError(`${directory} cannot be created (${(error as Error).message}). Name a new directory.`);
  }
  if (readdirSync(directory).length > 0) throw new ConfigError(`${directory} is not empty. Name a new directory.`);
  chmodSync(directory, 0o700);
  return isNew;
}

/** Removes what a failed backup has written, so that it can be repeated. */
function discard(directory: string, isNew: boolean): void {
  const paths = isNew ? [directory] : readdirSync(directory).map((name) => join(directory, name));
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

async function copyEmbedded({ dataDir }: Config, directory: string): Promise<void> {
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

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '#db/db.ts';
import { storedHashes } from '#media/stored.ts';
import type { Config } from '#platform/config.ts';
import { copyWhole, filesIn, hashOf } from './files.ts';

/** Directories of stored files: the first two hexadecimal digits of their SHA-256. */
const SHARD = /^[0-9a-f]{2}$/;
/** Directory of incomplete files. The storage uses the same name, and removes old files there. */
const TEMPORARY = 'tmp';

/** Copies all stored files. Files that are being uploaded are left out. @returns false if the media are in S3. */
export async function copyMedia({ media }: Pick<Config, 'media'>, to: string): Promise<boolean> {
  if (media.storage.kind !== 'directory') return false;
  await copyShards(media.storage.path, to);
  await rm(join(to, TEMPORARY), { recursive: true, force: true });
  return true;
}

/** Adds the files of a backup. @returns false if the media are in S3. */
export async function restoreMedia({ media }: Pick<Config, 'media'>, from: string): Promise<boolean> {
  if (media.storage.kind !== 'directory') return false;
  await copyShards(from, media.storage.path);
  return true;
}

/**
 * Files that the store refers to and that are not among the copied ones.
 * @param before files that the store referred to before the copy. Some may have been deleted since.
 */
export async function missingMedia(db: Db, before: ReadonlySet<string>, copies: string): Promise<string[]> {
  const copied = new Set((await filesIn(copies)).map((path) => path.split('/').at(-1)));
  const absent = [...before].filter((hash) => !copied.has(hash));
  if (absent.length === 0) return [];
  const now = await storedHashes(db);
  return absent.filter((hash) => now.has(hash));
}

async function copyShards(from: string, to: string): Promise<void> {
  const shards = (await namesIn(from)).filter((name) => SHARD.test(name));
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const shard of shards) {
    await mkdir(join(to, shard), { recursive: true, mode: 0o700 });
    for (const name of await namesIn(join(from, shard))) {
      await copyFileOf(name, join(from, shard, name), join(to, shard, name), join(to, TEMPORARY));
    }
  }
}

/** Copies a file whose name is the hash of its content, unless the same content is there. */
async function copyFileOf(hash: string, from: string, to: string, temporary: string): Promise<void> {
  const present = await unlessAbsent(hashOf(to));
  // A file that was deleted meanwhile is not needed any more.
  if (present !== hash) await unlessAbsent(copyWhole(from, to, temporary));
}

async function namesIn(directory: string): Promise<string[]> {
  return (await unlessAbsent(readdir(directory))) ?? [];
}

async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  return result.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform/config.ts';

/** Directories of stored files: the first two hexadecimal digits of their SHA-256. */
const SHARD = /^[0-9a-f]{2}$/;

/** Copies all stored files. Files that are being uploaded are left out. @returns false if the media are in S3. */
export async function copyMedia({ media }: Pick<Config, 'media'>, to: string): Promise<boolean> {
  if (media.storage.kind !== 'directory') return false;
  await copyShards(media.storage.path, to);
  return true;
}

/** Adds the files of a backup. Existing files stay, because equal names have equal contents. */
export async function restoreMedia({ media }: Pick<Config, 'media'>, from: string): Promise<boolean> {
  if (media.storage.kind !== 'directory') return false;
  await copyShards(from, media.storage.path);
  return true;
}

async function copyShards(from: string, to: string): Promise<void> {
  const names = await readdir(from).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names.filter((one) => SHARD.test(one))) {
    await cp(join(from, name), join(to, name), { recursive: true, force: false });
  }
}

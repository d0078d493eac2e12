import { access, constants, lstat, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BYTES_TO_CREATE, hasFreeSpace } from '#db/drivers/disk-space.ts';
import type { Examined } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const SUBJECT = 'data directory';
/** Space below which a store is likely to fill its disk soon, in bytes. */
const BYTES_TO_RUN = 1_073_741_824;
const WRITABLE_BY_ALL = 0o002;

export async function examineDataDirectory({ settings: { dataDir } }: Examined): Promise<Finding[]> {
  if (dataDir === undefined) return [];
  return examineDirectory(SUBJECT, 'RC_DATA_DIR', resolve(dataDir));
}

/**
 * Examines rights and free space of a directory that may not exist yet. Creates nothing.
 * @param setting name of the setting, for remedies.
 */
export async function examineDirectory(subject: string, setting: string, path: string): Promise<Finding[]> {
  const place = await existingPart(path);
  const isNew = place !== path;
  const text = isNew ? `${path} does not exist. The first start creates it in ${place}.` : `${path} is writable.`;
  try {
    if (!(await stat(place)).isDirectory()) {
      return [fail(subject, `${place} is not a directory.`, `Set ${setting} to a directory.`)];
    }
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return [fail(subject, `${place} is a broken symbolic link.`, `Create its target, or set ${setting}.`)];
    }
    return [fail(subject, `This user may not write to ${place} (${code}).`, `Change its owner, or set ${setting}.`)];
  }
  const space = await spaceOf(subject, place);
  const isFull = space.some(({ state }) => state === 'fail');
  return [...(isFull ? [] : [ok(subject, text)]), ...space, ...(isNew ? [] : await modeOf(subject, path))];
}

/** @returns the path, or the nearest directory above it that exists. A link exists, even if its target does not. */
async function existingPart(path: string): Promise<string> {
  try {
    await lstat(path);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) return path;
    return existingPart(dirname(path));
  }
}

async function spaceOf(subject: string, path: string): Promise<Finding[]> {
  if (!hasFreeSpace(path, BYTES_TO_CREATE)) {
    return [fail(subject, `The disk of ${path} is full.`, 'Free at least 1 GiB there.')];
  }
  if (hasFreeSpace(path, BYTES_TO_RUN)) return [];
  return [warn(subject, `The disk of ${path} has less than 1 GiB of free space.`, 'Free space there.')];
}

async function modeOf(subject: string, path: string): Promise<Finding[]> {
  // Modes on Windows do not restrict other users.
  if (process.platform === 'win32') return [];
  const { mode } = await stat(path);
  if ((mode & WRITABLE_BY_ALL) === 0) return [];
  return [warn(subject, `Every user of this machine may write to ${path}.`, `Run: chmod 700 ${path}`)];
}

import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Red Cloud's own entries of RC_DATA_DIR, and the modes that keep other users out. */
const OWN = [
  ['pg', 0o700],
  ['redcloud.lock', 0o600],
  ['secret.key', 0o600],
  ['simulator', 0o700],
  ['simulator/ledger.ndjson', 0o600],
] as const;

/**
 * Makes a directory that only its owner may use, and those above it. Node's own recursive `mkdir` reports ENOENT on a read-only file
 * system and does not return in /proc.
 * @returns whether it is new.
 * @throws EEXIST, ENOTDIR, ENOENT (a symbolic link that leads nowhere), EACCES, EROFS …
 */
export function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return false;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
    return true;
  }
}

/**
 * Restricts what Red Cloud has in `directory` to its owner, whatever modes it had before. The directory itself and other
 * entries stay as they are: they may belong to other programs. Files within `pg` are protected by its mode.
 * @returns the entries that could not be restricted, and why: symbolic links (ELOOP), files of another user (EPERM) …
 */
export function restrictDataDirectory(directory: string): { path: string; code: string | undefined }[] {
  // Modes on Windows say nothing about other users.
  if (process.platform === 'win32') return [];
  return OWN.flatMap(([name, mode]) => {
    const path = join(directory, name);
    try {
      restrict(path, mode);
      return [];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? [] : [{ path, code }];
    }
  });
}

/** Through a descriptor, so that a symbolic link never changes the mode of what it leads to. */
function restrict(path: string, mode: number): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if ((fstatSync(fd).mode & 0o7777) !== mode) fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}

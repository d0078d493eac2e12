import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Entries of Red Cloud in RC_DATA_DIR, with modes that deny access to other users. */
const OWN = [
  ['pg', 0o700],
  ['redcloud.lock', 0o600],
  ['secret.key', 0o600],
  ['simulator', 0o700],
  ['simulator/ledger.ndjson', 0o600],
] as const;

/**
 * Creates a directory that only its owner may use, and its missing parents. Node's own recursive `mkdir` reports ENOENT
 * on a read-only file system and does not return in /proc.
 * @returns whether the directory is new.
 * @throws EEXIST, ENOTDIR, ENOENT (a broken symbolic link), EACCES, EROFS …
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
 * Restricts the entries of Red Cloud in `directory` to their owner, regardless of their modes. The directory itself and
 * other entries stay unchanged, since they may belong to other programs. Files within `pg` are protected by its mode.
 * @returns entries that could not be restricted, with the error code: symbolic links (ELOOP), files of another user
 *   (EPERM) …
 */
export function restrictDataDirectory(directory: string): { path: string; code: string | undefined }[] {
  // Modes on Windows do not restrict other users.
  if (process.platform === 'win32') return [];
  return OWN.flatMap(([name, mode]) => {
    const path = join(directory, name);
    try {
      restrict(path, mode);
      return [];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The start reports a file in the place of the directory.
      return code === 'ENOENT' || code === 'ENOTDIR' ? [] : [{ path, code }];
    }
  });
}

/** Sets the mode through a descriptor, so that a symbolic link does not change the mode of its target. */
function restrict(path: string, mode: number): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if ((fstatSync(fd).mode & 0o7777) !== mode) fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}

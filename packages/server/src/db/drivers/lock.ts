import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/**
 * Holds the directory for this process until `release`, or until the process ends in any way. The lock belongs to the
 * operating system, so no stale lock can remain. SQLite is the only portable way to such a lock that Node includes.
 * @throws DirectoryInUse when another process holds the directory.
 */
export function lockDirectory(directory: string): { release(): void } {
  // SQLite would read a relative path that begins with `file:` as a URI.
  const file = resolve(directory, 'redcloud.lock');
  // SQLite would create the file as readable for all users.
  closeSync(openSync(file, 'a', 0o600));
  const lock = new DatabaseSync(file);
  try {
    lock.exec('pragma locking_mode = exclusive; pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new DirectoryInUse(
      `Another Red Cloud process is using ${directory}. The embedded store serves only one process. ` +
        'Stop the other process, set RC_DATA_DIR to another directory, or use PostgreSQL (DATABASE_URL).',
    );
  }
  return { release: () => lock.close() };
}

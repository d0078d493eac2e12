import { DatabaseUnavailable } from '#db/db.ts';
import { DirectoryInUse } from '#db/drivers/lock.ts';
import { SchemaError } from '#db/schema/migrate.ts';
import { ConfigError } from '#platform/config-error.ts';

const EX_CONFIG = 78;

/** Explanations of a failed start: the process cannot listen at HOST and PORT, or cannot write to RC_DATA_DIR. */
const REMEDIES: Record<string, string> = {
  ENOENT: 'RC_DATA_DIR or an entry in it is a broken symbolic link, or cannot be created.',
  EISDIR: 'RC_DATA_DIR contains a directory in place of a file of Red Cloud.',
  ELOOP: 'RC_DATA_DIR is a circular symbolic link.',
  EPERM: 'This user may not create files in RC_DATA_DIR.',
  EADDRINUSE: 'The port is in use. Stop the other program, or set PORT or RC_INTERNAL_PORT.',
  EADDRNOTAVAIL: 'HOST or RC_INTERNAL_HOST: this machine has no such address.',
  ENOTFOUND: 'HOST or RC_INTERNAL_HOST: the name has no address.',
  EAI_AGAIN: 'HOST or RC_INTERNAL_HOST: the name could not be resolved.',
  EACCES: 'This user may not write to RC_DATA_DIR, or listen on PORT.',
  EROFS: 'RC_DATA_DIR is on a read-only file system.',
  ENOSPC: 'RC_DATA_DIR is on a full disk.',
  EDQUOT: 'RC_DATA_DIR is on a disk on which the quota of this user is exceeded.',
  EEXIST: 'RC_DATA_DIR or its entry `pg` is not a directory.',
  ENOTDIR: 'RC_DATA_DIR, or a directory above it, is a file.',
};

/** Errors of a start that can pass without a change of the settings. A supervisor should start the process again. */
const PASSING = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOSPC', 'EDQUOT']);

/**
 * Prints an error that the operator can fix in one line, and a bug with its stack.
 * @returns exit status
 */
export function fail(error: unknown): number {
  const known = [ConfigError, SchemaError, DirectoryInUse, DatabaseUnavailable].some((type) => error instanceof type);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const remedy = (code && REMEDIES[code]) || undefined;
  const isSetting = error instanceof ConfigError || (remedy !== undefined && !PASSING.has(String(code)));
  process.stderr.write(`${remedy ? `${remedy} (${message})` : known ? message : stack}\n`);
  return isSetting ? EX_CONFIG : 1;
}

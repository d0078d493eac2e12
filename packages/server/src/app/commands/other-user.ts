import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';

/**
 * Refuses root in a data directory of another user. Root may do everything, but its new files could not be opened by the server
 * afterwards.
 * @throws ConfigError with the command for the owner.
 */
export function refuseOtherUser(dataDir: string, command: string): void {
  if (process.getuid?.() !== 0) return;
  for (const path of [join(dataDir, 'pg'), dataDir]) {
    const uid = statSync(path, { throwIfNoEntry: false })?.uid ?? 0;
    if (uid === 0) continue;
    const owner = nameOf(uid);
    throw new ConfigError(
      `RC_DATA_DIR: ${path} belongs to the user ${owner}, who could not open files of root. ` +
        `Run: setpriv --reuid=${owner} --regid=${statSync(path).gid} --init-groups redcloud-server ${command}`,
    );
  }
}

/** The same for a command that writes to RC_DATA_DIR only if the store is there. */
export function refuseOtherUserOfStore({ databaseUrl, dataDir }: Config, command: string): void {
  if (!databaseUrl) refuseOtherUser(dataDir, command);
}

/** Name of a user in passwd(5), or the number. */
function nameOf(uid: number): string {
  try {
    const entry = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.split(':')[2] === String(uid));
    return entry?.split(':')[0] ?? String(uid);
  } catch {
    return String(uid);
  }
}

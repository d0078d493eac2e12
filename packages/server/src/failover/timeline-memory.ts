import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Timeline } from '#db/db.ts';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import type { Log } from '#platform/log.ts';
import type { Failover } from './sql.ts';

/** Newest timeline of a database cluster that this machine has used, and the last restore of the store. */
interface Memory {
  timeline: number;
  /** Identity of the restore. Null: none. */
  restore: string | null;
}

/**
 * Refuses a server with an older timeline than this machine has used, at the start of a process. Such a server is a former primary or a
 * copy from before a failover, whose messages may have been sent since.
 * @throws ConfigError unless an operator has run `hold` or `restore` since.
 */
export function refuseOlder(file: string, { system, timeline }: Timeline, failovers: readonly Failover[]): void {
  const memory = read(file)[system];
  if (!memory || memory.timeline <= timeline || memory.restore !== lastRestore(failovers)) return;
  throw new ConfigError(
    `DATABASE_URL: the server has the timeline ${timeline}, and this machine has used the timeline ${memory.timeline}. ` +
      'Messages that wait there may have been sent since. Use the newer server, or run `redcloud-server hold` to continue with the older state.',
  );
}

/** Stores the timeline for the next start. Several processes may share the file. */
export function remember(file: string, { system, timeline }: Timeline, failovers: readonly Failover[], log: Log): void {
  const all = read(file);
  const restore = lastRestore(failovers);
  const memory = all[system];
  if (system === '' || (memory && memory.timeline >= timeline && memory.restore === restore)) return;
  try {
    makeDirectory(dirname(file));
    const next = `${file}.${process.pid}`;
    writeFileSync(next, JSON.stringify({ ...all, [system]: { timeline, restore } }), { mode: 0o600 });
    renameSync(next, file);
  } catch (error) {
    log.warn({ event: 'timeline_not_stored', reason: (error as Error).message });
  }
}

function lastRestore(failovers: readonly Failover[]): string | null {
  return failovers.findLast(({ isRestore }) => isRestore)?.identity ?? null;
}

function read(file: string): Record<string, Memory> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? (content as Record<string, Memory>) : {};
  } catch {
    return {};
  }
}

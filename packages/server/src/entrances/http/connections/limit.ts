import { readFileSync } from 'node:fs';

export const CONNECTIONS_AT_MOST = 10_000;
/** Descriptors that are reserved for the store, carriers, webhooks and files. */
export const RESERVED = 256;

/** Concurrent connections: 10,000, or fewer if the process may open fewer files. */
export function connectionLimit(): number {
  const files = openFilesLimit();
  return Math.max(RESERVED, Math.min(CONNECTIONS_AT_MOST, files - RESERVED));
}

/**
 * Soft limit of open files (proc(5)). Infinite outside of Linux, where the limit is unknown. Node raises the soft limit
 * to the hard limit at its start.
 */
export function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

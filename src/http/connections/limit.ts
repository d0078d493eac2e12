import { readFileSync } from 'node:fs';

const CONNECTIONS_AT_MOST = 10_000;
/** Descriptors that are left for the store, carriers, webhooks and files. */
const RESERVED = 256;

/** Connections at once: 10,000, or fewer where the process may not open that many files. */
export function connectionLimit(): number {
  const files = openFilesLimit();
  return Math.max(RESERVED, Math.min(CONNECTIONS_AT_MOST, files - RESERVED));
}

/** The soft limit (proc(5)); unknown, and so infinite, outside of Linux. Node raises it to the hard limit at its start. */
function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

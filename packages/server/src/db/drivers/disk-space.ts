import { statfsSync } from 'node:fs';

const MIB = 1_048_576;
/** Size of a segment of the write-ahead log, which PostgreSQL creates as a whole, plus a margin. */
export const BYTES_TO_OPEN = 17 * MIB;
/** Size of an empty store, with its catalogs and one segment of the write-ahead log. */
export const BYTES_TO_CREATE = 48 * MIB;

/** Whether the file system of `directory` has `bytes` free for this user, as far as it reports its size. */
export function hasFreeSpace(directory: string, bytes: number): boolean {
  const { bsize, blocks: all, bavail, bfree } = statfsSync(directory);
  if (all === 0) return true;
  // Some file systems reserve blocks for root.
  const blocks = process.getuid?.() === 0 ? bfree : bavail;
  return blocks * bsize >= bytes;
}

import { statfs } from 'node:fs/promises';

const MIB = 1_048_576;
/** A segment of the write-ahead log, which PostgreSQL makes whole, and a little more. */
export const ROOM_TO_OPEN = 17 * MIB;
/** What an empty store takes: its catalogs and a segment of the write-ahead log. */
export const ROOM_TO_CREATE = 48 * MIB;

/** Whether the file system of `directory` has `bytes` left for this user, as far as it tells. */
export async function hasRoom(directory: string, bytes: number): Promise<boolean> {
  const { bsize, blocks: all, bavail, bfree } = await statfs(directory);
  if (all === 0) return true;
  // Some file systems keep blocks for root.
  const blocks = process.getuid?.() === 0 ? bfree : bavail;
  return blocks * bsize >= bytes;
}

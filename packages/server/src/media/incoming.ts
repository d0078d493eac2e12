import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StorageUnavailable } from './storage/storage.ts';

/** Error codes of the disk, not of the stream. */
const DISK: ReadonlySet<string | undefined> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'ENOENT',
  'EACCES',
  'EMFILE',
]);

/** File in the temporary directory. */
export interface TemporaryFile {
  path: string;
  /** SHA-256 of the content, in hex. */
  hash: string;
  byteLength: number;
}

/** More bytes arrived than allowed. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Age after which a temporary file belongs to no upload, in milliseconds. */
const ABANDONED_MS = 86_400_000;

/**
 * Writes a stream to a new file in `directory`. The caller moves or removes the file.
 * @throws TooLarge after `limit` bytes, StorageUnavailable if the disk is full, or the error of the stream. The file is
 *   removed then.
 */
export async function receiveFile(stream: Readable, directory: string, limit: number): Promise<TemporaryFile> {
  const path = join(directory, randomUUID());
  const digest = createHash('sha256');
  let byteLength = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      byteLength += chunk.length;
      if (byteLength > limit) return done(new TooLarge());
      digest.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw DISK.has((error as NodeJS.ErrnoException).code) ? new StorageUnavailable((error as Error).message) : error;
  }
  return { path, hash: digest.digest('hex'), byteLength };
}

/** Removes the files that an earlier process left behind. */
export async function removeAbandoned(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    // Another process may have moved or removed the file.
    if (found && nowMs - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

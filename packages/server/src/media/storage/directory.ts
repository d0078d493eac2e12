import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Slice, type Storage, StorageUnavailable } from './storage.ts';

/** Storage in a directory: `ab/abcd….` for the hash `abcd…`. Several hosts need a shared directory. */
export class DirectoryStorage implements Storage {
  readonly description: string;
  readonly temporary: string;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.description = `file:${path}`;
    this.temporary = join(path, 'tmp');
  }

  async open(): Promise<void> {
    await mkdir(this.temporary, { recursive: true, mode: 0o700 });
  }

  async size(hash: string): Promise<number | undefined> {
    try {
      return (await stat(this.#fileOf(hash))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unavailable(error);
    }
  }

  async put(hash: string, path: string): Promise<void> {
    const directory = this.#directoryOf(hash);
    try {
      await sync(path);
      const isNew = (await mkdir(directory, { recursive: true, mode: 0o700 })) !== undefined;
      await rename(path, this.#fileOf(hash));
      await sync(directory);
      if (isNew) await sync(this.#path);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async read(hash: string, slice?: Slice): Promise<Readable | undefined> {
    try {
      // Opened before the response begins, so that a missing file is not noticed in the middle of it.
      const file = await open(this.#fileOf(hash));
      return createReadStream('', { ...slice, fd: file });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unavailable(error);
    }
  }

  async delete(hash: string): Promise<void> {
    await rm(this.#fileOf(hash), { force: true }).catch((error) => {
      throw unavailable(error);
    });
  }

  #directoryOf(hash: string): string {
    return join(this.#path, hash.slice(0, 2));
  }

  #fileOf(hash: string): string {
    return join(this.#directoryOf(hash), hash);
  }
}

/** Writes a file, or the entries of a directory, to the disk. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function unavailable(error: unknown): StorageUnavailable {
  return new StorageUnavailable((error as Error).message, { cause: error });
}

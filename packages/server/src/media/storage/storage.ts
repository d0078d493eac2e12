import type { Readable } from 'node:stream';

/** Part of a file, in bytes. `end` is inclusive, as in a Range field (RFC 9110 §14.1.2). */
export interface Slice {
  start: number;
  end: number;
}

/**
 * Stores files under the SHA-256 of their content. A file never changes. All processes of an installation use the same
 * storage.
 */
export interface Storage {
  /** For the log, without secrets. */
  readonly description: string;
  /** Directory for temporary files, on the same file system as a storage in a directory. */
  readonly temporary: string;
  /** Creates the directories that do not exist. @throws Error if that fails. */
  open(): Promise<void>;
  /** @returns bytes of a file, or undefined if it does not exist. */
  size(hash: string): Promise<number | undefined>;
  /**
   * Moves a temporary file into the storage. When this resolves, the content survives a power failure. An existing file
   * with the same hash stays.
   */
  put(hash: string, path: string): Promise<void>;
  /**
   * Content of a file, or a part of it.
   * @returns undefined if the file does not exist.
   */
  read(hash: string, slice?: Slice): Promise<Readable | undefined>;
  /** Does nothing if the file does not exist. */
  delete(hash: string): Promise<void>;
}

/** The storage does not respond or is full. The caller may repeat the operation later. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

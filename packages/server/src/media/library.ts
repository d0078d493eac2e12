import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Db, Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { SERIALIZE_CLIENT } from '#identity/sql.ts';
import type { Clock } from '#platform/clock.ts';
import { ConfigError } from '#platform/config-error.ts';
import type { Ids } from '#platform/ids.ts';
import { removeAbandoned, type TemporaryFile } from './incoming.ts';
import { ADD, BY_KEY, MARKER, type MediaRow, type Origin, REMOVE, SET_MARKER, TOUCH, USAGE } from './sql.ts';
import type { Slice, Storage } from './storage/storage.ts';

/** File of a client that is stored. */
export interface StoredMedia {
  storageKey: string;
  hash: string;
  mimeType: string;
  byteLength: number;
  fileName: string | null;
}

/** The client has no space left for a file. */
export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded';
}

export interface LibraryParts {
  db: Db;
  ids: Ids;
  clock: Clock;
  storage: Storage;
  /** Bytes that one client may store. */
  quotaBytes: number;
}

/** New file of a client. */
export interface NewMedia {
  file: TemporaryFile;
  mimeType: string;
  fileName: string | null;
}

/** Media of clients. A file is in the storage, and on its disk, before the row that refers to it commits. */
export class Library {
  readonly #parts: LibraryParts;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  /** Directory for temporary files. */
  get temporary(): string {
    return this.#parts.storage.temporary;
  }

  /**
   * @param isShared whether all processes of the installation must use the same storage.
   * @throws ConfigError if they do not.
   */
  async open({ isShared } = { isShared: true }): Promise<void> {
    const { db, storage, clock } = this.#parts;
    await storage.open();
    await removeAbandoned(storage.temporary, clock.now());
    if (!isShared) return;
    const [known] = await run(db, MARKER);
    if (!known) await run(db, SET_MARKER, await this.#newMarker());
    const [{ marker } = { marker: '' }] = await run(db, MARKER);
    if ((await storage.size(marker)) !== undefined) return;
    throw new ConfigError(
      `RC_MEDIA: ${storage.description} is not the storage that this installation has used before. Several hosts need ` +
        'a shared directory or S3.',
    );
  }

  async #newMarker(): Promise<string> {
    const { storage, ids } = this.#parts;
    const text = `Media of a Red Cloud installation, ${ids.next('med')}\n`;
    const path = join(storage.temporary, ids.next('med'));
    await writeFile(path, text, { mode: 0o600 });
    const hash = createHash('sha256').update(text).digest('hex');
    await storage.put(hash, path);
    return hash;
  }

  /**
   * Stores an uploaded file. The same content of one client has the same key.
   * @throws QuotaExceeded, StorageUnavailable
   */
  async upload(client: string, media: NewMedia): Promise<StoredMedia> {
    await this.keep(media.file);
    const key = keyOf(client, media.file.hash);
    const row = await this.#parts.db.transaction(async (tx) => {
      // Concurrent uploads count each other.
      await run(tx, SERIALIZE_CLIENT, client);
      const [known] = await run(tx, BY_KEY, client, [key]);
      if (!known || known.isDeleted) await this.#requireSpace(tx, client, key, media.file.byteLength);
      return this.add(tx, client, key, 'UPLOAD', media);
    });
    return stored(row);
  }

  /** Stores a file under a given key. @throws StorageUnavailable */
  async put(client: string, key: string, origin: Origin, media: NewMedia): Promise<void> {
    await this.keep(media.file);
    await this.add(this.#parts.db, client, key, origin, media);
  }

  /** Moves a temporary file into the storage, unless the content is stored already. */
  async keep({ path, hash, byteLength }: TemporaryFile): Promise<void> {
    const { db, storage, clock } = this.#parts;
    // A clean-up of the same file has ended now, or does not begin within a day.
    await run(db, TOUCH, hash, byteLength, new Date(clock.now()));
    if ((await storage.size(hash)) === byteLength) await rm(path, { force: true });
    else await storage.put(hash, path);
  }

  /** Adds the row of a file that is kept. */
  async add(
    on: Queryable,
    client: string,
    key: string,
    origin: Origin,
    { file, mimeType, fileName }: NewMedia,
  ): Promise<MediaRow> {
    const { ids, clock } = this.#parts;
    const now = new Date(clock.now());
    const { hash, byteLength } = file;
    const rows = await run(on, ADD, ids.next('med'), client, key, origin, hash, mimeType, byteLength, fileName, now);
    return rows[0] as MediaRow;
  }

  /** @throws QuotaExceeded */
  async #requireSpace(tx: Queryable, client: string, key: string, byteLength: number): Promise<void> {
    const [{ bytes } = { bytes: 0 }] = await run(tx, USAGE, client, key);
    if (bytes + byteLength > this.#parts.quotaBytes) throw new QuotaExceeded();
  }

  /** @returns the media of a client, or undefined for unknown, pending and deleted ones. */
  async find(client: string, storageKey: string): Promise<StoredMedia | undefined> {
    const [row] = await run(this.#parts.db, BY_KEY, client, [storageKey]);
    return row && !row.isDeleted && row.hash !== null ? stored(row) : undefined;
  }

  /** Content of a file, or a part of it. @returns undefined if the storage has lost the file. */
  read(hash: string, slice?: Slice): Promise<Readable | undefined> {
    return this.#parts.storage.read(hash, slice);
  }

  /** Bytes of a file. @returns undefined if there is no such file. */
  size(hash: string): Promise<number | undefined> {
    return this.#parts.storage.size(hash);
  }

  /**
   * Removes media from the client's view. The file stays until no accepted message needs it.
   * @returns whether the client had the media.
   */
  async remove(client: string, storageKey: string): Promise<boolean> {
    const { db, clock } = this.#parts;
    return (await run(db, REMOVE, client, storageKey, new Date(clock.now()))).length > 0;
  }
}

function stored({ storageKey, hash, mimeType, byteLength, fileName }: MediaRow): StoredMedia {
  return { storageKey, hash: hash as string, mimeType, byteLength, fileName };
}

/** Key of uploaded content. Contains the client, so that the keys of two clients for the same file differ. */
function keyOf(client: string, hash: string): string {
  const digest = createHash('sha256').update(`${client}\n${hash}`).digest('base64url');
  return `storage_${digest.slice(0, 26)}`;
}

import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MediaLimits } from '#carriers/carrier.ts';
import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import type { Ids } from '#platform/ids.ts';
import { encodeImage, ImageRejected, isImage } from './images.ts';
import { receiveFile, type TemporaryFile } from './incoming.ts';
import type { Library } from './library.ts';
import type { LinkedFile } from './links.ts';
import { showsLocation } from './location/location.ts';
import { ADD_RENDITION, RENDITION } from './sql.ts';

/** Media that no encoding fits into the limits of the carrier. */
export class NotAdaptable extends Error {
  override readonly name = 'NotAdaptable';
  readonly code: 'MEDIA_TOO_LARGE' | 'MEDIA_UNSUPPORTED';

  /** More detail than the message, for the operator's log only. */
  readonly reason: string | undefined;

  constructor(code: NotAdaptable['code'], message: string, reason?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

interface AdapterParts {
  db: Db;
  clock: Clock;
  ids: Ids;
  library: Library;
}

/**
 * Adapts media to the limits of a carrier. A file that fits and shows no location stays unchanged. Images are encoded
 * once for each limit, and the original stays.
 */
export class Adapter {
  readonly #parts: AdapterParts;
  /** Encodings under way, by file and recipe. */
  readonly #underWay = new Map<string, Promise<LinkedFile>>();
  /** Encodes one image at a time, because requests share the threads and the CPU. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: AdapterParts) {
    this.#parts = parts;
  }

  /**
   * @returns the files to send, in the same order.
   * @throws NotAdaptable, StorageUnavailable
   */
  async adapt(files: readonly LinkedFile[], limits: MediaLimits): Promise<LinkedFile[]> {
    const unsupported = files.find(({ mimeType }) => !isImage(mimeType) && !limits.accepts(mimeType));
    if (unsupported) {
      throw new NotAdaptable('MEDIA_UNSUPPORTED', `The carrier does not deliver ${unsupported.mimeType}`);
    }
    const fixed = fixedBytes(files);
    if (fixed > limits.totalBytes) throw tooLarge(fixed, limits);
    const adapted = await this.#within(files, sharesOf(files, limits), limits);
    // An encoded image can be larger than its original, at the expense of the others.
    if (bytesOf(adapted) <= limits.totalBytes) return adapted;
    return this.#within(files, equalSharesOf(files, limits), limits);
  }

  /** @param shares maximum bytes of each image. */
  #within(files: readonly LinkedFile[], shares: readonly number[], limits: MediaLimits): Promise<LinkedFile[]> {
    return Promise.all(
      files.map((file, i) => (isImage(file.mimeType) ? this.#image(file, shares[i] as number, limits) : file)),
    );
  }

  #image(file: LinkedFile, maxBytes: number, limits: MediaLimits): Promise<LinkedFile> {
    // An image that fits stays as it is, unless it shows a location.
    const fits = file.byteLength <= maxBytes && limits.accepts(file.mimeType);
    // The name changes with the rules of location/, because a rendition may name the original.
    const recipe = `image-${fits ? 'searched-' : ''}${maxBytes}`;
    const key = `${file.hash} ${recipe}`;
    const known = this.#underWay.get(key);
    if (known) return known;
    const result = this.#stored(file, recipe, fits, maxBytes).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, result);
    return result;
  }

  async #stored(file: LinkedFile, recipe: string, fits: boolean, maxBytes: number): Promise<LinkedFile> {
    const [known] = await run(this.#parts.db, RENDITION, file.hash, recipe);
    if (known) return known;
    const encoding = this.#last.then(() => this.#encode(file, fits, maxBytes));
    this.#last = encoding.catch(() => undefined);
    const made = await encoding;
    const now = new Date(this.#parts.clock.now());
    await run(this.#parts.db, ADD_RENDITION, file.hash, recipe, made.hash, made.mimeType, made.byteLength, now);
    return made;
  }

  async #encode(file: LinkedFile, fits: boolean, maxBytes: number): Promise<LinkedFile> {
    const { library, ids } = this.#parts;
    const path = join(library.temporary, ids.next('med'));
    try {
      await this.#copy(file.hash, path);
      if (fits && !showsLocation(await readFile(path))) return file;
      const { data, mimeType } = await encodeImage(path, maxBytes);
      const { hash, byteLength } = await this.#keep(data);
      return { hash, mimeType, byteLength };
    } catch (error) {
      if (error instanceof ImageRejected) throw new NotAdaptable(error.code, error.message, error.reason);
      throw error;
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Copies a file to the temporary directory, because the image library reads files several times. */
  async #copy(hash: string, path: string): Promise<void> {
    const content = await this.#parts.library.read(hash);
    if (!content) throw new NotAdaptable('MEDIA_UNSUPPORTED', 'The storage has lost the file');
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  }

  async #keep(data: Buffer): Promise<TemporaryFile> {
    const { library } = this.#parts;
    const encoded = await receiveFile(Readable.from([data]), library.temporary, data.length);
    try {
      await library.keep(encoded);
      return encoded;
    } finally {
      // Still there if the storage is unavailable.
      await rm(encoded.path, { force: true });
    }
  }
}

/**
 * Bytes for each file. Files that cannot be re-encoded keep their size. Images share the rest, and an image that needs
 * less than an equal share leaves the difference to the others.
 */
function sharesOf(files: readonly LinkedFile[], { totalBytes }: Pick<MediaLimits, 'totalBytes'>): number[] {
  let left = Math.max(0, totalBytes - fixedBytes(files));
  const images = files
    .map(({ mimeType, byteLength }, at) => ({ mimeType, byteLength, at }))
    .filter(({ mimeType }) => isImage(mimeType))
    .toSorted((one, other) => one.byteLength - other.byteLength);
  const shares = files.map(() => totalBytes);
  images.forEach(({ byteLength, at }, i) => {
    const equal = Math.floor(left / (images.length - i));
    const share = Math.min(byteLength, equal);
    // An image that fits may use the whole equal share, so that its recipe does not depend on its size.
    shares[at] = equal;
    left -= share;
  });
  return shares;
}

/** Bytes for each file, if all images get the same. */
function equalSharesOf(files: readonly LinkedFile[], { totalBytes }: Pick<MediaLimits, 'totalBytes'>): number[] {
  const images = files.filter(({ mimeType }) => isImage(mimeType)).length;
  const share = Math.floor((totalBytes - fixedBytes(files)) / images);
  return files.map(() => share);
}

/** Bytes of the files that cannot be re-encoded. */
function fixedBytes(files: readonly LinkedFile[]): number {
  return bytesOf(files.filter(({ mimeType }) => !isImage(mimeType)));
}

function bytesOf(files: readonly LinkedFile[]): number {
  return files.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function tooLarge(bytes: number, { totalBytes }: MediaLimits): NotAdaptable {
  return new NotAdaptable(
    'MEDIA_TOO_LARGE',
    `The media have ${bytes} bytes. The carrier delivers at most ${totalBytes}.`,
  );
}

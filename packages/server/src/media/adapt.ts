import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MediaLimits } from '#carriers/carrier.ts';
import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import type { Ids } from '#platform/ids.ts';
import { encodeImage, ImageRejected, isImage, showsLocation } from './images.ts';
import { receiveFile } from './incoming.ts';
import type { Library } from './library.ts';
import type { LinkedFile } from './links.ts';
import { ADD_RENDITION, RENDITION } from './sql.ts';

/** Media that no encoding fits into the limits of the carrier. */
export class NotAdaptable extends Error {
  override readonly name = 'NotAdaptable';
  readonly code: 'MEDIA_TOO_LARGE' | 'MEDIA_UNSUPPORTED';

  constructor(code: NotAdaptable['code'], message: string) {
    super(message);
    this.code = code;
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
    const fixed = fixedBytes(files);
    if (fixed > limits.totalBytes) throw tooLarge(fixed, limits);
    const shares = sharesOf(files, limits);
    return Promise.all(files.map((file, i) => this.#one(file, shares[i] as number, limits)));
  }

  async #one(file: LinkedFile, maxBytes: number, limits: MediaLimits): Promise<LinkedFile> {
    const fits = file.byteLength <= maxBytes && limits.accepts(file.mimeType);
    if (!isImage(file.mimeType)) {
      if (fits) return file;
      throw limits.accepts(file.mimeType)
        ? new NotAdaptable(
            'MEDIA_TOO_LARGE',
            `${file.mimeType} of ${file.byteLength} octets exceeds the carrier's ${maxBytes}`,
          )
        : new NotAdaptable('MEDIA_UNSUPPORTED', `The carrier does not deliver ${file.mimeType}`);
    }
    return this.#image(file, fits, maxBytes);
  }

  /** @param fits whether the image may stay as it is, unless it shows a location. */
  #image(file: LinkedFile, fits: boolean, maxBytes: number): Promise<LinkedFile> {
    const recipe = `image-${fits ? 'fits-' : ''}${maxBytes}`;
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
    const { library } = this.#parts;
    const path = await this.#copy(file.hash);
    try {
      if (fits && !(await showsLocation(path))) return file;
      const { data, mimeType } = await encodeImage(path, maxBytes);
      const encoded = await receiveFile(Readable.from([data]), library.temporary, data.length);
      await library.keep(encoded);
      return { hash: encoded.hash, mimeType, byteLength: encoded.byteLength };
    } catch (error) {
      if (error instanceof ImageRejected) throw new NotAdaptable('MEDIA_TOO_LARGE', error.message);
      throw error;
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Copies a file to the temporary directory, because the image library reads files several times. */
  async #copy(hash: string): Promise<string> {
    const { library, ids } = this.#parts;
    const content = await library.read(hash);
    if (!content) throw new NotAdaptable('MEDIA_UNSUPPORTED', 'The storage has lost the file');
    const path = join(library.temporary, ids.next('med'));
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return path;
  }
}

/**
 * Octets for each file. Files that cannot be re-encoded keep their size. Images share the rest, and an image that needs
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

/** Octets of the files that cannot be re-encoded. */
function fixedBytes(files: readonly LinkedFile[]): number {
  return files.filter(({ mimeType }) => !isImage(mimeType)).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function tooLarge(bytes: number, { totalBytes }: MediaLimits): NotAdaptable {
  return new NotAdaptable(
    'MEDIA_TOO_LARGE',
    `The media have ${bytes} octets. The carrier delivers at most ${totalBytes}.`,
  );
}

import type { MediaLimits } from '#carriers/carrier.ts';
import { canonicalType } from '#carriers/media-types.ts';
import type { Db } from '#db/db.ts';
import { asJson } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { SERIALIZE_CLIENT } from '#identity/sql.ts';
import type { Media } from '#messages/request/send-request.ts';
import type { Clock } from '#platform/clock.ts';
import { invalidField, invalidRequest } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import { safeFileName } from './file-name.ts';
import { isImage } from './images.ts';
import { BY_KEY, type MediaRow, PROTECT, REQUEST, USAGE } from './sql.ts';
import { MAX_FILE_BYTES, quotaExceeded } from './upload.ts';

/**
 * Milliseconds for which a message may need its media after it may be sent: 48 h until it expires, and 10 h in the
 * queue of a carrier. Media that are protected for longer than the minimum are not protected again.
 */
const LEAST_MS = 58 * 3_600_000;
const PROTECTED_MS = LEAST_MS + 14 * 3_600_000;

export interface ClaimParts {
  db: Db;
  ids: Ids;
  clock: Clock;
  /** Bytes that one client may store. */
  quotaBytes: number;
  /** @returns reason why a URL must not be fetched, or undefined. */
  refusal(url: URL): string | undefined;
}

/** Checks the media of send requests against the library, and keeps them until the messages are sent. */
export class Claims {
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /**
   * Checks the media of a send, protects stored files, and requests the files that have to be fetched. A request that
   * is rejected later leaves no more than an unused file.
   * @param limits limits of the carrier that will deliver the media.
   * @throws ApiError INVALID_REQUEST, or QUOTA_EXCEEDED if the files to fetch exceed the quota of the client.
   */
  async claim(client: string, media: readonly Media[], limits?: MediaLimits): Promise<void> {
    if (limits) checkAdaptable(media, limits);
    for (;;) {
      const now = this.#parts.clock.now();
      const usable = await this.#checkAll(client, media, now);
      const missing = media.filter(({ storageKey }) => !usable.has(storageKey));
      const unprotected = [...usable.values()].filter(({ neededUntil }) => neededUntil.getTime() < now + LEAST_MS);
      if (missing.length === 0 && unprotected.length === 0) return;
      const isProtected = await this.#protect(client, unprotected, now);
      const isRequested = await this.#request(client, firstOfKey(missing), now);
      // Otherwise another request has added or removed one of them at the same time.
      if (isProtected && isRequested) return;
    }
  }

  /** Checks the media of a send, and changes nothing. @throws ApiError */
  async check(client: string, media: readonly Media[], limits?: MediaLimits): Promise<void> {
    if (limits) checkAdaptable(media, limits);
    await this.#checkAll(client, media, this.#parts.clock.now());
  }

  /** @returns the stored files, by key. @throws ApiError */
  async #checkAll(client: string, media: readonly Media[], now: number): Promise<Map<string, MediaRow>> {
    const keys = [...new Set(media.map(({ storageKey }) => storageKey))];
    const rows = await run(this.#parts.db, BY_KEY, client, keys);
    const usable = new Map(rows.filter(isUsable).map((row) => [row.storageKey, row]));
    const deleted = new Map(rows.filter((row) => isStillNeeded(row, now)).map((row) => [row.storageKey, row]));
    for (const [i, item] of media.entries()) {
      this.#check(item, usable.get(item.storageKey), `media[${i}]`);
      checkReplaced(item, deleted.get(item.storageKey), `media[${i}]`);
      checkSame(item, media.find(({ storageKey }) => storageKey === item.storageKey) as Media, `media[${i}]`);
    }
    return usable;
  }

  #check(item: Media, row: MediaRow | undefined, path: string): void {
    if (!row) {
      this.#checkNew(item, path);
      return;
    }
    const { storageKey } = item;
    if (!sameType(item.mimeType, row.mimeType)) {
      throw invalidField(`${path}.mimeType`, `is not the type of ${storageKey}, which is ${row.mimeType}`, {
        storageKey,
      });
    }
    if (item.byteLength !== row.byteLength) {
      throw invalidField(`${path}.byteLength`, `is not the length of ${storageKey}, which is ${row.byteLength}`, {
        storageKey,
      });
    }
    const isOther = row.hash === null && item.sourceUrl !== undefined && item.sourceUrl !== row.sourceUrl;
    if (isOther)
      throw invalidField(`${path}.sourceUrl`, `differs from the URL from which ${storageKey} is being fetched`, {
        storageKey,
      });
  }

  #checkNew({ storageKey, mimeType, byteLength, sourceUrl }: Media, path: string): void {
    if (sourceUrl === undefined) {
      throw invalidField(`${path}.storageKey`, 'is unknown. Upload the file first, or set sourceUrl.', { storageKey });
    }
    if (!canonicalType(mimeType)) throw invalidField(`${path}.mimeType`, `is not supported: ${mimeType}`, { mimeType });
    if (byteLength > MAX_FILE_BYTES) {
      throw invalidField(`${path}.byteLength`, `exceeds the maximum of ${MAX_FILE_BYTES}`, {
        maxBytes: MAX_FILE_BYTES,
      });
    }
    const url = URL.parse(sourceUrl);
    const refusal = url ? this.#parts.refusal(url) : 'not a URL';
    if (refusal) throw invalidField(`${path}.sourceUrl`, `cannot be fetched: ${refusal}`, { sourceUrl });
  }

  async #protect(client: string, rows: readonly MediaRow[], now: number): Promise<boolean> {
    if (rows.length === 0) return true;
    const keys = rows.map(({ storageKey }) => storageKey);
    const kept = await run(this.#parts.db, PROTECT, client, keys, new Date(now + PROTECTED_MS), new Date(now));
    return kept.length === keys.length;
  }

  async #request(client: string, media: readonly Media[], now: number): Promise<boolean> {
    if (media.length === 0) return true;
    const { db, ids, quotaBytes } = this.#parts;
    const rows = media.map(({ mimeType, fileName, ...item }) => ({
      ...item,
      fileName: fileName ? safeFileName(fileName) : null,
      id: ids.next('med'),
      mimeType: canonicalType(mimeType),
    }));
    const wanted = media.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const added = await db.transaction(async (tx) => {
      // Concurrent requests and uploads count each other.
      await run(tx, SERIALIZE_CLIENT, client);
      const [{ bytes } = { bytes: 0 }] = await run(tx, USAGE, client, '');
      if (bytes + wanted > quotaBytes) throw quotaExceeded();
      return run(tx, REQUEST, client, asJson(rows), new Date(now), new Date(now + PROTECTED_MS));
    });
    db.wake('media');
    return added.length === rows.length;
  }
}

/** Whether a deleted file may still be sent by an earlier message. */
function isStillNeeded({ isDeleted, neededUntil }: MediaRow, now: number): boolean {
  return isDeleted && neededUntil.getTime() > now;
}

/** @throws ApiError if items with one key describe different files. @param first the first item with the key. */
function checkSame({ storageKey, mimeType, byteLength, sourceUrl }: Media, first: Media, path: string): void {
  const isSame = byteLength === first.byteLength && sourceUrl === first.sourceUrl && sameType(mimeType, first.mimeType);
  if (isSame) return;
  throw invalidField(path, 'differs from another item with the same storageKey', { storageKey });
}

/** @throws ApiError if the key of a deleted file is used again while an earlier message may still send the file. */
function checkReplaced({ storageKey }: Media, deleted: MediaRow | undefined, path: string): void {
  if (!deleted) return;
  throw invalidField(
    `${path}.storageKey`,
    'was deleted, and earlier messages may still send its file. Use another storageKey.',
    { storageKey },
  );
}

/** @throws ApiError if the carrier can deliver the media in no form. Only images can be re-encoded. */
function checkAdaptable(media: readonly Media[], { totalBytes, accepts }: MediaLimits): void {
  const fixed = media.filter(({ mimeType }) => !isImage(canonicalType(mimeType) ?? mimeType));
  const unsupported = fixed.find(({ mimeType }) => !accepts(mimeType));
  if (unsupported) {
    throw invalidRequest(`The carrier does not deliver media of type ${unsupported.mimeType}`, {
      field: 'media',
      mimeType: unsupported.mimeType,
    });
  }
  const bytes = fixed.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes <= totalBytes) return;
  throw invalidField(
    'media',
    `have ${bytes} bytes in files that cannot be re-encoded. The carrier delivers at most ${totalBytes} bytes.`,
    { maxBytes: totalBytes },
  );
}

function isUsable({ isDeleted, hash, error }: MediaRow): boolean {
  return !isDeleted && (hash !== null || error === null);
}

function sameType(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b || (canonicalType(a) !== undefined && canonicalType(a) === canonicalType(b));
}

/** One item for each key. The others were checked against it as well, or will be in the next round. */
function firstOfKey(media: readonly Media[]): Media[] {
  return [...Map.groupBy(media, ({ storageKey }) => storageKey).values()].map((items) => items[0] as Media);
}

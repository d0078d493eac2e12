import type { Db } from '#db/db.ts';
import { asJson } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Media } from '#messages/request/send-request.ts';
import type { Clock } from '#platform/clock.ts';
import { invalidRequest } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import { BY_KEY, type MediaRow, PROTECT, REQUEST } from './sql.ts';
import { canonicalType } from './types.ts';
import { MAX_FILE_BYTES } from './upload.ts';

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
   * @throws ApiError INVALID_REQUEST
   */
  async claim(client: string, media: readonly Media[]): Promise<void> {
    for (;;) {
      const now = this.#parts.clock.now();
      const keys = [...new Set(media.map(({ storageKey }) => storageKey))];
      const rows = await run(this.#parts.db, BY_KEY, client, keys);
      const usable = new Map(rows.filter(isUsable).map((row) => [row.storageKey, row]));
      for (const [i, item] of media.entries()) this.#check(item, usable.get(item.storageKey), `media[${i}]`);
      const missing = media.filter(({ storageKey }) => !usable.has(storageKey));
      const unprotected = [...usable.values()].filter(({ neededUntil }) => neededUntil.getTime() < now + LEAST_MS);
      if (missing.length === 0 && unprotected.length === 0) return;
      const isProtected = await this.#protect(client, unprotected, now);
      const isRequested = await this.#request(client, firstOfKey(missing), now);
      // Otherwise another request has added or removed one of them at the same time.
      if (isProtected && isRequested) return;
    }
  }

  #check(item: Media, row: MediaRow | undefined, path: string): void {
    if (!row) {
      this.#checkNew(item, path);
      return;
    }
    const { storageKey } = item;
    if (!sameType(item.mimeType, row.mimeType)) {
      throw invalidRequest(`${path}.mimeType is not the type of ${storageKey}, which is ${row.mimeType}`, {
        storageKey,
      });
    }
    if (item.byteLength !== row.byteLength) {
      throw invalidRequest(`${path}.byteLength is not the length of ${storageKey}, which is ${row.byteLength}`, {
        storageKey,
      });
    }
    const isOther = row.hash === null && item.sourceUrl !== undefined && item.sourceUrl !== row.sourceUrl;
    if (isOther)
      throw invalidRequest(`${path}.sourceUrl differs from the URL from which ${storageKey} is being fetched`, {
        storageKey,
      });
  }

  #checkNew({ storageKey, mimeType, byteLength, sourceUrl }: Media, path: string): void {
    if (sourceUrl === undefined) {
      throw invalidRequest(`${path}.storageKey is unknown. Upload the file first, or set sourceUrl.`, { storageKey });
    }
    if (!canonicalType(mimeType)) throw invalidRequest(`${path}.mimeType is not supported: ${mimeType}`, { mimeType });
    if (byteLength > MAX_FILE_BYTES) {
      throw invalidRequest(`${path}.byteLength exceeds the maximum of ${MAX_FILE_BYTES}`, { maxBytes: MAX_FILE_BYTES });
    }
    const url = URL.parse(sourceUrl);
    const refusal = url ? this.#parts.refusal(url) : 'not a URL';
    if (refusal) throw invalidRequest(`${path}.sourceUrl cannot be fetched: ${refusal}`, { sourceUrl });
  }

  async #protect(client: string, rows: readonly MediaRow[], now: number): Promise<boolean> {
    if (rows.length === 0) return true;
    const keys = rows.map(({ storageKey }) => storageKey);
    const kept = await run(this.#parts.db, PROTECT, client, keys, new Date(now + PROTECTED_MS), new Date(now));
    return kept.length === keys.length;
  }

  async #request(client: string, media: readonly Media[], now: number): Promise<boolean> {
    if (media.length === 0) return true;
    const { db, ids } = this.#parts;
    const rows = media.map(({ mimeType, ...item }) => ({
      ...item,
      id: ids.next('med'),
      mimeType: canonicalType(mimeType),
    }));
    const added = await run(db, REQUEST, client, asJson(rows), new Date(now), new Date(now + PROTECTED_MS));
    db.wake('media');
    return added.length === rows.length;
  }
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

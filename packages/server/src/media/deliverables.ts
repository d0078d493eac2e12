import { LRUCache } from 'lru-cache';
import type { MediaLimits, SubmittedFile } from '#carriers/carrier.ts';
import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Media } from '#messages/request/send-request.ts';
import type { Clock } from '#platform/clock.ts';
import type { MessageError } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';
import { type Adapter, NotAdaptable } from './adapt.ts';
import { safeFileName } from './file-name.ts';
import type { LinkedFile, Links } from './links.ts';
import { BY_KEY, type MediaRow } from './sql.ts';

/** Media of one message: ready, not yet available, or unusable. */
export type Prepared =
  | { state: 'ready'; files: SubmittedFile[] }
  | { state: 'waiting'; until: number }
  | { state: 'failed'; error: MessageError };

/** Milliseconds for which a message holds its slot while its media are encoded. */
const PATIENCE_MS = 50;
/** Milliseconds after which a message with unfinished media is tried again. */
const AGAIN_MS = 500;
/** Milliseconds after which a message is tried again when the storage is unavailable. */
const UNAVAILABLE_MS = 5_000;
/** Preparations that are cached: those of the latest campaigns. */
const MAX_CACHED = 1_000;
/**
 * Milliseconds for which a preparation is cached. Shorter than the protection of media in accepted requests (claims.ts),
 * so that the encoded files still exist.
 */
const CACHED_MS = 3_600_000;

export interface DeliverableParts {
  db: Db;
  clock: Clock;
  log: Log;
  adapter: Adapter;
  links: Links;
}

/** Prepares the media of messages for a carrier. Files that were adapted before are cached. */
export class Deliverables {
  readonly #parts: DeliverableParts;
  readonly #adapted: LRUCache<string, LinkedFile[]>;

  constructor(parts: DeliverableParts) {
    this.#parts = parts;
    this.#adapted = new LRUCache({ max: MAX_CACHED, ttl: CACHED_MS, perf: parts.clock });
  }

  /**
   * @param media media of the message, as in its send request.
   * @returns without waiting for an encoding, which continues in the background.
   */
  async prepare(client: string, media: readonly Media[], limits: MediaLimits): Promise<Prepared> {
    try {
      const keys = [...new Set(media.map(({ storageKey }) => storageKey))];
      const rows = new Map((await run(this.#parts.db, BY_KEY, client, keys)).map((row) => [row.storageKey, row]));
      const found = media.map(({ storageKey }) => rows.get(storageKey));
      const obstacle = found.map((row, i) => this.#obstacle(row, media[i])).find((one) => one !== undefined);
      if (obstacle) return obstacle;
      const files = await this.#inTime(this.#adapt((found as MediaRow[]).map(linked), limits));
      if (!files) return { state: 'waiting', until: this.#parts.clock.now() + AGAIN_MS };
      return { state: 'ready', files: files.map((file, i) => this.#submitted(file, media[i] as Media)) };
    } catch (error) {
      return this.#failure(error as Error);
    }
  }

  #submitted(file: LinkedFile, { fileName }: Media): SubmittedFile {
    return { ...file, fileName: fileName ? safeFileName(fileName) : null, url: this.#parts.links.urlOf(file) };
  }

  /** Caches by content, because a key that was deleted and requested again has other content. */
  async #adapt(originals: readonly LinkedFile[], limits: MediaLimits): Promise<LinkedFile[]> {
    const files = originals.map(({ hash, mimeType }) => [hash, mimeType, limits.accepts(mimeType)]);
    const key = JSON.stringify([limits.totalBytes, files]);
    const known = this.#adapted.get(key);
    if (known) return known;
    const adapted = await this.#parts.adapter.adapt(originals, limits);
    this.#adapted.set(key, adapted);
    return adapted;
  }

  /** @returns reason why a file cannot be sent now. */
  #obstacle(row: MediaRow | undefined, sent: Media | undefined): Prepared | undefined {
    const isReplaced = row !== undefined && row.byteLength !== sent?.byteLength;
    if (isReplaced) return failed('MEDIA_UNAVAILABLE', 'The media were replaced before the message was sent');
    if (!row) return failed('MEDIA_UNAVAILABLE', 'The media were deleted before the message was sent');
    if (row.hash !== null) return undefined;
    if (row.error !== null) return failed('MEDIA_UNAVAILABLE', `The media could not be fetched: ${row.error}`);
    const now = this.#parts.clock.now();
    return { state: 'waiting', until: Math.max(now + AGAIN_MS, (row.retryAt?.getTime() ?? 0) + AGAIN_MS) };
  }

  #failure(error: Error): Prepared {
    if (error instanceof NotAdaptable) {
      const { code, message, reason } = error;
      this.#parts.log.info({ event: 'media_rejected', code, error: message, reason });
      return failed(code, message);
    }
    this.#parts.log.warn({ event: 'media_not_prepared', reason: error.message });
    return { state: 'waiting', until: this.#parts.clock.now() + UNAVAILABLE_MS };
  }

  /** @returns undefined if the result takes longer than `PATIENCE_MS`. */
  async #inTime<T>(result: Promise<T>): Promise<T | undefined> {
    // A later failure is repeated by the next attempt.
    result.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    return Promise.race([result, late]).finally(() => clearTimeout(timer));
  }
}

function linked({ hash, mimeType, byteLength }: MediaRow): LinkedFile {
  return { hash: hash as string, mimeType, byteLength };
}

function failed(code: string, message: string): Prepared {
  return { state: 'failed', error: { code, message, details: {} } };
}

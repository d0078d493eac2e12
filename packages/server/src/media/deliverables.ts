import { LRUCache } from 'lru-cache';
import type { MediaLimits, SubmittedFile } from '#carriers/carrier.ts';
import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Media } from '#messages/request/send-request.ts';
import type { Clock } from '#platform/clock.ts';
import type { MessageError } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';
import { type Adapter, NotAdaptable } from './adapt.ts';
import type { LinkedFile, Links } from './links.ts';
import { BY_KEY, type MediaRow } from './sql.ts';

/** Media of one message: ready, not yet available, or unusable. */
export type Prepared =
  | { state: 'ready'; files: SubmittedFile[] }
  | { state: 'waiting'; until: number }
  | { state: 'failed'; error: MessageError };

/** Milliseconds for which a message holds its slot while its media are prepared. */
const PATIENCE_MS = 50;
/** Milliseconds after which a message with unfinished media is tried again. */
const AGAIN_MS = 500;
/** Milliseconds after which a message is tried again when the storage is unavailable. */
const UNAVAILABLE_MS = 5_000;
/** Preparations that are cached: those of the latest campaigns. */
const MAX_CACHED = 1_000;

export interface DeliverableParts {
  db: Db;
  clock: Clock;
  log: Log;
  adapter: Adapter;
  links: Links;
}

/** Prepares the media of messages for a carrier. Messages with the same media share one preparation. */
export class Deliverables {
  readonly #parts: DeliverableParts;
  readonly #prepared = new LRUCache<string, LinkedFile[]>({ max: MAX_CACHED });
  readonly #underWay = new Map<string, Promise<LinkedFile[] | Prepared>>();

  constructor(parts: DeliverableParts) {
    this.#parts = parts;
  }

  /**
   * @param media media of the message, as in its send request.
   * @returns within a moment. An encoding continues in the background.
   */
  async prepare(client: string, media: readonly Media[], limits: MediaLimits): Promise<Prepared> {
    const key = JSON.stringify([client, limits.totalBytes, ...media.map(({ storageKey }) => storageKey)]);
    const files = this.#prepared.get(key) ?? (await this.#inTime(this.#start(key, client, media, limits)));
    if (files === undefined) return { state: 'waiting', until: this.#parts.clock.now() + AGAIN_MS };
    if (!Array.isArray(files)) return files;
    return { state: 'ready', files: files.map((file, i) => this.#submitted(file, media[i] as Media)) };
  }

  #submitted(file: LinkedFile, { fileName }: Media): SubmittedFile {
    return { ...file, fileName: fileName ?? null, url: this.#parts.links.urlOf(file) };
  }

  #start(key: string, client: string, media: readonly Media[], limits: MediaLimits) {
    const known = this.#underWay.get(key);
    if (known) return known;
    const result = this.#files(key, client, media, limits).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, result);
    return result;
  }

  async #files(key: string, client: string, media: readonly Media[], limits: MediaLimits) {
    try {
      const keys = [...new Set(media.map(({ storageKey }) => storageKey))];
      const rows = new Map((await run(this.#parts.db, BY_KEY, client, keys)).map((row) => [row.storageKey, row]));
      const found = media.map(({ storageKey }) => rows.get(storageKey));
      const obstacle = found.map((row) => this.#obstacle(row)).find((one) => one !== undefined);
      if (obstacle) return obstacle;
      const originals = (found as MediaRow[]).map(linked);
      const adapted = await this.#parts.adapter.adapt(originals, limits);
      this.#prepared.set(key, adapted);
      return adapted;
    } catch (error) {
      return this.#failure(error as Error);
    }
  }

  /** @returns reason why a file cannot be sent now. */
  #obstacle(row: MediaRow | undefined): Prepared | undefined {
    if (!row) return failed('MEDIA_UNAVAILABLE', 'The media were deleted before the message was sent');
    if (row.hash !== null) return undefined;
    if (row.error !== null) return failed('MEDIA_UNAVAILABLE', `The media could not be fetched: ${row.error}`);
    const now = this.#parts.clock.now();
    return { state: 'waiting', until: Math.max(now + AGAIN_MS, (row.retryAt?.getTime() ?? 0) + AGAIN_MS) };
  }

  #failure(error: Error): Prepared {
    if (error instanceof NotAdaptable) return failed(error.code, error.message);
    this.#parts.log.warn({ event: 'media_not_prepared', reason: error.message });
    return { state: 'waiting', until: this.#parts.clock.now() + UNAVAILABLE_MS };
  }

  /** @returns undefined if the result takes longer than a moment. */
  async #inTime<T>(result: Promise<T>): Promise<T | undefined> {
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

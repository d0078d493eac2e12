import { rm } from 'node:fs/promises';
import { canonicalType } from '#carriers/media-types.ts';
import { persist } from '#db/batching/persist.ts';
import { asJson } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import type { Job } from '#queue/job.ts';
import { delayAfter, SingleJobs, type SingleJobsParts } from '#queue/single-jobs.ts';
import type { Library } from '../library.ts';
import { FETCHED, type MediaRow, TO_FETCH } from '../sql.ts';
import { StorageUnavailable } from '../storage/storage.ts';
import { agree, detectType } from '../types.ts';
import { MAX_FILE_BYTES } from '../upload.ts';
import { type Downloader, DownloadFailed } from './download.ts';

/** Concurrent downloads of a process. */
const SLOTS = 8;
/** Seconds to wait after each failed attempt. The last one repeats. */
const SCHEDULE = [5, 15, 60, 300, 900, 1_800];
/** Time after which no accepted message needs the file, in milliseconds. */
const GIVE_UP_MS = 48 * 3_600_000;

type Requested = MediaRow & { createdAt: Date };

/** Result of an attempt. */
type Fetched = { hash: string; mimeType: string } | { error: string } | { retryAt: Date };

export interface FetcherParts extends SingleJobsParts {
  clock: Clock;
  library: Library;
  downloader: Downloader;
  /** Called when files of a client are stored or failed. */
  onFetched(): void;
}

/** Fetches the media of accepted messages from their `sourceUrl`. Temporary failures are repeated. */
export class Fetcher extends SingleJobs<Requested> {
  readonly #parts: FetcherParts;

  constructor(parts: FetcherParts) {
    super(parts, 'media', SLOTS);
    this.#parts = parts;
  }

  /** Ends downloads under way. Their jobs return to the queue. */
  override async stop(deadline: AbortSignal): Promise<void> {
    this.stopping.abort();
    await super.stop(deadline);
    this.#parts.downloader.close();
  }

  protected async load(ids: readonly string[]): Promise<Map<string, Requested>> {
    return new Map((await run(this.#parts.db, TO_FETCH, ids)).map((row) => [row.id, row]));
  }

  protected async carryOut(job: Job, media: Requested | undefined): Promise<void> {
    const fetched = await this.#fetch(job, media);
    await persist(() => this.#record(job, fetched), this.stopping.signal);
    if (!('retryAt' in fetched)) this.#parts.onFetched();
  }

  async #record({ subject, ordinal, lease }: Job, fetched: Fetched): Promise<void> {
    const { db, queue } = this.#parts;
    const held = { subject, ordinal, lease };
    const done = 'retryAt' in fetched ? [] : [{ ...held, ...fetched }];
    const later =
      'retryAt' in fetched ? [{ ...held, runAt: fetched.retryAt, counts: !this.stopping.signal.aborted }] : [];
    await run(db, FETCHED, asJson(done), asJson(later), queue.holderId);
  }

  async #fetch(job: Job, media: Requested | undefined): Promise<Fetched> {
    // The media was removed, or a later request has replaced it.
    if (!media) return { error: 'removed' };
    if (media.hash !== null) return { hash: media.hash, mimeType: media.mimeType };
    const { log, clock } = this.#parts;
    try {
      const stored = await this.#store(media);
      log.info({ event: 'media_fetched', mediaId: media.id, bytes: media.byteLength, attempt: job.attempt });
      return stored;
    } catch (error) {
      const { message, isTemporary, reason } = failureOf(error);
      const isLate = clock.now() - media.createdAt.getTime() > GIVE_UP_MS;
      const seconds = delayAfter(job.attempt, SCHEDULE);
      const retries = isTemporary && !isLate;
      log.warn({
        event: 'media_not_fetched',
        mediaId: media.id,
        attempt: job.attempt,
        error: message,
        reason,
        retries,
      });
      if (!retries) return { error: message };
      return { retryAt: new Date(clock.now() + (this.stopping.signal.aborted ? 0 : seconds * 1000)) };
    }
  }

  /** @throws DownloadFailed, StorageUnavailable */
  async #store({ sourceUrl, mimeType, byteLength }: MediaRow): Promise<{ hash: string; mimeType: string }> {
    const { library, downloader } = this.#parts;
    const limit = Math.min(byteLength, MAX_FILE_BYTES);
    const options = { directory: library.temporary, limit, signal: this.stopping.signal };
    const file = await downloader.get(new URL(sourceUrl as string), options);
    try {
      if (file.byteLength !== byteLength) throw mismatch(`${file.byteLength} bytes instead of ${byteLength}`);
      const detected = await detectType(file.path);
      const declared = canonicalType(mimeType) ?? mimeType;
      if (!detected || !agree(declared, detected))
        throw mismatch(`${detected ?? 'unknown content'} instead of ${mimeType}`);
      await library.keep(file);
      return { hash: file.hash, mimeType: declared };
    } finally {
      await rm(file.path, { force: true });
    }
  }
}

function mismatch(message: string): DownloadFailed {
  return new DownloadFailed(message, false);
}

function failureOf(error: unknown): { message: string; isTemporary: boolean; reason?: string | undefined } {
  if (error instanceof DownloadFailed) return error;
  if (error instanceof StorageUnavailable)
    return { message: 'the storage is unavailable', isTemporary: true, reason: error.message };
  return { message: 'internal error', isTemporary: true, reason: (error as Error).message };
}

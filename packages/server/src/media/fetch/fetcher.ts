import { rm } from 'node:fs/promises';
import { persist } from '#db/batching/persist.ts';
import { asJson, type Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Claimed } from '#queue/claim.ts';
import type { Job } from '#queue/job.ts';
import type { Queue } from '#queue/queue.ts';
import { allOf, Worker } from '#queue/worker.ts';
import type { Library } from '../library.ts';
import { FETCHED, type MediaRow, TO_FETCH } from '../sql.ts';
import { StorageUnavailable } from '../storage/storage.ts';
import { agree, canonicalType, detectType } from '../types.ts';
import { MAX_FILE_BYTES } from '../upload.ts';
import { type Downloader, DownloadFailed } from './download.ts';

/** Concurrent downloads of a process. */
const SLOTS = 8;
const POLL_MS = 1_000;
/** Seconds to wait after each failed attempt. The last one repeats. */
const SCHEDULE = [5, 15, 60, 300, 900, 1_800];
/** Time after which no accepted message needs the file, in milliseconds. */
const GIVE_UP_MS = 48 * 3_600_000;

type Requested = (MediaRow & { createdAt: Date }) | { id: null };

/** Result of an attempt. */
type Fetched = { hash: string; mimeType: string } | { error: string } | { retryAt: Date };

export interface FetcherParts {
  db: Db;
  queue: Queue;
  clock: Clock;
  log: Log;
  library: Library;
  downloader: Downloader;
  /** Called when files of a client are stored or failed. */
  onFetched(): void;
  pollMs?: number;
}

/** Fetches the media of accepted messages from their `sourceUrl`. Temporary failures are repeated. */
export class Fetcher {
  readonly #parts: FetcherParts;
  readonly #worker: Worker<Requested>;
  readonly #stopping = new AbortController();

  constructor(parts: FetcherParts) {
    const { db, queue, log, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#worker = new Worker<Requested>({
      ...{ db, queue, log, pollMs },
      name: 'media',
      slots: () => SLOTS,
      load: (jobs) => this.#load(jobs),
      handle: (claimed, release) => this.#handle(claimed, release),
    });
  }

  start(): void {
    this.#worker.start();
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  /** Ends downloads under way. Their jobs return to the queue. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#stopping.abort();
    await this.#worker.stop(signal);
    this.#parts.downloader.close();
  }

  async #load(jobs: readonly Job[]): Promise<Requested[]> {
    const ids = jobs.map(({ subject }) => subject);
    const rows = new Map((await run(this.#parts.db, TO_FETCH, ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? { id: null });
  }

  async #handle(claimed: Claimed<Requested>[], release: (count: number) => void): Promise<void> {
    await allOf(
      claimed.map(async ({ job, loaded }) => {
        const fetched = await this.#fetch(job, loaded);
        await persist(() => this.#record(job, fetched), this.#stopping.signal);
        if (!('retryAt' in fetched)) this.#parts.onFetched();
        release(1);
      }),
    );
  }

  async #record({ subject, ordinal, lease }: Job, fetched: Fetched): Promise<void> {
    const { db, queue } = this.#parts;
    const held = { subject, ordinal, lease };
    const done = 'retryAt' in fetched ? [] : [{ ...held, ...fetched }];
    const later =
      'retryAt' in fetched ? [{ ...held, runAt: fetched.retryAt, counts: !this.#stopping.signal.aborted }] : [];
    await run(db, FETCHED, asJson(done), asJson(later), queue.holderId);
  }

  async #fetch(job: Job, media: Requested): Promise<Fetched> {
    // The media was removed, or a later request has replaced it.
    if (media.id === null) return { error: 'removed' };
    if (media.hash !== null) return { hash: media.hash, mimeType: media.mimeType };
    const { log, clock } = this.#parts;
    try {
      const stored = await this.#store(media);
      log.info({ event: 'media_fetched', mediaId: media.id, bytes: media.byteLength, attempt: job.attempt });
      return stored;
    } catch (error) {
      const { message, isTemporary, reason } = failureOf(error);
      const isLate = clock.now() - media.createdAt.getTime() > GIVE_UP_MS;
      const seconds = SCHEDULE[Math.min(job.attempt, SCHEDULE.length) - 1] ?? 0;
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
      return { retryAt: new Date(clock.now() + (this.#stopping.signal.aborted ? 0 : seconds * 1000)) };
    }
  }

  /** @throws DownloadFailed, StorageUnavailable */
  async #store({ sourceUrl, mimeType, byteLength }: MediaRow): Promise<{ hash: string; mimeType: string }> {
    const { library, downloader } = this.#parts;
    const limit = Math.min(byteLength, MAX_FILE_BYTES);
    const options = { directory: library.temporary, limit, signal: this.#stopping.signal };
    const file = await downloader.get(new URL(sourceUrl as string), options);
    try {
      if (file.byteLength !== byteLength) throw mismatch(`${file.byteLength} octets instead of ${byteLength}`);
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

import { persist } from '../db/batching/persist.ts';
import { asJson, type Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { completeReceived, type ReceivedMedia } from '../messages/lifecycle/receive.ts';
import type { Clock } from '../platform/clock.ts';
import { COPY, type Job } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { delayAfter, SingleJobs, type SingleJobsParts } from '../queue/single-jobs.ts';
import { ADD_COPIES, COPIES, END_COPIES } from './sql.ts';

/** Messages of a process whose files are copied by the worker at once. */
const SLOTS = 8;
/** Messages of a process whose files are copied at once while their callbacks wait. Further ones are left to the worker. */
const MOST_NOW = 256;
/** Seconds to wait after each failed attempt. The last one repeats. */
const SCHEDULE = [5, 15, 60, 300, 900];
/** Milliseconds after which a file that could not be copied is listed with its error. */
const GIVE_UP_MS = 3_600_000;
/** Milliseconds between the end of the attempt within the callback and the first attempt of a worker. */
const MARGIN_MS = 1_000;

/** File of an inbound message at the vendor, and the key under which it is stored. */
export interface FileToCopy {
  storageKey: string;
  url: string;
  mimeType: string;
  byteLength: number;
  /** Reason why the file is not copied. */
  error?: string;
}

/** Inbound message whose files are being copied. */
export interface Copies {
  messageId: string;
  carrier: string;
  apiClientId: string;
  files: readonly FileToCopy[];
  createdAt: Date;
}

/** Result of one attempt for one file. */
export type FileCopy = { file: ReceivedMedia } | { error: string; isTemporary: boolean };

export interface CopierParts extends SingleJobsParts {
  clock: Clock;
  /** Copies a file from the vendor. Never rejects. */
  copy(carrier: string, apiClientId: string, file: FileToCopy, signal: AbortSignal): Promise<FileCopy>;
}

/**
 * Copies the files of inbound messages. The message and its keyword are committed before. Its event follows when all files
 * are stored, or an hour after the message for files that cannot be copied.
 */
export class Copier extends SingleJobs<Copies> {
  readonly #parts: CopierParts;
  /** Number of messages that are copied while their callbacks wait. */
  #underWay = 0;

  constructor(parts: CopierParts) {
    super(parts, 'inbound', SLOTS);
    this.#parts = parts;
  }

  /** Ends copies under way. Their jobs return to the queue. */
  override async stop(deadline: AbortSignal): Promise<void> {
    this.stopping.abort();
    await super.stop(deadline);
  }

  /**
   * Copies the files within `ms`, while the callback waits for its response. Files that are not stored by then are left
   * to the worker. Never rejects, because the message is committed. Returns at once while `MOST_NOW`
   * messages are being copied.
   */
  async copyNow(copies: Copies, ms: number): Promise<void> {
    if (this.#underWay >= MOST_NOW) return;
    this.#underWay += 1;
    const signal = AbortSignal.any([AbortSignal.timeout(ms), this.stopping.signal]);
    // The storage may be slow as well, and the carrier does not wait for it.
    const { promise: late, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    const work = this.#tryNow(copies, signal).finally(() => {
      this.#underWay -= 1;
    });
    await Promise.race([work, late]);
  }

  async #tryNow(copies: Copies, signal: AbortSignal): Promise<void> {
    try {
      const results = await this.#copyAll(copies, signal);
      if (results.every(isSettled)) await this.#complete(copies, results, (tx) => this.#dropJob(tx, copies));
    } catch (error) {
      this.#parts.log.warn({ event: 'media_not_fetched', messageId: copies.messageId, error: String(error) });
    }
  }

  protected async load(ids: readonly string[]): Promise<Map<string, Copies>> {
    return new Map((await run(this.#parts.db, COPIES, ids)).map((row) => [row.messageId, row]));
  }

  protected async carryOut(job: Job, copies: Copies | undefined): Promise<void> {
    const { db, queue, clock } = this.#parts;
    const { signal } = this.stopping;
    // Another attempt has completed the message.
    if (!copies) return void (await persist(() => queue.finish(db, [job]), signal));
    const results = await this.#copyAll(copies, signal);
    const now = clock.now();
    const giveUpAt = copies.createdAt.getTime() + GIVE_UP_MS;
    if (signal.aborted) return this.#later(job, now);
    if (now < giveUpAt && !results.every(isSettled)) {
      return this.#later(job, Math.min(now + delayAfter(job.attempt, SCHEDULE) * 1000, giveUpAt));
    }
    const end = async (tx: Queryable) => (await queue.finish(tx, [job])).size > 0;
    await persist(() => this.#complete(copies, results, end), signal);
  }

  async #later(job: Job, runAt: number): Promise<void> {
    const { db, queue } = this.#parts;
    const counts = !this.stopping.signal.aborted;
    await persist(() => queue.postpone(db, [{ ...job, runAt: new Date(runAt), counts }]), this.stopping.signal);
  }

  /** Results in the order of the files. */
  #copyAll({ carrier, apiClientId, files }: Copies, signal: AbortSignal): Promise<FileCopy[]> {
    const { copy } = this.#parts;
    return Promise.all(
      files.map(async (file) => {
        if (file.error !== undefined) return { error: file.error, isTemporary: false };
        return copy(carrier, apiClientId, file, signal);
      }),
    );
  }

  /**
   * Stores the list of files and the event, once, in one commit with the end of the job.
   * @param endJob returns false if another process may have the job. Nothing is stored then.
   */
  async #complete(
    { messageId, files }: Copies,
    results: readonly FileCopy[],
    endJob: (tx: Queryable) => Promise<boolean>,
  ): Promise<void> {
    const { db, clock } = this.#parts;
    const media = results.map((result, i) => listed(result, files[i] as FileToCopy));
    await db.transaction(async (tx) => {
      if (!(await endJob(tx))) return;
      const isPending = (await run(tx, END_COPIES, messageId)).length > 0;
      if (isPending) await completeReceived(tx, { messageId, media }, new Date(clock.now()));
    });
    db.wake('webhooks');
  }

  /** Removes the job that has not been claimed. A worker that has claimed it finds the message complete. */
  async #dropJob(tx: Queryable, { messageId }: Copies): Promise<boolean> {
    await this.#parts.queue.drop(tx, [{ subject: messageId, ordinal: COPY }]);
    return true;
  }
}

/** Stores the files to copy and their job, in the transaction that stores the message. @param ms as in `copyNow`. */
export async function addCopies(
  { queue, clock }: { queue: Pick<Queue, 'add'>; clock: Clock },
  tx: Queryable,
  copies: Copies & { numberId: string },
  ms: number,
): Promise<void> {
  const { messageId, carrier, apiClientId: client, numberId: lane, files, createdAt } = copies;
  await run(tx, ADD_COPIES, messageId, carrier, client, asJson(files), createdAt);
  const runAt = new Date(clock.now() + ms + MARGIN_MS);
  await queue.add(tx, 'inbound', [{ subject: messageId, ordinal: COPY, client, lane, runAt }]);
}

/** Whether a further attempt cannot change the result. */
function isSettled(result: FileCopy): boolean {
  return 'file' in result || !result.isTemporary;
}

/** Item of `media[]`. A file that could not be copied has an error instead of a key. */
function listed(result: FileCopy, { mimeType, byteLength }: FileToCopy): ReceivedMedia {
  if ('file' in result) return result.file;
  return { mimeType, byteLength, error: result.error };
}

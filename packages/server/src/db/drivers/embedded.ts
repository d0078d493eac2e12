import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '#platform/config-error.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import type { Log } from '#platform/log.ts';
import { DatabaseUnavailable, type Queryable, type Store } from '../db.ts';
import { BYTES_TO_CREATE, BYTES_TO_OPEN, hasFreeSpace } from './disk-space.ts';
import { lockDirectory } from './lock.ts';
import { isEmpty } from './new-store.ts';
import { StatementScheduler } from './statement-scheduler.ts';
import { PgliteThread } from './thread.ts';
import { Topics } from './topics.ts';
import { Transaction } from './transaction.ts';
import { WriteProbe } from './write-probe.ts';

/** Delay in milliseconds before the first attempt to reopen PGlite. Doubles after each failure, up to the longest. */
const REOPEN_MS = 250;
const LONGEST_REOPEN_MS = 4_000;

/**
 * PostgreSQL in WebAssembly (PGlite), in `directory`, for one process. The store survives the end of the process at any
 * moment. PGlite does not fsync, so a power cut may lose the last writes. After a crash of PGlite, for example on a
 * full disk, statements fail with DatabaseUnavailable until it is reopened.
 * @throws ConfigError when `pg` is a link.
 * @throws DirectoryInUse when another process uses the directory.
 * @throws DatabaseUnavailable when the disk has no space for the store, or PGlite cannot open it.
 */
export async function openEmbedded(directory: string, log: Log): Promise<Store> {
  const files = join(resolve(directory), 'pg');
  // PGlite creates files that all users may write. The mode of their directory denies access to other users.
  makeDirectory(files);
  refuseLink(files);
  const lock = lockDirectory(directory);
  try {
    const isNew = isEmpty(files);
    // Without space, PGlite would leave a partial store, or hang.
    requireFreeSpace(files, isNew ? BYTES_TO_CREATE : BYTES_TO_OPEN);
    return new Embedded({ files, log, release: lock.release, thread: await opened(files, isNew) });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** PGlite does not follow a link. The lock and a backup would be those of the link. */
function refuseLink(files: string): void {
  if (!lstatSync(files).isSymbolicLink()) return;
  throw new ConfigError(
    `RC_DATA_DIR: ${files} is a symbolic link. Mount the disk there, or set RC_DATA_DIR to another directory.`,
  );
}

async function opened(files: string, isNew: boolean): Promise<PgliteThread> {
  return PgliteThread.open(files, isNew).catch((error) => {
    const reason = String((error as Error).message)
      .replaceAll(/\s+/g, ' ')
      .trim();
    const fix = 'Restore a backup, or move the directory away to start with an empty store.';
    throw new DatabaseUnavailable(`RC_DATA_DIR: the store in ${files} cannot be opened (${reason}). ${fix}`, {
      cause: error,
    });
  });
}

function requireFreeSpace(files: string, bytes: number): void {
  if (hasFreeSpace(files, bytes)) return;
  const mib = Math.round(bytes / 1_048_576);
  throw new DatabaseUnavailable(`RC_DATA_DIR: the disk of ${files} is full. Free at least ${mib} MiB there.`);
}

interface EmbeddedParts {
  /** Directory of PGlite. */
  files: string;
  log: Log;
  /** Releases the lock of the data directory. */
  release(): void;
  thread: PgliteThread;
}

class Embedded implements Store {
  readonly kind = 'embedded';
  readonly #parts: EmbeddedParts;
  readonly #topics = new Topics();
  readonly #probe = new WriteProbe();
  readonly #closing = new AbortController();
  /** Undefined after a crash of PGlite, until it is reopened. */
  #thread: PgliteThread | undefined;
  #reopening: Promise<void> | undefined;
  readonly #scheduler = new StatementScheduler();

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#adopt(parts.thread);
  }

  query<R extends object>(sql: string, params?: readonly unknown[], priority?: 'urgent'): Promise<R[]> {
    return this.#scheduler.statement(() => this.#ask<R>(this.#thread, sql, params), priority === 'urgent');
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#scheduler.transaction(() => this.#carryOut(work));
  }

  async #carryOut<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    // All statements use one thread. After a crash, the next thread does not have this transaction.
    const thread = this.#thread;
    // Not awaited, because the worker executes statements in order. BEGIN therefore costs no round trip.
    const begun = this.#ask(thread, 'begin', []);
    begun.catch(() => undefined);
    try {
      const transaction = new Transaction((sql, params) => this.#ask(thread, sql, params));
      const result = await work(transaction);
      transaction.check();
      await this.#ask(thread, 'commit', []);
      return result;
    } catch (error) {
      await this.#ask(thread, 'rollback', []).catch(() => undefined);
      throw error;
    }
  }

  async #ask<R extends object>(
    thread: PgliteThread | undefined,
    sql: string,
    params: readonly unknown[] | undefined,
  ): Promise<R[]> {
    if (!thread) throw new DatabaseUnavailable('the embedded store is not open');
    try {
      return (await thread.ask(sql, params)) as R[];
    } catch (error) {
      this.#probe.saw(error);
      throw error;
    }
  }

  #adopt(thread: PgliteThread): void {
    this.#thread = thread;
    void thread.ended.then((reason) => {
      this.#thread = undefined;
      if (this.#closing.signal.aborted) return;
      this.#parts.log.error({ event: 'store_crashed', reason: reason.message });
      this.#reopening = this.#reopen();
    });
  }

  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    for (let waitMs = REOPEN_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_REOPEN_MS)) {
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const thread = await this.#openAgain();
      if (!thread) continue;
      if (signal.aborted) return thread.close();
      this.#adopt(thread);
      this.#parts.log.warn({ event: 'store_reopened' });
      // Earlier reads may be wrong, because the outcome of the last statements is unknown.
      this.#topics.emitAll();
      return;
    }
  }

  async #openAgain(): Promise<PgliteThread | undefined> {
    const { files, log } = this.#parts;
    try {
      requireFreeSpace(files, BYTES_TO_OPEN);
      return await PgliteThread.open(files, false);
    } catch (error) {
      log.warn({ event: 'store_reopen_failed', reason: (error as Error).message });
      return undefined;
    }
  }

  onTimeline(): Promise<void> {
    return Promise.resolve();
  }

  ready(): Promise<void> {
    return this.#probe.run(this);
  }

  wake(topic: string): void {
    this.#topics.emit(topic);
  }

  onWake(topic: string, listener: () => void): () => void {
    return this.#topics.on(topic, listener);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#scheduler.idle();
    this.#closing.abort();
    await this.#thread?.close();
    await this.#reopening;
    this.#parts.release();
  }
}

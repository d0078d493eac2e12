import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable, type Db, type Queryable } from './db.ts';
import { lockDirectory } from './lock.ts';
import { Topics } from './topics.ts';
import { Transaction } from './transaction.ts';

export interface Question {
  id: number;
  sql: string;
  params: readonly unknown[] | undefined;
}

export interface Answer {
  id: number;
  rows?: object[];
  error?: { message: string; code: string | undefined; detail: string | undefined; constraint: string | undefined };
}

interface Waiting {
  resolve(rows: object[]): void;
  reject(error: Error): void;
}

/**
 * PostgreSQL in WebAssembly (PGlite), in `directory`, for one process. It survives the end of the process at any moment;
 * it does not fsync, so a power cut may lose its last writes.
 * @throws DirectoryInUse
 */
export async function openEmbedded(directory: string): Promise<Db> {
  // PGlite makes files that all users may write: the mode of their directory keeps others out.
  mkdirSync(join(directory, 'pg'), { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory);
  try {
    const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), {
      workerData: { directory: join(resolve(directory), 'pg') },
    });
    await once(worker, 'message');
    return new Embedded(worker, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class Embedded implements Db {
  readonly kind = 'embedded';
  readonly #worker: Worker;
  readonly #release: () => void;
  readonly #topics = new Topics();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #transactions = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #gone = false;

  constructor(worker: Worker, release: () => void) {
    this.#worker = worker;
    this.#release = release;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#lost(error));
    worker.on('exit', () => this.#lost(new Error('the embedded store has stopped')));
  }

  async query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    // One connection: what does not belong to an open transaction waits for its end.
    while (this.#transactions > 0) await this.#turn;
    return this.#ask<R>(sql, params);
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    this.#transactions += 1;
    const result = this.#turn.then(() => this.#carryOut(work));
    this.#turn = result
      .catch(() => undefined)
      .then(() => {
        this.#transactions -= 1;
      });
    return result;
  }

  async #carryOut<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    // Not awaited: the worker takes questions in order, so BEGIN costs no round trip.
    const begun = this.#ask('begin', []);
    begun.catch(() => undefined);
    try {
      const transaction = new Transaction((sql, params) => this.#ask(sql, params));
      const result = await work(transaction);
      transaction.check();
      await this.#ask('commit', []);
      return result;
    } catch (error) {
      await this.#ask('rollback', []).catch(() => undefined);
      throw error;
    }
  }

  #ask<R extends object>(sql: string, params: readonly unknown[] | undefined): Promise<R[]> {
    if (this.#gone) return Promise.reject(new DatabaseUnavailable('the embedded store is closed'));
    this.#lastId += 1;
    const question: Question = { id: this.#lastId, sql, params };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage(question);
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error) waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    else waiting?.resolve(answer.rows ?? []);
  }

  #lost(cause: Error): void {
    this.#gone = true;
    for (const { reject } of this.#waiting.values()) reject(new DatabaseUnavailable(cause.message, { cause }));
    this.#waiting.clear();
  }

  wake(topic: string): void {
    this.#topics.emit(topic);
  }

  onWake(topic: string, listener: () => void): () => void {
    return this.#topics.on(topic, listener);
  }

  async close(): Promise<void> {
    if (this.#gone) return;
    while (this.#transactions > 0) await this.#turn;
    const ended = once(this.#worker, 'exit');
    this.#worker.postMessage('close');
    await ended;
    this.#release();
  }
}

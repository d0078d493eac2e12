import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from '../db.ts';
import { type StoreError, translated } from './unavailable.ts';

/** Data of the thread. */
export interface Opening {
  directory: string;
  isNew: boolean;
}

export interface Question {
  id: number;
  sql: string;
  params: readonly unknown[] | undefined;
}

export interface Answer {
  id: number;
  rows?: object[];
  error?: StoreError & { message: string; detail: string | undefined; constraint: string | undefined };
  /** Whether the thread ends with this response. */
  crashed?: boolean;
}

interface Waiting {
  resolve(rows: object[]): void;
  reject(error: unknown): void;
}

/** Time limit of the shutdown checkpoint, in milliseconds. Data that it does not write is in the write-ahead log. */
const CLOSE_MS = 10_000;

/** PGlite in a worker thread, from its opening until it is closed or crashes. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<Error>();
  #lastId = 0;
  #over: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('the embedded store has stopped')));
  }

  /**
   * @param isNew whether files may be created. Otherwise a directory whose files have disappeared is an error.
   * @throws the error with which PGlite could not be opened.
   */
  static async open(directory: string, isNew: boolean): Promise<PgliteThread> {
    // The published package has compiled files.
    const file = new URL(`./embedded-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: { directory, isNew } satisfies Opening });
    // `once` removes its listener, and the constructor adds one later.
    worker.on('error', () => undefined);
    try {
      await Promise.race([once(worker, 'message'), endOf(worker)]);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return new PgliteThread(worker);
  }

  /** Resolves with the reason when the thread has ended. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  /**
   * @throws DatabaseUnavailable when the thread ends before its response. The statement may or may not have been
   *   executed.
   */
  ask(sql: string, params: readonly unknown[] | undefined): Promise<object[]> {
    if (this.#over) return Promise.reject(unavailable(this.#over));
    this.#lastId += 1;
    const question: Question = { id: this.#lastId, sql, params };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    if (this.#over) return;
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    this.#worker.postMessage('close');
    await this.ended;
    clearTimeout(timer);
  }

  #settle({ id, rows, error, crashed }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    const failure = error && Object.assign(new Error(error.message), error);
    if (failure) waiting?.reject(crashed ? unavailable(failure) : translated(failure));
    else waiting?.resolve(rows ?? []);
    if (crashed && failure) this.#end(failure);
  }

  #end(reason: Error): void {
    if (this.#over) return;
    this.#over = reason;
    for (const { reject } of this.#waiting.values()) reject(unavailable(reason));
    this.#waiting.clear();
    this.#ended.resolve(reason);
  }
}

async function endOf(worker: Worker): Promise<never> {
  const [code] = await once(worker, 'exit');
  throw new Error(`PGlite ended with ${code} while it was opened`);
}

function unavailable(cause: Error): DatabaseUnavailable {
  return new DatabaseUnavailable(cause.message, { cause });
}

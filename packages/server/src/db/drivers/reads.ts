import { performance } from 'node:perf_hooks';
import type { Db, Queryable } from '../db.ts';

/**
 * Maximum number of concurrent statements. On a server, less than half of its connections. On the embedded store's
 * single connection, any other statement waits for those before it.
 */
const AT_ONCE: Record<Db['kind'], number> = { server: 4, embedded: 1 };
/**
 * Maximum number of items that one statement reads. Other statements on the same connection wait for at most this many
 * items.
 */
const STEP = 100;
/** Longest rest after one result, in milliseconds. */
const REST_AT_MOST = 25;

const known = new WeakMap<Queryable, Queryable>();

/**
 * Store for statements of lists and pages. All readers share a part of its capacity, and leave the rest to the hot
 * path.
 */
export function readsOf(db: Pick<Db, 'kind' | 'query'>): Queryable {
  const reads = known.get(db) ?? new Reads(db, { atOnce: AT_ONCE[db.kind], isLoopBusy: loopLoad() });
  known.set(db, reads);
  return reads;
}

export interface ReadsOptions {
  atOnce: number;
  /** Whether the event loop was busy most of the time lately. */
  isLoopBusy(): boolean;
}

/**
 * Runs at most `atOnce` statements at the same time. Others wait, first in, first out. While the event loop is busy,
 * each result is followed by a rest as long as its evaluation. Reads then use half of the event loop, regardless of
 * their number.
 */
export class Reads implements Queryable {
  readonly #store: Queryable;
  readonly #options: ReadsOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #restUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Queryable, options: ReadsOptions) {
    this.#store = store;
    this.#options = options;
  }

  async query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    await new Promise<void>((start) => {
      this.#waiting.push(start);
      this.#startNext();
    });
    try {
      return await this.#store.query<R>(sql, params);
    } finally {
      const endedAt = performance.now();
      // Runs after the microtasks in which the caller evaluates the result, and before other work.
      process.nextTick(() => this.#leave(endedAt));
    }
  }

  #leave(endedAt: number): void {
    const now = performance.now();
    if (this.#options.isLoopBusy()) {
      this.#restUntil = Math.max(this.#restUntil, now) + Math.min(now - endedAt, REST_AT_MOST);
    }
    this.#running -= 1;
    this.#startNext();
  }

  #startNext(): void {
    if (this.#timer) return;
    while (this.#running < this.#options.atOnce && this.#waiting.length > 0) {
      const rest = this.#restUntil - performance.now();
      if (rest > 0) {
        this.#startLater(rest);
        return;
      }
      this.#running += 1;
      this.#waiting.shift()?.();
    }
  }

  #startLater(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#startNext();
    }, ms);
  }
}

const BUSY_SHARE = 0.5;
const SAMPLE_MS = 50;

function loopLoad(): () => boolean {
  let sample = performance.eventLoopUtilization();
  let sampledAt = performance.now();
  let isBusy = false;
  return () => {
    const now = performance.now();
    if (now - sampledAt < SAMPLE_MS) return isBusy;
    const next = performance.eventLoopUtilization();
    isBusy = performance.eventLoopUtilization(next, sample).utilization > BUSY_SHARE;
    sample = next;
    sampledAt = now;
    return isBusy;
  };
}

/**
 * Reads many items with several short statements instead of a long one.
 * @returns all rows, in the order of the items.
 */
export async function inSteps<Item, Row>(
  items: readonly Item[],
  read: (some: readonly Item[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < items.length; at += STEP) rows.push(...(await read(items.slice(at, at + STEP))));
  return rows;
}

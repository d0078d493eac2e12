import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Waiting } from './delay.ts';
import { type BaseQueue, baseOf, type Lane, type QueueName } from './job.ts';
import { type Waiting as LaneBacklog, LEASED, WAITING } from './sql.ts';

export interface Depth {
  queue: BaseQueue;
  /** Waiting jobs, due or not. */
  depth: number;
  oldestAgeSeconds: number;
}

const INTERVAL_MS = 1_000;
/** Minimum pause after a query, in multiples of its duration. Limits queries to a fiftieth of the time of the store. */
const REST = 50;
/** Maximum pause in milliseconds. A query that waited for a busy store must not leave the counts outdated for long. */
const LONGEST_REST_MS = 5_000;

/**
 * Number of waiting jobs per client and lane. Queried every second, or less often when the query is slow. Jobs that
 * this process adds in between are added to the counts. The counts are rather too high than too low, except for jobs
 * that other processes add meanwhile.
 */
export class Backlog {
  readonly #parts: { db: Db; clock: Clock; log: Log };
  #rows: LaneBacklog[] = [];
  #counts = new Map<string, number>();
  #scheduled = new Map<string, number>();
  /** Jobs added before the query under way, whose result may or may not include them. */
  #before = new Map<string, number>();
  #added = new Map<string, number>();
  #held = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #restMs = INTERVAL_MS;
  readonly #loop: Loop;

  constructor(parts: { db: Db; clock: Clock; log: Log }) {
    this.#parts = parts;
    this.#loop = new Loop({
      everyMs: () => this.#restMs,
      run: () => this.refresh(),
      onError: ({ message }) => parts.log.warn({ event: 'backlog_failed', reason: message }),
    });
  }

  /** Starts periodic queries. */
  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#looking?.catch(() => undefined);
  }

  /** Messages that wait in `outbound`, of a client in total and of one of its lanes. */
  waiting({ client, lane }: Lane): { ofClient: number; ofLane: number } {
    return { ofClient: this.#sum(client), ofLane: this.#sum(`${client}\n${lane}`) };
  }

  /**
   * Counts `count` jobs that are about to be added as waiting until their outcome is known. @returns function that ends
   * this.
   */
  hold({ client, lane }: Lane, count: number): () => void {
    const keys = [client, `${client}\n${lane}`];
    for (const key of keys) raise(this.#held, key, count);
    return () => {
      for (const key of keys) raise(this.#held, key, -count);
    };
  }

  /** Records that `count` jobs were added to `outbound` now. */
  add({ client, lane }: Lane, count: number): void {
    for (const key of [client, `${client}\n${lane}`]) raise(this.#added, key, count);
  }

  /** Messages of a client in `outbound` that are due within an hour but not yet, as of the last query. */
  scheduled(client: string): number {
    return this.#scheduled.get(client) ?? 0;
  }

  /** Senders with due messages that wait in `outbound`, as of the last query. */
  due(): Waiting[] {
    return this.#rows.filter(({ queue, due }) => baseOf(queue) === 'outbound' && due > 0);
  }

  /** Depth of each queue that has jobs. At most a second old, or older while queries are slow. */
  async depths(): Promise<Depth[]> {
    if (performance.now() - this.#lookedAt > this.#restMs) await this.refresh();
    const now = this.#parts.clock.now();
    const depths = new Map<BaseQueue, Depth>();
    for (const { queue: name, count, since } of this.#rows) {
      const queue = baseOf(name);
      const { depth, oldestAgeSeconds } = depths.get(queue) ?? NOTHING;
      const age = Math.max(0, (now - since.getTime()) / 1000);
      depths.set(queue, { queue, depth: depth + count, oldestAgeSeconds: Math.max(oldestAgeSeconds, age) });
    }
    return [...depths.values()];
  }

  /** Waiting jobs of one queue, and the age of the oldest one. As recent as `depths`. */
  async depthOf(name: QueueName): Promise<Omit<Depth, 'queue'>> {
    if (performance.now() - this.#lookedAt > this.#restMs) await this.refresh();
    const now = this.#parts.clock.now();
    const rows = this.#rows.filter(({ queue }) => queue === name);
    const ages = rows.map(({ since }) => Math.max(0, (now - since.getTime()) / 1000));
    return { depth: rows.reduce((sum, { count }) => sum + count, 0), oldestAgeSeconds: Math.max(0, ...ages) };
  }

  /** Running jobs of all processes, including those of a dead process until its eviction. */
  async leased(): Promise<{ queue: BaseQueue; count: number }[]> {
    const counts = new Map<BaseQueue, number>();
    for (const { queue, count } of await run(this.#parts.db, LEASED)) {
      counts.set(baseOf(queue), (counts.get(baseOf(queue)) ?? 0) + count);
    }
    return [...counts].map(([queue, count]) => ({ queue, count }));
  }

  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    this.#before = this.#added;
    this.#added = new Map();
    try {
      this.#rows = await run(this.#parts.db, WAITING);
      this.#counts = countOutbound(this.#rows);
      this.#scheduled = countScheduled(this.#rows);
      this.#before = new Map();
    } catch (error) {
      for (const [key, count] of this.#before) raise(this.#added, key, count);
      this.#before = new Map();
      throw error;
    } finally {
      this.#lookedAt = performance.now();
      this.#restMs = Math.min(LONGEST_REST_MS, Math.max(INTERVAL_MS, REST * (this.#lookedAt - startedAt)));
    }
  }

  #sum(key: string): number {
    return [this.#counts, this.#before, this.#added, this.#held].reduce(
      (sum, counts) => sum + (counts.get(key) ?? 0),
      0,
    );
  }
}

const NOTHING = { depth: 0, oldestAgeSeconds: 0 };

function raise(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function countOutbound(rows: readonly LaneBacklog[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { queue, client, lane, count } of rows) {
    if (baseOf(queue) !== 'outbound') continue;
    raise(counts, client, count);
    raise(counts, `${client}\n${lane}`, count);
  }
  return counts;
}

function countScheduled(rows: readonly LaneBacklog[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { queue, client, scheduled } of rows) {
    if (baseOf(queue) === 'outbound' && scheduled > 0) raise(counts, client, scheduled);
  }
  return counts;
}

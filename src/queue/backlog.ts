import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';
import type { Waiting } from './delay.ts';
import type { Lane, QueueName } from './job.ts';

interface Row extends Lane {
  queue: QueueName;
  count: number;
  /** Those that are due, or will be within a short time. */
  due: number;
  /** When the first of them is due, or has been. */
  since: Date;
}

export interface Depth {
  queue: QueueName;
  /** Jobs that wait, due or not. */
  depth: number;
  oldestAgeSeconds: number;
}

/** From the indexes alone; for a million jobs it takes PostgreSQL some 150 ms. */
const WAITING = `
  select queue, client, lane, sum(count)::int as count, sum(due)::int as due, min(since) as since from (
    select queue, client, lane, count(*) as count, count(*) as due, min(run_at) as since
    from jobs where leased_by is null and not asleep group by queue, client, lane
    union all
    select queue, client, lane, count(*), 0, min(run_at) from jobs where asleep group by queue, client, lane
  ) as waiting group by queue, client, lane`;

/** No index has them, since that would cost each lease: this reads the table. */
const LEASED = `
  select queue, count(*)::int as count from jobs where leased_by is not null group by queue`;

const INTERVAL_MS = 1_000;
/** Looking takes a fiftieth of the store's time at most. */
const REST = 50;

/**
 * How much waits, and whose it is. Asked of the store every second, or less often when that takes long, and counted on by
 * what this process adds in between: so it is rather too high than too low, but for what other processes add meanwhile.
 */
export class Backlog {
  readonly #parts: { db: Db; clock: Clock; log: Log };
  #rows: Row[] = [];
  #counts = new Map<string, number>();
  /** Added before the look that is under way, which may see it or not. */
  #before = new Map<string, number>();
  #added = new Map<string, number>();
  #held = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #restMs = INTERVAL_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { db: Db; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  /** Keeps looking. */
  start(): void {
    this.#timer = setTimeout(async () => {
      await this.refresh().catch((error) => {
        this.#parts.log.warn({ event: 'backlog_failed', reason: (error as Error).message });
      });
      if (this.#timer) this.start();
    }, this.#restMs);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking?.catch(() => undefined);
  }

  /** What waits to be sent: of a client in all, and of one of its lanes. */
  waiting({ client, lane }: Lane): { ofClient: number; ofLane: number } {
    return { ofClient: this.#sum(client), ofLane: this.#sum(`${client}\n${lane}`) };
  }

  /** Counts so many as waiting that are about to be added, until it is known what became of them. @returns what ends that. */
  hold({ client, lane }: Lane, count: number): () => void {
    const keys = [client, `${client}\n${lane}`];
    for (const key of keys) raise(this.#held, key, count);
    return () => {
      for (const key of keys) raise(this.#held, key, -count);
    };
  }

  /** Says that so many were added to `outbound` now. */
  add({ client, lane }: Lane, count: number): void {
    for (const key of [client, `${client}\n${lane}`]) raise(this.#added, key, count);
  }

  /** The senders that have due messages waiting to be sent, as the last look had them. */
  due(): Waiting[] {
    return this.#rows.filter(({ queue, due }) => queue === 'outbound' && due > 0);
  }

  /** Each queue that has any. At most a second old, or as old as it must be. */
  async depths(): Promise<Depth[]> {
    if (performance.now() - this.#lookedAt > this.#restMs) await this.refresh();
    const now = this.#parts.clock.now();
    const depths = new Map<QueueName, Depth>();
    for (const { queue, count, since } of this.#rows) {
      const { depth, oldestAgeSeconds } = depths.get(queue) ?? NOTHING;
      const age = Math.max(0, (now - since.getTime()) / 1000);
      depths.set(queue, { queue, depth: depth + count, oldestAgeSeconds: Math.max(oldestAgeSeconds, age) });
    }
    return [...depths.values()];
  }

  /** Jobs under way, in whichever process; those of a process that has died as well, until it is buried. */
  leased(): Promise<{ queue: QueueName; count: number }[]> {
    return this.#parts.db.query(LEASED, []);
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
      this.#rows = await this.#parts.db.query<Row>(WAITING, []);
      this.#counts = countOutbound(this.#rows);
      this.#before = new Map();
    } catch (error) {
      for (const [key, count] of this.#before) raise(this.#added, key, count);
      this.#before = new Map();
      throw error;
    } finally {
      this.#lookedAt = performance.now();
      this.#restMs = Math.max(INTERVAL_MS, REST * (this.#lookedAt - startedAt));
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

function countOutbound(rows: readonly Row[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { queue, client, lane, count } of rows) {
    if (queue !== 'outbound') continue;
    raise(counts, client, count);
    raise(counts, `${client}\n${lane}`, count);
  }
  return counts;
}

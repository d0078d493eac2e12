import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';
import type { Claimed, Load, Queue, QueueName } from './queue.ts';

export interface WorkerOptions<Loaded> {
  db: Db;
  queue: Queue;
  log: Log;
  name: QueueName;
  /** Jobs under way at once. Never more are claimed than can start at once: a claimed job must not wait. */
  slots(): number;
  leaseMs: number;
  /** What to read along with each job. */
  load?: Load;
  /** How often to look without having been woken; jittered by a fifth, so that processes don't march in step. */
  pollMs: number;
  /** Settles when all the jobs are recorded or given back. It may free its slots before, with `release`. */
  handle(claimed: Claimed<Loaded>[], release: (count: number) => void): Promise<void>;
}

/** Claims from one queue whenever it is woken or the poll is due, as long as slots are free. */
export class Worker<Loaded = unknown> {
  readonly #options: WorkerOptions<Loaded>;
  readonly #claim: (limit: number, inHand: readonly number[]) => Promise<Claimed<Loaded>[]>;
  readonly #inHand = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  #busy = 0;
  #claiming: Promise<void> | undefined;
  #again = false;
  #stopped = true;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;

  constructor(options: WorkerOptions<Loaded>) {
    const { queue, name, leaseMs, load } = options;
    this.#options = options;
    this.#claim = queue.claimer({ queue: name, leaseMs, ...(load ? { load } : {}) });
  }

  start(): void {
    this.#stopped = false;
    this.#unlisten = this.#options.db.onWake(this.#options.name, () => this.look());
    this.look();
  }

  /** Looks for due jobs now, or once more if it is looking already. */
  look(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#claiming ??= this.#claimAll();
  }

  async #claimAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#again && !this.#stopped) {
      // What frees its slots in this turn of the event loop is filled again by one claim.
      await nextTurn();
      this.#again = false;
      await this.#claimOnce().catch((error) => {
        this.#options.log.error({ event: 'claim_failed', queue: this.#options.name, reason: (error as Error).message });
      });
    }
    this.#claiming = undefined;
    if (this.#stopped) return;
    const pollMs = this.#options.pollMs * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => this.look(), pollMs);
  }

  async #claimOnce(): Promise<void> {
    const limit = this.#options.slots() - this.#busy;
    if (limit <= 0) return;
    const jobs = await this.#claim(limit, [...this.#inHand]);
    if (jobs.length === 0) return;
    if (jobs.length === limit) this.#again = true;
    this.#run(jobs);
  }

  #run(jobs: Claimed<Loaded>[]): void {
    let held = jobs.length;
    this.#busy += held;
    for (const { job } of jobs) this.#inHand.add(job.id);
    const release = (count: number) => {
      const freed = Math.min(count, held);
      held -= freed;
      this.#busy -= freed;
      if (freed > 0) this.look();
    };
    const run = this.#options
      .handle(jobs, release)
      .catch((error) => {
        // Not recorded: the lease runs out, and the jobs are claimed again as interrupted ones.
        this.#options.log.error({ event: 'jobs_failed', queue: this.#options.name, count: jobs.length, err: error });
      })
      .finally(() => {
        this.#running.delete(run);
        for (const { job } of jobs) this.#inHand.delete(job.id);
        release(held);
      });
    this.#running.add(run);
  }

  /** Claims no more, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#unlisten();
    // A claim under way may still bring jobs: they are leased by then, and are carried out as well.
    await this.#claiming;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Waits for all jobs of a claim, also when some fail. @throws the first one's error. */
export async function allOf(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

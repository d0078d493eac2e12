import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Holder, QueueName } from './job.ts';
import { RECLAIM } from './sql.ts';

/**
 * Leases of one process. Numbers are never reused. A lease is open while work may run under it. Jobs under a closed
 * lease have no running work and never will, so they can be reclaimed at any time. The end of a transaction with a
 * broken connection therefore does not matter. PostgreSQL may commit such a transaction much later.
 */
export class Leases {
  readonly #db: Db;
  readonly #holder: Holder;
  /** Epoch in which each lease was opened. */
  readonly #open = new Map<number, number>();
  #last = 0;
  /** Whether a response has been lost since the last reclaim. */
  #doubtful = false;
  /** Leases that were open when the reclaims were paused. Undefined: reclaims are not paused. */
  #paused: { readonly last: number; readonly open: ReadonlySet<number> } | undefined;

  constructor(db: Db, holder: Holder) {
    this.#db = db;
    this.#holder = holder;
  }

  open(): number {
    this.#last += 1;
    this.#open.set(this.#last, this.#holder.epoch);
    return this.#last;
  }

  /** Whether the lease is open and belongs to the current epoch of its holder. */
  ofThisEpoch(lease: number): boolean {
    return this.#open.get(lease) === this.#holder.epoch;
  }

  /** Closes a lease under which no more work will run. */
  close(lease: number): void {
    this.#open.delete(lease);
  }

  /** Closes a lease that may or may not have jobs in the store. No work ran under the lease. */
  doubt(lease: number): void {
    this.#open.delete(lease);
    this.#doubtful = true;
  }

  /** Stops reclaims, because jobs under closed leases may have been carried out, and only their records are missing. */
  pause(): void {
    this.#paused = { last: this.#last, open: new Set([...(this.#paused?.open ?? []), ...this.#open.keys()]) };
  }

  resume(): void {
    this.#paused = undefined;
  }

  /** @returns the last lease before the pause, once all leases from before it are closed. */
  quiescedUntil(): number | undefined {
    const { last, open } = this.#paused ?? { last: this.#last, open: [] };
    return [...open].some((lease) => this.#open.has(lease)) ? undefined : last;
  }

  /** Reclaims jobs of lost responses. Call before each claim. */
  async settleDoubts(): Promise<void> {
    if (this.#doubtful) await this.reclaim();
  }

  /** @returns queue of each released job. */
  async reclaim(): Promise<QueueName[]> {
    if (this.#last === 0 || this.#paused) return [];
    this.#doubtful = false;
    try {
      const rows = await run(this.#db, RECLAIM, this.#holder.id, this.#last, [...this.#open.keys()]);
      return rows.map(({ queue }) => queue);
    } catch (error) {
      this.#doubtful = true;
      throw error;
    }
  }
}

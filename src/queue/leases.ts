import type { Db } from '../db/db.ts';
import type { Holder } from './job.ts';

/**
 * Jobs of this process under leases that nothing is being done under: a claim or a commit whose answer never came. They
 * are as they were before. Read through as a whole: no index tells what is leased, since that would cost each lease one.
 */
const RECLAIM = `
  update jobs set leased_by = null, lease = null, attempt = attempt - case when interrupted then 0 else 1 end
  where leased_by = $1 and lease <= $2 and lease <> all($3)
  returning queue`;

/**
 * The leases of one process: numbered, never used twice, and open for as long as something may be done under them. What
 * the store has under a lease that is not open, nobody works at, and nobody will: it can be taken back at any time. So it
 * need not be known when a transaction ends whose connection broke; PostgreSQL may commit it much later.
 */
export class Leases {
  readonly #db: Db;
  readonly #holder: Holder;
  /** In which life each was opened. */
  readonly #open = new Map<number, number>();
  #last = 0;
  /** An answer is missing since the last look. */
  #doubtful = false;

  constructor(db: Db, holder: Holder) {
    this.#db = db;
    this.#holder = holder;
  }

  open(): number {
    this.#last += 1;
    this.#open.set(this.#last, this.#holder.life);
    return this.#last;
  }

  /** Whether it is open, and its holder has not been taken for dead since. */
  ofThisLife(lease: number): boolean {
    return this.#open.get(lease) === this.#holder.life;
  }

  /** Nothing more will be done under it. */
  close(lease: number): void {
    this.#open.delete(lease);
  }

  /** Closes one that may or may not have jobs in the store: nothing was done under it. */
  doubt(lease: number): void {
    this.#open.delete(lease);
    this.#doubtful = true;
  }

  /** For whoever is about to claim: what an answer is missing for comes first. */
  async settleDoubts(): Promise<void> {
    if (this.#doubtful) await this.reclaim();
  }

  /** @returns the queue of each job that was given back. */
  async reclaim(): Promise<string[]> {
    if (this.#last === 0) return [];
    this.#doubtful = false;
    try {
      const rows = await this.#db.query<{ queue: string }>(RECLAIM, [
        this.#holder.id,
        this.#last,
        [...this.#open.keys()],
      ]);
      return rows.map(({ queue }) => queue);
    } catch (error) {
      this.#doubtful = true;
      throw error;
    }
  }
}

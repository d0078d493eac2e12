import type { Db } from '../db.ts';
import { refusesWrites } from './unavailable.ts';

/** Writes one MiB for which no existing page has space, to the file of a new table and to the write-ahead log. */
const WRITE = `
  create table redcloud_probe (filler text);
  alter table redcloud_probe alter filler set storage plain;
  insert into redcloud_probe select repeat('x', 4000) from generate_series(1, 256)`;

const ROLLED_BACK = new Error('rolled back');

/**
 * Readiness check of a store. Normally, any response proves readiness. On a full disk, reads succeed while writes fail.
 * After such a failure, a write that needs space has to succeed first. The write is rolled back.
 */
export class WriteProbe {
  /** Number of failed writes, and of those that a successful write has followed. */
  #failures = 0;
  #survived = 0;

  /** Records the error of a statement. Call it for each error. */
  saw(error: unknown): void {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    if (refusesWrites(cause)) this.#failures += 1;
  }

  /** @throws DatabaseUnavailable while the store does not respond or accepts no writes. */
  async run(db: Pick<Db, 'query' | 'transaction'>): Promise<void> {
    const failures = this.#failures;
    if (failures === this.#survived) {
      await db.query('select 1 as ok', []);
      return;
    }
    await db
      .transaction(async (tx) => {
        await tx.query(WRITE);
        throw ROLLED_BACK;
      })
      .catch((error) => {
        if (error !== ROLLED_BACK) throw error;
      });
    this.#survived = failures;
  }
}

import type { Db } from './db.ts';
import { refusesWrites } from './unavailable.ts';

/** A MiB that no page of another table has room for, in the table's file and in the write-ahead log. */
const WRITE = `
  create table redcloud_probe (filler text);
  alter table redcloud_probe alter filler set storage plain;
  insert into redcloud_probe select repeat('x', 4000) from generate_series(1, 256)`;

const ROLLED_BACK = new Error('rolled back');

/**
 * Whether a store is ready for work. Normally that it answers says so. On a full disk reads go on while writes fail, so
 * after such a failure a write that needs room has to succeed first; it is rolled back.
 */
export class WriteProbe {
  /** Failures of writes so far, and those of them that a successful write has followed. */
  #failures = 0;
  #survived = 0;

  /** To be called with what each statement failed with. */
  saw(error: unknown): void {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    if (refusesWrites(cause)) this.#failures += 1;
  }

  /** @throws DatabaseUnavailable while the store does not answer, or takes no writes. */
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

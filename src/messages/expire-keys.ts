import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Janitor } from '../db/janitor.ts';

const BATCH = 1_000;
/** Enough for ten thousand sends a second. */
const MOST_BATCHES = 1_000;

const EXPIRE = `
  delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where created_at < $1 limit ${BATCH})) returning 1 as gone`;

/** Forgets stored answers after their period; a few at a time, so that it holds nobody up. */
export function expireKeys({ db, clock, seconds }: { db: Db; clock: Clock; seconds: number }): Janitor {
  async function batch(): Promise<number> {
    return db.transaction(async (tx) => {
      // The index by age is a BRIN, which only a bitmap plan can use; the embedded store has those off.
      await tx.query(`select set_config('enable_bitmapscan', 'on', true)`, []);
      const rows = await tx.query(EXPIRE, [new Date(clock.now() - seconds * 1000)]);
      return rows.length;
    });
  }

  return {
    name: 'expire idempotency keys',
    everyMs: 60_000,
    async run() {
      let count = 0;
      for (let i = 0; i < MOST_BATCHES; i += 1) {
        const gone = await batch();
        count += gone;
        if (gone < BATCH) break;
      }
      return count;
    },
  };
}

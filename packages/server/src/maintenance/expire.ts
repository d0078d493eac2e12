import type { Db } from '../db/db.ts';

const BATCH = 1_000;
/** Maximum number of batches per call. Enough for ten thousand rows per second, with one call per minute. */
const MOST_BATCHES = 1_000;

/**
 * Deletes the rows that were created before a point in time, in batches that do not delay other statements.
 * @param table table with a `created_at` column under a BRIN index.
 * @returns number of deleted rows.
 */
export async function expire(db: Db, table: string, before: Date): Promise<number> {
  const some = `delete from ${table} where ctid = any(array(
    select ctid from ${table} where created_at < $1 limit ${BATCH})) returning 1 as gone`;
  let count = 0;
  for (let i = 0; i < MOST_BATCHES; i += 1) {
    const gone = await db.transaction(async (tx) => {
      // Only a bitmap plan can use a BRIN index, and sessions disable such plans (ADR 0004).
      await tx.query(`select set_config('enable_bitmapscan', 'on', true)`, []);
      return (await tx.query(some, [before])).length;
    });
    count += gone;
    if (gone < BATCH) break;
  }
  return count;
}

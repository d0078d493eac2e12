import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { CLEAR, DELETED, EXPIRE } from './sql.ts';

/** Time without a message after which a conversation is deleted, in milliseconds: 400 days. */
const UNUSED_MS = 400 * 86_400_000;
/** Conversations per statement, and statements per run. */
const BATCH = 1_000;
const MOST_BATCHES = 100;

/** Deletes conversations of pools that were not used for 400 days, and those of deleted pools. */
export function expireConversations({ db, clock }: { db: Db; clock: Clock }): Janitor {
  async function deleteAll(next: () => Promise<unknown[]>): Promise<number> {
    let count = 0;
    for (let i = 0; i < MOST_BATCHES; i += 1) {
      const { length } = await next();
      count += length;
      if (length < BATCH) break;
    }
    return count;
  }
  return {
    name: 'expire conversations of pools',
    everyMs: 60_000,
    async run() {
      const before = new Date(clock.now() - UNUSED_MS);
      let count = await deleteAll(() => run(db, EXPIRE, before, BATCH));
      for (const { poolId } of await run(db, DELETED)) count += await deleteAll(() => run(db, CLEAR, poolId, BATCH));
      return count;
    },
  };
}

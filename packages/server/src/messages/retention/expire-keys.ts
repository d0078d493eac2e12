import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { CHECK_KEYS, DELETE_KEYS, KEYS_BATCH } from './sql.ts';

const DAY_MS = 86_400_000;
/**
 * Age in milliseconds at which the messages of a send without a schedule have ended, plus a day: 24 hours until they expire, and the
 * longest deadline for their outcome.
 */
const SURELY_ENDED_MS = 7 * DAY_MS;
/** Maximum number of batches per run. */
const MOST_BATCHES = 1_000;

/**
 * Deletes idempotent responses after their retention period. The response of a send stays until its messages have ended, plus a day, so
 * that a late repeat never sends again. SENT counts as ended, because not every carrier reports the delivery.
 */
export function expireKeys({ db, clock, seconds }: { db: Db; clock: Clock; seconds: number }): Janitor {
  return {
    name: 'expire idempotency keys',
    everyMs: 60_000,
    async run() {
      const now = clock.now();
      const [before, old] = [new Date(now - seconds * 1000), new Date(now - Math.max(seconds * 1000, SURELY_ENDED_MS))];
      let count = 0;
      for (let i = 0; i < MOST_BATCHES; i += 1) {
        const gone = await bitmapped(db, (tx) => run(tx, DELETE_KEYS, old));
        count += gone.length;
        if (gone.length < KEYS_BATCH) break;
      }
      for (let i = 0; i < MOST_BATCHES; i += 1) {
        const dayAgo = new Date(now - DAY_MS);
        const [checked] = await bitmapped(db, (tx) => run(tx, CHECK_KEYS, before, new Date(now), dayAgo));
        count += checked?.deleted ?? 0;
        if ((checked?.found ?? 0) < KEYS_BATCH) break;
      }
      return count;
    },
  };
}

/** Only a bitmap plan can use a BRIN index, and sessions disable such plans (ADR 0004). */
function bitmapped<T>(db: Db, work: (tx: Parameters<typeof run>[0]) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('enable_bitmapscan', 'on', true)`, []);
    return work(tx);
  });
}

import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Janitor } from '../db/janitor.ts';

const BATCH = 1_000;
/** Enough for ten thousand sends a second. */
const MOST_BATCHES = 1_000;

const expire = (table: string) => `
  delete from ${table} where ctid = any(array(
    select ctid from ${table} where created_at < $1 limit ${BATCH})) returning 1 as gone`;

export interface Expiry {
  db: Db;
  clock: Clock;
  seconds: number;
}

/** Forgets stored answers after their period. */
export function expireKeys(expiry: Expiry): Janitor {
  return { name: 'expire idempotency keys', everyMs: 60_000, run: () => expireFrom('idempotency_keys', expiry) };
}

/** Forgets the carriers' references of inbound messages; no carrier repeats one after that. */
export function expireInboundKeys(expiry: Expiry): Janitor {
  return { name: 'expire inbound keys', everyMs: 60_000, run: () => expireFrom('inbound_keys', expiry) };
}

/** A few at a time, so that it holds nobody up. */
async function expireFrom(table: string, { db, clock, seconds }: Expiry): Promise<number> {
  const before = new Date(clock.now() - seconds * 1000);
  let count = 0;
  for (let i = 0; i < MOST_BATCHES; i += 1) {
    const gone = await db.transaction(async (tx) => {
      // The index by age is a BRIN, which only a bitmap plan can use, and those are off (ADR 0004).
      await tx.query(`select set_config('enable_bitmapscan', 'on', true)`, []);
      return (await tx.query(expire(table), [before])).length;
    });
    count += gone;
    if (gone < BATCH) break;
  }
  return count;
}

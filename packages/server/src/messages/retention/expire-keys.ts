import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { expire } from '../db/expire.ts';
import type { Janitor } from '../db/janitor.ts';

/** Deletes idempotent responses after their retention period. */
export function expireKeys({ db, clock, seconds }: { db: Db; clock: Clock; seconds: number }): Janitor {
  return {
    name: 'expire idempotency keys',
    everyMs: 60_000,
    run: () => expire(db, 'idempotency_keys', new Date(clock.now() - seconds * 1000)),
  };
}

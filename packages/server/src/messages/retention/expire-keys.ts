import type { Db } from '#db/db.ts';
import { expire } from '#maintenance/expire.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';

/** Deletes idempotent responses after their retention period. */
export function expireKeys({ db, clock, seconds }: { db: Db; clock: Clock; seconds: number }): Janitor {
  return {
    name: 'expire idempotency keys',
    everyMs: 60_000,
    run: () => expire(db, 'idempotency_keys', new Date(clock.now() - seconds * 1000)),
  };
}

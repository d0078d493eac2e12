import type { Db } from '#db/db.ts';
import { expire } from '#maintenance/expire.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';

/** Deletes the carrier references of inbound messages after their retention period. No carrier repeats one later. */
export function expireInboundKeys({ db, clock, seconds }: { db: Db; clock: Clock; seconds: number }): Janitor {
  return {
    name: 'expire inbound keys',
    everyMs: 60_000,
    run: () => expire(db, 'inbound_keys', new Date(clock.now() - seconds * 1000)),
  };
}

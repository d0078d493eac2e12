import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { expire } from '../db/expire.ts';
import type { Janitor } from '../db/janitor.ts';
import { fingerprint, OPERATOR_SECONDS } from './tokens.ts';

/** Tokens are good until they expire; of those in a browser's cookie somebody may want the end sooner. */
export interface Sessions {
  /** @param token one that is good. */
  end(token: string): Promise<void>;
  hasEnded(token: string): Promise<boolean>;
}

export function createSessions({ db, clock }: { db: Db; clock: Clock }): Sessions {
  return {
    async end(token) {
      const row = [fingerprint(token), new Date(clock.now())];
      await db.query('insert into ended_sessions (id, created_at) values ($1, $2) on conflict do nothing', row);
    },

    async hasEnded(token) {
      return (await db.query('select 1 from ended_sessions where id = $1', [fingerprint(token)])).length > 0;
    },
  };
}

/** Forgets those that have expired by now. */
export function expireSessions({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire sessions',
    everyMs: 60_000,
    run: () => expire(db, 'ended_sessions', new Date(clock.now() - OPERATOR_SECONDS * 1000)),
  };
}

import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { expire } from '../maintenance/expire.ts';
import type { Janitor } from '../maintenance/janitor.ts';
import type { Clock } from '../platform/clock.ts';
import { END_SESSION, HAS_ENDED } from './sql.ts';
import { OPERATOR_SECONDS, type Session } from './tokens.ts';

type Ended = Pick<Session, 'id' | 'fingerprint'>;

/** Console sessions that ended before their token expired. */
export interface Sessions {
  end(session: Ended): Promise<void>;
  hasEnded(session: Ended): Promise<boolean>;
}

/**
 * Records a session under its id and under its fingerprint. During a rolling upgrade, processes of the previous version
 * record and look up only the fingerprint.
 */
export function createSessions({ db, clock }: { db: Db; clock: Clock }): Sessions {
  return {
    async end({ id, fingerprint }) {
      await run(db, END_SESSION, [id, fingerprint], new Date(clock.now()));
    },
    async hasEnded({ id, fingerprint }) {
      return (await run(db, HAS_ENDED, [id, fingerprint])).length > 0;
    },
  };
}

/** Deletes the records of sessions whose tokens have expired. */
export function expireSessions({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire sessions',
    everyMs: 60_000,
    run: () => expire(db, 'ended_sessions', new Date(clock.now() - OPERATOR_SECONDS * 1000)),
  };
}

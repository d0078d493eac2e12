import { deserialize, serialize } from 'node:v8';
import type { Db, Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { expire } from '../maintenance/expire.ts';
import type { Janitor } from '../maintenance/janitor.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict } from '../platform/errors.ts';
import type { Keys } from './keys.ts';
import { RESERVE_KEY, STORE_RESPONSE } from './sql.ts';

const KEPT_MS = 86_400_000;

/** Identity of a repeatable request. */
export interface Repeat {
  /** Owner of the key: `operator`, or the id of an API client. */
  asker: string;
  key: string;
  /** Fingerprint of the whole request. The same key with another fingerprint is an error. */
  fingerprint: string;
}

/** Result of this request, or of an earlier one under the same key. */
export type IdempotentResponse<T> = T & { replayed: boolean };

/**
 * Runs a change once per idempotency key within a day. The change and its idempotent response are one commit. The
 * response is stored encrypted, including secrets, because a repeat must return them again.
 */
export function createIdempotentResponses({ db, keys, clock }: { db: Db; keys: Keys; clock: Clock }) {
  /**
   * @param repeat undefined: `work` always runs.
   * @throws ApiError CONFLICT when the key was used for another request. Errors of `work` are passed on, and leave the
   * key unused.
   */
  return <T extends object>(
    repeat: Repeat | undefined,
    work: (tx: Queryable) => Promise<T>,
  ): Promise<IdempotentResponse<T>> =>
    db.transaction(async (tx) => {
      if (!repeat) return { ...(await work(tx)), replayed: false };
      const { asker, key, fingerprint } = repeat;
      const context = `answer ${asker} ${key}`;
      const [kept] = await run(tx, RESERVE_KEY, asker, key, fingerprint, new Date(clock.now()));
      if (kept?.fingerprint !== fingerprint)
        throw conflict('Idempotency-Key was already used with a different request');
      if (kept.answer !== null) return { ...opened<T>(keys.open(kept.answer, context)), replayed: true };
      const result = await work(tx);
      const sealed = keys.seal(serialize(result).toString('base64'), context);
      await run(tx, STORE_RESPONSE, asker, key, sealed);
      return { ...result, replayed: false };
    });
}

function opened<T>(answer: string | undefined): T {
  if (answer === undefined) {
    throw new Error('An idempotent response was encrypted with another RC_SECRET_KEY, or is damaged');
  }
  return deserialize(Buffer.from(answer, 'base64'));
}

/** Deletes idempotent responses after one day. */
export function expireAnswers({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire idempotent responses',
    everyMs: 60_000,
    run: () => expire(db, 'kept_answers', new Date(clock.now() - KEPT_MS)),
  };
}

import { deserialize, serialize } from 'node:v8';
import type { Clock } from '../clock.ts';
import type { Db, Queryable } from '../db/db.ts';
import { expire } from '../db/expire.ts';
import type { Janitor } from '../db/janitor.ts';
import { conflict } from '../errors.ts';
import type { Keys } from './keys.ts';

const KEPT_MS = 86_400_000;

/** By what a request is known again when it is repeated. */
export interface Repeat {
  /** Whose key it is: `operator`, or an API client's id. */
  asker: string;
  key: string;
  /** Of all that is asked for: the same key for something else is a mistake. */
  fingerprint: string;
}

/** What was done, now or by an earlier request under the same key. */
export type Once<T> = T & { replayed: boolean };

/** Without an answer only while it is made: both are committed together. */
interface Kept {
  fingerprint: string;
  answer: string | null;
}

/** Takes the key, or waits for whoever has it now and reads what became of it. */
const KEEP = `
  insert into kept_answers (asker, key, fingerprint, created_at) values ($1, $2, $3, $4)
  on conflict (asker, key) do update set asker = kept_answers.asker returning fingerprint, answer`;

/**
 * What is asked for once is done once, however often it is repeated within a day: the change and its answer are one commit.
 * The answer is kept sealed, secrets and all, since it could not be given again otherwise.
 */
export function createOnce({ db, keys, clock }: { db: Db; keys: Keys; clock: Clock }) {
  /**
   * @param repeat undefined: it is done, whatever was asked before.
   * @throws ApiError CONFLICT when the key was used for something else; and whatever `work` throws, which leaves the key free.
   */
  return <T extends object>(repeat: Repeat | undefined, work: (tx: Queryable) => Promise<T>): Promise<Once<T>> =>
    db.transaction(async (tx) => {
      if (!repeat) return { ...(await work(tx)), replayed: false };
      const { asker, key, fingerprint } = repeat;
      const context = `answer ${asker} ${key}`;
      const [kept] = (await tx.query<Kept>(KEEP, [asker, key, fingerprint, new Date(clock.now())])) as [Kept];
      if (kept.fingerprint !== fingerprint) throw conflict('Idempotency-Key was already used with a different request');
      if (kept.answer !== null) return { ...opened<T>(keys.open(kept.answer, context)), replayed: true };
      const result = await work(tx);
      const sealed = keys.seal(serialize(result).toString('base64'), context);
      await tx.query('update kept_answers set answer = $3 where asker = $1 and key = $2', [asker, key, sealed]);
      return { ...result, replayed: false };
    });
}

function opened<T>(answer: string | undefined): T {
  if (answer === undefined) throw new Error('A kept answer was sealed under another RC_SECRET_KEY, or is damaged');
  return deserialize(Buffer.from(answer, 'base64'));
}

/** Forgets them after their day. */
export function expireAnswers({ db, clock }: { db: Db; clock: Clock }): Janitor {
  return {
    name: 'expire kept answers',
    everyMs: 60_000,
    run: () => expire(db, 'kept_answers', new Date(clock.now() - KEPT_MS)),
  };
}

import { randomBytes, randomFillSync } from 'node:crypto';
import { encodeTime, monotonicFactory } from 'ulidx';
import type { Clock } from './clock.ts';

/** Kinds of ids. An id begins with its kind, so that ids in logs are self-explanatory. */
export type IdKind =
  | 'acc'
  | 'client'
  | 'evt'
  | 'med'
  | 'msg'
  | 'num'
  | 'pool'
  | 'prc'
  | 'rej'
  | 'req'
  | 'rpl'
  | 'secret';

/** Ids grow with time within a process, so that rows written together are neighbours in an index. */
export interface Ids {
  next(kind: IdKind): string;
}

export function createIds(clock: Clock): Ids {
  const ulid = monotonicFactory(pooledRandom());
  return { next: (kind) => `${kind}_${ulid(clock.now())}` };
}

/** Text that sorts before all ids of a kind created at `ms` or later. An id begins with its time. */
export function idFrom(kind: IdKind, ms: number): string {
  return `${kind}_${encodeTime(Math.max(0, ms), 10)}`;
}

/**
 * Random numbers from the system's generator, 4,096 bytes at a time. A call for each byte took longer than all the
 * rest.
 */
function pooledRandom(): () => number {
  const pool = Buffer.alloc(4096);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    const byte = pool[at] as number;
    at += 1;
    return byte / 256;
  };
}

/** Prefix and 192 random bits, for values that must not be guessed: secrets, lease tokens. */
export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`;
}

import { randomBytes, randomFillSync } from 'node:crypto';
import { encodeTime, monotonicFactory } from 'ulidx';
import type { Clock } from './clock.ts';

/** What an id names; the prefix says it to whoever reads one in a log. */
export type IdKind = 'acc' | 'client' | 'evt' | 'msg' | 'num' | 'prc' | 'req' | 'rpl' | 'secret';

/** Ids grow with time within a process, so that rows which are written together lie together in an index. */
export interface Ids {
  next(kind: IdKind): string;
}

export function createIds(clock: Clock): Ids {
  const ulid = monotonicFactory(pooledRandom());
  return { next: (kind) => `${kind}_${ulid(clock.now())}` };
}

/** What all ids of a kind that are made from that moment on are greater than: an id begins with its time. */
export function idFrom(kind: IdKind, ms: number): string {
  return `${kind}_${encodeTime(Math.max(0, ms), 10)}`;
}

/** From the system's generator, a few thousand at a time: asking it for each byte took longer than all the rest. */
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

/** 192 random bits, for what must not be guessed: secrets, lease tokens. */
export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`;
}

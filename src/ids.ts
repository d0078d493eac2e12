import { randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulidx';
import type { Clock } from './clock.ts';

/** What an id names; the prefix says it to whoever reads one in a log. */
export type IdKind = 'acc' | 'client' | 'evt' | 'msg' | 'num' | 'req' | 'secret';

/** Ids grow with time within a process, so that rows which are written together lie together in an index. */
export interface Ids {
  next(kind: IdKind): string;
}

export function createIds(clock: Clock): Ids {
  const ulid = monotonicFactory();
  return { next: (kind) => `${kind}_${ulid(clock.now())}` };
}

/** 192 random bits, for what must not be guessed: secrets, lease tokens. */
export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`;
}

import { LRUCache } from 'lru-cache';
import type { Db } from '../db.ts';

export interface Cached<Value> {
  (key: string): Promise<Value>;
  /** Invalidates the cache. Call it after every commit that may have changed a value. */
  invalidate(): void;
}

const MAX_VALUES = 10_000;
/** Maximum age of cached values in milliseconds, where other processes write too and a notification may be lost. */
const BELIEVED_MS = 1_000;
const TOPIC = 'settings';

/**
 * Caches settings that every request needs and that rarely change. A change applies at once in the process that made
 * it. Other processes apply it when they are notified, at most a second later.
 */
export function cached<Value>(
  db: Pick<Db, 'kind' | 'wake' | 'onWake'>,
  read: (key: string) => Promise<Value>,
): Cached<Value> {
  const known = new LRUCache<string, { value: Value; at: number }>({ max: MAX_VALUES });
  const believedMs = db.kind === 'embedded' ? Number.POSITIVE_INFINITY : BELIEVED_MS;
  let generation = 0;

  function clear(): void {
    generation += 1;
    known.clear();
  }
  db.onWake(TOPIC, clear);

  async function look(key: string): Promise<Value> {
    const found = known.get(key);
    if (found && performance.now() - found.at < believedMs) return found.value;
    const before = generation;
    const at = performance.now();
    const value = await read(key);
    // A value that was read during a write may be outdated already.
    if (value !== undefined && before === generation) known.set(key, { value, at });
    return value;
  }

  return Object.assign(look, {
    invalidate() {
      clear();
      db.wake(TOPIC);
    },
  });
}

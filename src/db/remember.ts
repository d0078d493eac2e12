import type { Db } from './db.ts';

export interface Remembered<Value> {
  (key: string): Promise<Value>;
  /** To be called after every commit that may have changed a value. */
  forget(): void;
}

const MOST = 10_000;

/**
 * Remembers what was read, where this process is the only one that writes: on the embedded store. On a server others
 * write too, and each call reads.
 */
export function remember<Value>(db: Pick<Db, 'kind'>, read: (key: string) => Promise<Value>): Remembered<Value> {
  const known = new Map<string, Value>();
  let generation = 0;

  async function look(key: string): Promise<Value> {
    const found = known.get(key);
    if (found !== undefined) return found;
    const before = generation;
    const value = await read(key);
    // What was read while something was being written may be old already.
    const rememberable = db.kind === 'embedded' && value !== undefined && known.size < MOST;
    if (rememberable && before === generation) known.set(key, value);
    return value;
  }

  return Object.assign(look, {
    forget() {
      generation += 1;
      known.clear();
    },
  });
}

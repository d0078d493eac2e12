import type { Db } from './db.ts';

export interface Remembered<Value> {
  (key: string): Promise<Value>;
  /** To be called after every commit that may have changed a value. */
  forget(): void;
}

const MOST = 10_000;
/** Where other processes write too, they say so; if that is lost, what was read is believed for so long at most. */
const BELIEVED_MS = 1_000;
const TOPIC = 'settings';

/**
 * Remembers what was read: settings that every request needs and that hardly ever change. A change holds at once in the
 * process that made it, and in others as soon as they hear of it, a second later at most.
 */
export function remember<Value>(
  db: Pick<Db, 'kind' | 'wake' | 'onWake'>,
  read: (key: string) => Promise<Value>,
): Remembered<Value> {
  const known = new Map<string, { value: Value; at: number }>();
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
    // What was read while something was being written may be old already.
    if (value !== undefined && before === generation && known.size < MOST) known.set(key, { value, at });
    return value;
  }

  return Object.assign(look, {
    forget() {
      clear();
      db.wake(TOPIC);
    },
  });
}

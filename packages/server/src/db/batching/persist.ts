import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable } from '../db.ts';

const LONGEST_WAIT_MS = 2_000;

/**
 * Repeats `work` until the store is available, for results of external actions that would be lost otherwise.
 * @param passes whether an error is temporary.
 * @throws the last error after `signal` is aborted, and any error that is not temporary at once.
 */
export async function persist<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  passes: (error: unknown) => boolean = (error) => error instanceof DatabaseUnavailable,
): Promise<T> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || signal.aborted) throw error;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

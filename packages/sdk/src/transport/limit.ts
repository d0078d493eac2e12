import { AbortError, TimeoutError } from '../errors.ts';
import type { Runtime } from './runtime.ts';

export interface Limits {
  /** Deadline in milliseconds since 1970. */
  until: number;
  signal?: AbortSignal | undefined;
}

/** Maximum delay of a timer. A timer with a longer delay fires at once. */
const LONGEST_MS = 2_147_483_647;

/**
 * Limits work by a deadline and by the caller's signal. The limit also holds for work that ignores its signal, such as
 * a custom `fetch`.
 *
 * @throws TimeoutError | AbortError | the error of the work
 */
export async function limited<T>(
  { now }: Pick<Runtime, 'now'>,
  { until, signal }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new AbortError(signal.reason);
  const timeoutMs = Math.min(LONGEST_MS, Math.max(0, until - now()));
  const controller = new AbortController();
  let end: (error: Error) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    end = (error) => {
      reject(error);
      controller.abort(error);
    };
  });
  const onAbort = () => end(new AbortError(signal?.reason));
  const late = () => end(new TimeoutError(`No response within ${Math.round(timeoutMs)} ms`));
  const timer = setTimeout(late, timeoutMs);
  const letGo = signal && whenAborted(signal, onAbort);
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    letGo?.();
  }
}

interface Waiting {
  ends: Set<() => void>;
  onAbort: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Registers one listener per signal for any number of calls. Node warns of a leak from the eleventh listener on. The
 * last call to end removes the listener. `AbortSignal.any` would retain a long-lived signal in some runtimes.
 */
function whenAborted(signal: AbortSignal, end: () => void): () => void {
  const { ends, onAbort } = waiting.get(signal) ?? listenTo(signal);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size > 0) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', onAbort);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const ends = new Set<() => void>();
  const onAbort = () => {
    for (const end of [...ends]) end();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const all = { ends, onAbort };
  waiting.set(signal, all);
  return all;
}

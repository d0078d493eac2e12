import { TimeoutError } from '../errors.ts';
import { type Api, type CallOptions, checkedTimeout } from './api.ts';

/**
 * Divides the time limit of a call among its requests. Without a time limit, each request has the default of the client.
 *
 * @returns function that returns the options for the next request. Throws a TimeoutError after the time limit
 */
export function timeBudget(api: Api, { signal, timeoutMs }: CallOptions): () => CallOptions {
  const limitMs = checkedTimeout(timeoutMs);
  const startedAt = api.now();
  const signals = signal ? { signal } : {};
  return () => {
    if (limitMs === undefined) return signals;
    const leftMs = startedAt + limitMs - api.now();
    if (leftMs <= 0) throw new TimeoutError(`Not complete within ${limitMs} ms`);
    return { ...signals, timeoutMs: leftMs };
  };
}

import { ApiError, ConnectionError, type RedCloudError, TimeoutError } from '../errors.ts';
import { tell } from '../listener.ts';
import { backoffMs } from './backoff.ts';
import { type Limits, limited } from './limit.ts';
import type { Runtime } from './runtime.ts';

/** @param waitMs milliseconds until the next attempt */
export type RetryListener = (error: RedCloudError, waitMs: number) => unknown;

export interface TimeLimits {
  /** Time limit of all attempts and waits together in milliseconds. */
  timeoutMs: number;
  /** Time limit of one attempt in milliseconds. */
  attemptTimeoutMs: number;
  maxRetries: number;
  onRetry?: RetryListener | undefined;
  signal?: AbortSignal | undefined;
}

/** Statuses to retry. A 500 is a bug and would recur. A 504 means that a proxy got no response. */
const WORTH_REPEATING = new Set([429, 502, 503, 504]);

/**
 * Repeats attempts until one has a final result, or until the limits of `timeLimits` are reached.
 *
 * @throws ApiError | ConnectionError | TimeoutError of the last attempt | AbortError
 */
export async function repeated<T>(
  runtime: Runtime,
  timeLimits: TimeLimits,
  attempt: (limits: Limits) => Promise<T>,
): Promise<T> {
  const { timeoutMs, attemptTimeoutMs, maxRetries, onRetry, signal } = timeLimits;
  const endsAt = runtime.now() + timeoutMs;
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt({ until: Math.min(runtime.now() + attemptTimeoutMs, endsAt), signal });
    } catch (error) {
      if (!isWorthRepeating(error) || retry >= maxRetries) throw error;
      const waitMs = backoffMs(retry, runtime.random(), retryAfterMs(error));
      // A wait until after the deadline is pointless. The call fails at once instead.
      if (runtime.now() + waitMs >= endsAt) throw error;
      if (onRetry) void tell(onRetry, error, waitMs);
      await limited(runtime, { until: endsAt, signal }, (over) => runtime.sleep(waitMs, over));
    }
  }
}

function isWorthRepeating(error: unknown): error is RedCloudError {
  if (error instanceof ApiError) return WORTH_REPEATING.has(error.status);
  return error instanceof ConnectionError || error instanceof TimeoutError;
}

function retryAfterMs(error: unknown): number | undefined {
  return error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}

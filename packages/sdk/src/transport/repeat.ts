import { ApiError, ConnectionError, type RedCloudError, TimeoutError } from '../errors.ts';
import { tell } from '../listener.ts';
import { backoffMs } from './backoff.ts';
import { type Limits, limited } from './limit.ts';
import type { Runtime } from './runtime.ts';

/** @param waitMs milliseconds until the next attempt */
export type RetryListener = (error: RedCloudError, waitMs: number) => unknown;

export interface Patience {
  /** Milliseconds for all attempts and the waits between them. */
  timeoutMs: number;
  /** Milliseconds for one attempt. */
  attemptTimeoutMs: number;
  maxRetries: number;
  onRetry?: RetryListener | undefined;
  signal?: AbortSignal | undefined;
}

/** Not 500: that is a bug, and would be one again. 504 is a proxy's way to say that no answer came. */
const WORTH_REPEATING = new Set([429, 502, 503, 504]);

/**
 * Attempts, until one has an answer that repeating would not change, or patience is at its end.
 * @throws ApiError | ConnectionError | TimeoutError of the last attempt | AbortError
 */
export async function repeated<T>(
  runtime: Runtime,
  patience: Patience,
  attempt: (limits: Limits) => Promise<T>,
): Promise<T> {
  const { timeoutMs, attemptTimeoutMs, maxRetries, onRetry, signal } = patience;
  const endsAt = runtime.now() + timeoutMs;
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt({ until: Math.min(runtime.now() + attemptTimeoutMs, endsAt), signal });
    } catch (error) {
      if (!isWorthRepeating(error) || retry >= maxRetries) throw error;
      const waitMs = backoffMs(retry, runtime.random(), retryAfterMs(error));
      // Whoever would only wait to be too late is told now.
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

import { type ApiError, rateLimited } from '#platform/errors.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Lane } from '#queue/job.ts';

/** Retry-After in seconds while no estimate exists, because a carrier or a pace determines the rate. */
const RETRY_AFTER_SECONDS = 10;
/** Range of Retry-After, in seconds. */
const LEAST_RETRY_SECONDS = 2;
const LONGEST_RETRY_SECONDS = 3_600;

/** Maximum number of messages that wait to be submitted. */
export interface QueueLimits {
  perClient: number;
  perNumber: number;
}

export interface QueueState {
  backlog: Pick<Backlog, 'waiting'>;
  limits: QueueLimits;
  /** Seconds until the waiting messages of a number are submitted. undefined: unknown. */
  delaySeconds(lane: Lane): number | undefined;
}

/** @returns the error when `count` more messages exceed a limit. A request is queued as a whole or not at all. */
export function refusalFor(
  { backlog, limits, delaySeconds }: QueueState,
  lane: Lane,
  count: number,
): ApiError | undefined {
  const { ofClient, ofLane } = backlog.waiting(lane);
  const refuse = (scope: 'client' | 'number', limit: number, queued: number) => {
    const whose = scope === 'number' ? 'sendFrom' : 'this API client';
    const retryAfter = retryAfterSeconds(delaySeconds(lane), queued + count - limit, ofLane);
    return rateLimited(`Too many messages of ${whose} are waiting to be sent`, retryAfter, { scope, limit, queued });
  };
  if (ofLane + count > limits.perNumber) return refuse('number', limits.perNumber, ofLane);
  if (ofClient + count > limits.perClient) return refuse('client', limits.perClient, ofClient);
  return undefined;
}

/** @returns the time until `excess` of the `waiting` messages of a number are submitted. */
function retryAfterSeconds(delaySeconds: number | undefined, excess: number, waiting: number): number {
  if (!delaySeconds || waiting === 0) return RETRY_AFTER_SECONDS;
  const seconds = Math.ceil(delaySeconds * Math.min(1, excess / waiting));
  return Math.min(LONGEST_RETRY_SECONDS, Math.max(LEAST_RETRY_SECONDS, seconds));
}

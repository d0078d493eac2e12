import { type ApiError, rateLimited } from '../errors.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Lane } from '../queue/job.ts';

const RETRY_AFTER_SECONDS = 10;

/** How many messages may wait to be sent. */
export interface QueueLimits {
  perClient: number;
  perNumber: number;
}

/** @returns why so many more messages can't be queued now, if they can't: all of a request or nothing. */
export function refusalFor(backlog: Backlog, limits: QueueLimits, lane: Lane, count: number): ApiError | undefined {
  const { ofClient, ofLane } = backlog.waiting(lane);
  if (ofLane + count > limits.perNumber) return full('number', limits.perNumber, ofLane);
  if (ofClient + count > limits.perClient) return full('client', limits.perClient, ofClient);
  return undefined;
}

function full(scope: 'client' | 'number', limit: number, queued: number): ApiError {
  const whose = scope === 'number' ? 'sendFrom' : 'this API client';
  return rateLimited(`Too many messages of ${whose} are waiting to be sent`, RETRY_AFTER_SECONDS, {
    scope,
    limit,
    queued,
  });
}

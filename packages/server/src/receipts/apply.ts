import type { Queryable } from '../db/db.ts';
import { reportAttempts } from '../messages/attempts/attempts.ts';
import { countFinished, type MessageMetrics, notePossibleDuplicate } from '../messages/lifecycle/metrics.ts';
import { isFinal } from '../messages/lifecycle/status.ts';
import type { Advance, PartReport, Step } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Queue } from '../queue/queue.ts';
import {
  attemptReports,
  dependsOnProgress,
  hasOtherId,
  isAboutEarlier,
  isPossibleDuplicate,
  type Matched,
} from './earlier.ts';
import type { Match } from './identity.ts';
import { awaitOtherSegments } from './incomplete.ts';
import type { ReceiptMetrics } from './metrics.ts';

/** Applies matched receipts to their messages, within the transaction that stores the receipts. */
export async function apply(
  { queue, clock }: { queue: Pick<Queue, 'add' | 'attemptsInProgress'>; clock: Clock },
  tx: Queryable,
  advance: Advance,
  found: readonly Matched[],
): Promise<Step[]> {
  const now = new Date(clock.now());
  // Jobs are locked before messages, as by the module outbound.
  const uncertain = found.filter(dependsOnProgress).map(({ match }) => match.messageId);
  const attempts = await queue.attemptsInProgress(tx, [...new Set(uncertain)]);
  const withProgress = (one: Matched): Matched => ({ ...one, inProgress: attempts.get(one.match.messageId) });
  const matched = attempts.size > 0 ? found.map(withProgress) : found;
  const reports = matched.flatMap(partReports);
  const steps = await advance(now, reports);
  await awaitOtherSegments(tx, queue, now, reports, steps);
  await reportAttempts(tx, matched.flatMap(attemptReports));
  return steps;
}

export interface AppliedParts {
  log: Log;
  metrics: ReceiptMetrics & MessageMetrics;
}

/** Must be called after the commit of `apply`. */
export function countApplied(parts: AppliedParts, steps: readonly Step[], matched: readonly Matched[]): void {
  for (const step of steps) if (isFinal(step.to)) countFinished(parts.metrics, step);
  for (const { row, match } of matched.filter(isDeliveredAfterFailure)) {
    parts.log.warn({ event: 'delivered_after_failure', messageId: match.messageId, carrier: row.carrier });
  }
  for (const { row, match } of matched.filter(isPossibleDuplicate)) {
    notePossibleDuplicate(parts, { messageId: match.messageId, carrier: row.carrier });
  }
}

/** The failure was reported to the client, so that the status stays. */
function isDeliveredAfterFailure({ row, match }: Matched): boolean {
  return row.state === 'DELIVERED' && match.segment.state === 'FAILED';
}

/** Message and segment under which a receipt is stored: the first of its segments. */
export function placeOf(match: Match): { messageId: string; part: number };
export function placeOf(match: Match | undefined): { messageId: string | null; part: number | null };
export function placeOf(match: Match | undefined) {
  return { messageId: match?.messageId ?? null, part: match?.parts[0] ?? null };
}

/**
 * @returns new state of each segment of the receipt. A failure of an attempt that another one has followed changes no
 *   segment, because the later attempt decides.
 */
function partReports(matched: Matched): PartReport[] {
  const { row, match } = matched;
  const { state, error } = row;
  const isEarlier = isAboutEarlier(matched);
  if (state === 'PENDING' || (isEarlier && state === 'FAILED')) return [];
  // The message id of the latest attempt decides. Receipts of earlier versions name no attempt.
  if (!isEarlier && typeof row.attempt === 'number' && hasOtherId(matched)) return [];
  // The spelling of the submit response. Without a response, the spelling of the receipt.
  const carrierRef = match.carrierRef ?? row.carrierRef;
  const carrier = (isEarlier ? match.segment.segmentCarrier : null) ?? row.carrier;
  const failure = error ?? { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };
  const { messageId, parts } = match;
  return parts.map((part) => ({
    ...{ messageId, part, state, carrier, carrierRef },
    error: state === 'FAILED' ? failure : null,
  }));
}

import type { Report } from '../carriers/carrier.ts';
import type { Queryable } from '../db/db.ts';
import { countFinished, type MessageMetrics } from '../messages/lifecycle/metrics.ts';
import { isFinal } from '../messages/lifecycle/status.ts';
import type { Advance, PartReport, Step } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { MessageError } from '../platform/errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Match } from './identity.ts';
import { awaitOtherSegments } from './incomplete.ts';

/** Applies matched receipts to their messages, within the transaction that stores the receipts. */
export async function apply(
  { queue, clock }: { queue: Pick<Queue, 'add'>; clock: Clock },
  tx: Queryable,
  advance: Advance,
  reports: readonly PartReport[],
): Promise<Step[]> {
  const now = new Date(clock.now());
  const steps = await advance(now, reports);
  await awaitOtherSegments(tx, queue, now, reports, steps);
  return steps;
}

/** Must be called after the commit of `apply`. */
export function countApplied(metrics: MessageMetrics, steps: readonly Step[]): void {
  for (const step of steps) if (isFinal(step.to)) countFinished(metrics, step);
}

/** Message and segment under which a receipt is stored: the first of its segments. */
export function placeOf(match: Match): { messageId: string; part: number };
export function placeOf(match: Match | undefined): { messageId: string | null; part: number | null };
export function placeOf(match: Match | undefined) {
  return { messageId: match?.messageId ?? null, part: match?.parts[0] ?? null };
}

/** @returns new state of each segment of the receipt. Empty without a match. */
export function partReports(
  row: { carrier: string; carrierRef: string | null; state: Report['state']; error: MessageError | null },
  match: Match | undefined,
): PartReport[] {
  const { carrier, state, error } = row;
  if (!match || state === 'PENDING') return [];
  // The spelling of the submit response. Without a response, the spelling of the receipt.
  const carrierRef = match.carrierRef ?? row.carrierRef;
  const failure = error ?? { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };
  const { messageId, parts } = match;
  return parts.map((part) => ({
    messageId,
    part,
    state,
    carrier,
    carrierRef,
    error: state === 'FAILED' ? failure : null,
  }));
}

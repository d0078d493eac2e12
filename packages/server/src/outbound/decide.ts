import type { SubmitResult } from '../carriers/carrier.ts';
import { failureOf } from '../carriers/failures.ts';
import { storable } from '../db/db.ts';
import type { AttemptResult } from '../messages/attempts/attempts.ts';
import type { PartReport } from '../messages/lifecycle/transition.ts';
import type { DeliveryGuarantee } from '../messages/request/send-request.ts';
import type { MessageError } from '../platform/errors.ts';

/** The result of a submit: a report to record, or another attempt. */
export type Decision =
  /** `elsewhere` is the result of this attempt, if another carrier may accept the message instead. */
  | { kind: 'record'; report: Fact; elsewhere?: AttemptResult }
  /**
   * `report` is recorded before the other attempt, because a receipt may make that attempt unnecessary. `ended` is the
   * result of this attempt. Absent: there was no submit, and the other attempt has the same number. `isExcused`: the
   * attempt does not count towards limits, because the message is not at fault.
   */
  | { kind: 'retry'; afterMs: number; isExcused: boolean; report?: Fact; ended?: AttemptResult };

/** Recorded state of a segment. */
export type Fact = Pick<PartReport, 'state' | 'carrierRef' | 'error'>;

type Refusal = Extract<SubmitResult, { outcome: 'rejected' }>;

export const UNKNOWN: Fact = { state: 'UNKNOWN', carrierRef: null, error: null };

/** Number of attempts after which a temporary rejection counts as permanent. */
export const MAX_REFUSALS = 8;
/**
 * Maximum number of submits of a segment without a response, with AT_LEAST_ONCE. After the last submit only a receipt
 * gives the outcome.
 */
export const MAX_UNANSWERED = 5;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const MISCONFIGURED_RETRY_MS = 30_000;

/** Milliseconds until the next attempt, doubled from one second up to one minute. */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 16));
}

/**
 * The only place that maps a carrier's response to the state of a message. A segment that may have reached the carrier
 * is submitted again only if its sender chose AT_LEAST_ONCE.
 * @param attempt number of the attempt, without the excused ones.
 */
export function decide(result: SubmitResult, attempt: number, guarantee: DeliveryGuarantee): Decision {
  const decision = nextStep(result, attempt, guarantee);
  if (decision.kind === 'record') return decision;
  const ended = resultOf(result);
  return ended ? { ...decision, ended } : decision;
}

function nextStep(result: SubmitResult, attempt: number, guarantee: DeliveryGuarantee): Decision {
  switch (result.outcome) {
    case 'accepted':
      return { kind: 'record', report: { state: 'SENT', carrierRef: storable(result.carrierRef), error: null } };
    case 'rejected':
      if (!result.permanent && attempt < MAX_REFUSALS)
        return { kind: 'retry', afterMs: backoffMs(attempt), isExcused: false };
      return {
        ...{ kind: 'record', report: { state: 'FAILED', carrierRef: null, error: rejected(result) } },
        ...(result.isRouteSpecific ? { elsewhere: { ...refused('REJECTED', result), isRouteSpecific: true } } : {}),
      };
    case 'throttled':
      return { kind: 'retry', afterMs: result.retryAfterMs, isExcused: true };
    case 'unreachable':
      return { kind: 'retry', afterMs: backoffMs(attempt), isExcused: false };
    case 'misconfigured':
      return { kind: 'retry', afterMs: MISCONFIGURED_RETRY_MS, isExcused: true };
    case 'unknown':
      if (guarantee === 'AT_MOST_ONCE' || attempt >= MAX_UNANSWERED) return { kind: 'record', report: UNKNOWN };
      return { kind: 'retry', afterMs: backoffMs(attempt), isExcused: false, report: UNKNOWN };
  }
}

/** Result and proof of an attempt, or undefined if it was accepted or there was no submit. */
function resultOf(result: SubmitResult): AttemptResult | undefined {
  switch (result.outcome) {
    case 'accepted':
      return undefined;
    case 'unknown':
      return { outcome: 'UNKNOWN', proof: null, carrierCode: null, reason: storable(result.reason) };
    case 'unreachable':
      return { outcome: 'UNREACHABLE', proof: 'NOT_SENT', carrierCode: null, reason: storable(result.reason) };
    case 'rejected':
      return refused('REJECTED', result);
    case 'throttled':
      return result.carrierCode === undefined ? undefined : refused('THROTTLED', { carrierCode: result.carrierCode });
    case 'misconfigured':
      return result.carrierCode === undefined
        ? undefined
        : refused('MISCONFIGURED', { ...result, carrierCode: result.carrierCode });
  }
}

function refused(
  outcome: AttemptResult['outcome'],
  { carrierCode, reason }: { carrierCode: string; reason?: string },
): AttemptResult {
  return { outcome, proof: 'REFUSED', carrierCode: storable(carrierCode), reason: reason ? storable(reason) : null };
}

function rejected({ code = 'CARRIER_REJECTED', carrierCode, reason }: Refusal): MessageError {
  return failureOf(code, storable(carrierCode), storable(reason));
}

export const OUTCOME_UNKNOWN: MessageError = {
  code: 'OUTCOME_UNKNOWN',
  message: 'The carrier reported no outcome before the deadline. The message was not submitted again.',
  details: {},
};

export const EXPIRED: MessageError = {
  code: 'EXPIRED',
  message: 'The message could not be submitted to a carrier in time',
  details: {},
};

import type { SubmitResult } from '../carriers/carrier.ts';
import { failureOf } from '../carriers/failures.ts';
import { storable } from '../db/db.ts';
import type { PartReport } from '../messages/lifecycle/transition.ts';
import type { DeliveryGuarantee } from '../messages/request/send-request.ts';
import type { MessageError } from '../platform/errors.ts';

/** The result of a submit: a report to record, or another attempt. */
export type Decision =
  | { kind: 'record'; report: Fact }
  /** `report` is recorded before the other attempt, because a receipt may make that attempt unnecessary. */
  | { kind: 'retry'; afterMs: number; counts: boolean; report?: Fact };

/** Recorded state of a segment. */
export type Fact = Pick<PartReport, 'state' | 'carrierRef' | 'error'>;

type Refusal = Extract<SubmitResult, { outcome: 'rejected' }>;

const UNKNOWN: Fact = { state: 'UNKNOWN', carrierRef: null, error: null };

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
 */
export function decide(result: SubmitResult, attempt: number, guarantee: DeliveryGuarantee): Decision {
  switch (result.outcome) {
    case 'accepted':
      return { kind: 'record', report: { state: 'SENT', carrierRef: storable(result.carrierRef), error: null } };
    case 'rejected':
      if (!result.permanent && attempt < MAX_REFUSALS)
        return { kind: 'retry', afterMs: backoffMs(attempt), counts: true };
      return { kind: 'record', report: { state: 'FAILED', carrierRef: null, error: rejected(result) } };
    case 'throttled':
      return { kind: 'retry', afterMs: result.retryAfterMs, counts: false };
    case 'unreachable':
      return { kind: 'retry', afterMs: backoffMs(attempt), counts: true };
    case 'misconfigured':
      return { kind: 'retry', afterMs: MISCONFIGURED_RETRY_MS, counts: false };
    case 'unknown':
      if (guarantee === 'AT_MOST_ONCE' || attempt >= MAX_UNANSWERED) return { kind: 'record', report: UNKNOWN };
      return { kind: 'retry', afterMs: backoffMs(attempt), counts: true, report: UNKNOWN };
  }
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

export const SENDER_UNAVAILABLE: MessageError = {
  code: 'SENDER_UNAVAILABLE',
  message: 'The API client is no longer allowed to send messages',
  details: {},
};

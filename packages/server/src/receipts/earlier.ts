import type { Report } from '../carriers/carrier.ts';
import type { AttemptReport } from '../messages/attempts/attempts.ts';
import { fold, LEVEL, type Match } from './identity.ts';

/** Receipt with the segment or the attempt that it belongs to. */
export interface Matched {
  row: Pick<Report, 'carrierRef' | 'attempt' | 'state' | 'error'> & { carrier: string };
  match: Match;
  /** Number of the attempt in progress, if it was looked up. */
  inProgress?: number | undefined;
}

/** Whether another attempt has followed the attempt of the receipt. */
export function isAboutEarlier(matched: Matched): boolean {
  const { segment } = matched.match;
  if (segment.endedAttempt !== null) return true;
  const named = namedAttempt(matched);
  const latest = Math.max(segment.attempt ?? 0, matched.inProgress ?? 0);
  return named !== null && segment.attempt !== null && named < latest;
}

/**
 * Whether another attempt may be in progress that decides instead of this failure. Only a segment without an outcome can
 * be submitted again.
 */
export function dependsOnProgress(matched: Matched): boolean {
  const { row, match } = matched;
  return row.state === 'FAILED' && match.segment.state === 'UNKNOWN' && namedAttempt(matched) !== null;
}

function namedAttempt({ row, match }: Matched): number | null {
  return match.level === LEVEL.ours ? (row.attempt ?? null) : null;
}

/** @returns the report for the row of the ended attempt, if that row can exist. */
export function attemptReports(matched: Matched): AttemptReport[] {
  const { row, match } = matched;
  const attempt = match.segment.endedAttempt ?? row.attempt ?? match.segment.attempt;
  // An unknown attempt has a row as well when its message is submitted again. A report may have failed the segment since.
  const mayHaveRow = match.segment.state === 'UNKNOWN' || match.segment.state === 'FAILED';
  const isEnded = isAboutEarlier(matched) || mayHaveRow;
  if (!isEnded || attempt === null || row.state === 'PENDING') return [];
  const { carrier, carrierRef, state } = row;
  const { messageId, parts } = match;
  return parts.map((part) => ({ messageId, part, attempt, carrier, carrierRef, state }));
}

/**
 * Whether the receipt shows that two submits of one segment may have been accepted: the carrier accepted an earlier
 * attempt although a later one was not refused, or the carrier returns our reference with a second message id.
 */
export function isPossibleDuplicate(matched: Matched): boolean {
  const { row, match } = matched;
  if (row.state !== 'SENT' && row.state !== 'DELIVERED') return false;
  if (isAboutEarlier(matched)) return match.segment.state !== null && match.segment.state !== 'FAILED';
  return hasOtherId(matched);
}

/**
 * Whether the receipt has our reference, and another message id than the response to that submit. The carrier has
 * accepted a copy of the submit then, or the receipt is about another message.
 */
export function hasOtherId({ row, match }: Matched): boolean {
  if (match.level !== LEVEL.ours || match.carrierRef === null || row.carrierRef === null) return false;
  return fold(match.carrierRef) !== fold(row.carrierRef);
}

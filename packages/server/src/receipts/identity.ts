import type { PartState } from '#messages/lifecycle/status.ts';

/**
 * Carrier message ids, compared as identities instead of texts. A carrier may write an id in hexadecimal in its submit
 * response and in decimal in its receipt. Case and leading zeros may differ too.
 */

/** Certainty that two spellings are of one id. A lower number is more certain. */
export const LEVEL = { ours: 0, exact: 1, folded: 2, number: 3 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

/** A canonical form under which the id of a submit response may be found. */
export interface Key {
  key: string;
  level: Level;
}

/** Maximum length of ids that are read as numbers. 128 bits have 39 decimal digits. */
const LONGEST_NUMBER = 39;

/**
 * Canonical form of an id: lower case, without surrounding spaces, a leading `0x` and leading zeros. Must equal
 * `carrier_ref_key` in SQL (migration 0013).
 */
export function fold(ref: string): string {
  return ref
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/^ +| +$/g, '')
    .replace(/^(0x)?[0 ]*(?=.)/s, '');
}

/** Canonical forms of the ids that a receipt with this id may mean, the most certain first. Each form occurs once. */
export function keysOf(ref: string): Key[] {
  const key = fold(ref);
  const keys: Key[] = [{ key, level: LEVEL.folded }];
  if (key.length > LONGEST_NUMBER) return keys;
  if (/^\d+$/.test(key)) keys.push({ key: BigInt(key).toString(16), level: LEVEL.number });
  if (/^[0-9a-f]+$/.test(key)) keys.push({ key: BigInt(`0x${key}`).toString(), level: LEVEL.number });
  return keys.filter((one, i) => keys.findIndex((other) => other.key === one.key) === i);
}

/** A segment that a receipt may belong to. */
export interface Candidate {
  level: Level;
  messageId: string;
  part: number;
  /** The id as spelled in the submit response. */
  carrierRef: string | null;
  /** Whether the segment is already delivered or failed. */
  isFinal: boolean;
  submittedAt: Date;
  /** Recorded state of the segment. Null while only ended attempts are recorded. */
  state: PartState | null;
  /** Number of the attempt with that state. Null if an earlier version recorded it. */
  attempt: number | null;
  /** Carrier of that attempt. */
  segmentCarrier: string | null;
  /** Number of the ended attempt that fits, which another attempt has followed. Null: the segment itself fits. */
  endedAttempt: number | null;
}

/** Segments of a receipt: one, or several of one message to which the carrier gave one id. */
export interface Match {
  messageId: string;
  parts: number[];
  carrierRef: string | null;
  level: Level;
  /** The first of the segments, as it was recorded before the receipt. */
  segment: Pick<Candidate, 'state' | 'attempt' | 'segmentCarrier' | 'endedAttempt'>;
}

/**
 * Decides between the candidates of one receipt. Only candidates of the most certain level count.
 * @returns undefined when there is none, or when several messages fit equally well. The receipt is parked then.
 */
export function choose(candidates: readonly Candidate[]): Match | undefined {
  const level = Math.min(...candidates.map((candidate) => candidate.level));
  const surest = candidates.filter((candidate) => candidate.level === level);
  const chosen = oneMessage(surest) ?? (level === LEVEL.exact ? reused(surest) : undefined);
  const [first] = chosen ?? [];
  if (!chosen || !first) return undefined;
  const parts = [...new Set(chosen.map(({ part }) => part))].toSorted((a, b) => a - b);
  const { messageId, carrierRef, state, attempt, segmentCarrier, endedAttempt } = first;
  return {
    messageId,
    parts,
    carrierRef,
    level: first.level,
    segment: { state, attempt, segmentCarrier, endedAttempt },
  };
}

function oneMessage(candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  return new Set(candidates.map(({ messageId }) => messageId)).size === 1 ? candidates : undefined;
}

/** Handles an id that a carrier has assigned again after its counter restarted. The open message has precedence. */
function reused(candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  const open = candidates.filter(({ isFinal }) => !isFinal);
  if (open.length > 0) return oneMessage(open);
  const [latest] = candidates.toSorted((a, b) => b.submittedAt.getTime() - a.submittedAt.getTime());
  return candidates.filter(({ messageId }) => messageId === latest?.messageId);
}

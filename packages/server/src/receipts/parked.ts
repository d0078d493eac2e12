import type { Report } from '../carriers/carrier.ts';
import { asJson, type Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { MessageError } from '../platform/errors.ts';
import { PARKED_ABOUT, PARKED_WITH_CANDIDATE, PARKED_WITHIN, SETTLE } from './sql.ts';

/** A receipt that matched no segment when it arrived. */
export interface Parked {
  id: number;
  receivedAt: Date;
  carrier: string;
  carrierRef: string | null;
  reference: string | null;
  attempt: number | null;
  state: Report['state'];
  error: MessageError | null;
}

/** Range of parked receipts: received after `since` and not after `until`, following `after`. */
export interface Window {
  since: Date;
  until: Date;
  after: Pick<Parked, 'id' | 'receivedAt'> | undefined;
}

/** Parked receipts with one of these carrier message ids, or one of these references of ours. */
export async function parkedAbout(
  tx: Queryable,
  about: { carrierRefs: readonly string[]; references: readonly string[] },
  since: Date,
): Promise<Parked[]> {
  const rows = await run(tx, PARKED_ABOUT, about.carrierRefs, about.references, since);
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** A page of parked receipts, in the order of their arrival. At most `PAGE`. */
export function parkedWithin(tx: Queryable, { since, until, after }: Window): Promise<Parked[]> {
  return run(tx, PARKED_WITHIN, since, until, after?.receivedAt ?? since, after?.id ?? 0);
}

/** A page of parked receipts with a recorded segment that has exactly the reported id, or our reference. */
export function parkedWithCandidate(tx: Queryable, window: Window, firstId: string): Promise<Parked[]> {
  const { since, until, after } = window;
  return run(tx, PARKED_WITH_CANDIDATE, since, until, after?.receivedAt ?? since, after?.id ?? 0, firstId);
}

/**
 * Marks parked receipts as matched.
 * @returns the ids that were still parked. Another process may have matched the others.
 */
export async function settle(
  tx: Queryable,
  matched: readonly { id: number; receivedAt: Date; messageId: string; part: number }[],
): Promise<Set<number>> {
  if (matched.length === 0) return new Set();
  const rows = await run(tx, SETTLE, asJson(matched));
  return new Set(rows.map(({ id }) => id));
}

import { asJson, type Queryable } from '../db/db.ts';
import { span } from '../db/schema/days.ts';
import { run } from '../db/statement.ts';
import { choose, keysOf, type Match } from './identity.ts';
import {
  ATTEMPTS_BY_CARRIER_REF,
  ATTEMPTS_BY_REFERENCE,
  BY_CANONICAL_REF,
  BY_CARRIER_REF,
  BY_REFERENCE,
  type CandidateOf,
} from './sql.ts';

/** Identification of the segment, as given in a receipt. */
export interface Wanted {
  carrier: string;
  carrierRef: string | null;
  /** Our reference, `msg_…/1`, from a carrier that echoes it. */
  reference: string | null;
  /** Number of the attempt, from a carrier that echoes it. */
  attempt?: number | null;
}

const REFERENCE = /^(msg_[0-9A-Za-z]+)\/(\d{1,3})$/;

/** Whether only the exact spelling of an id matches, or other spellings too. */
export type Spellings = 'exact' | 'all';

/**
 * Finds the segments of receipts: by our reference, else by the carrier message id. Ended attempts are found as well.
 * @param firstId lower bound of the message ids that are searched by carrier message id.
 * @returns matches by row index. A row without a match has no candidate, or several that fit equally well.
 */
export async function matchReceipts(
  tx: Queryable,
  rows: readonly Wanted[],
  firstId: string,
  spellings: Spellings,
): Promise<Map<number, Match>> {
  const matches = new Map<number, Match>();
  const take = (found: readonly CandidateOf[]) => {
    for (const [n, candidates] of Map.groupBy(found, (row) => row.n)) {
      const match = choose(candidates);
      if (match) matches.set(n, match);
    }
  };
  const ours = rows.flatMap((row, n) => oursOf(n, row));
  if (ours.length > 0) {
    take(await run(tx, BY_REFERENCE, asJson(ours), ...spanOf(ours)));
    const unmatched = ours.filter(({ n }) => !matches.has(n));
    if (unmatched.length > 0) take(await run(tx, ATTEMPTS_BY_REFERENCE, asJson(unmatched), ...spanOf(unmatched)));
  }
  // Our reference names the segment. Before that segment is recorded, the carrier message id could only match another.
  const named = new Set(ours.map(({ n }) => n));
  const left = rows.flatMap(({ carrier, carrierRef }, n) =>
    carrierRef === null || named.has(n) ? [] : [{ n, carrier, carrierRef }],
  );
  if (left.length === 0) return matches;
  const exact = await run(tx, BY_CARRIER_REF, asJson(left), firstId);
  take(exact);
  if (spellings === 'exact') return matches;
  // An exact candidate ends the search, even if several fit, because another spelling would be a guess.
  const seen = new Set(exact.map(({ n }) => n));
  const keyed = left
    .filter(({ n }) => !seen.has(n))
    .flatMap(({ n, carrier, carrierRef }) => keysOf(carrierRef).map((key) => ({ n, carrier, ...key })));
  if (keyed.length > 0) take(await run(tx, BY_CANONICAL_REF, asJson(keyed), firstId));
  const unmatched = left.filter(({ n }) => !matches.has(n));
  if (unmatched.length > 0) take(await run(tx, ATTEMPTS_BY_CARRIER_REF, asJson(unmatched), firstId));
  return matches;
}

interface Named {
  n: number;
  carrier: string;
  messageId: string;
  part: number;
  attempt: number | null;
}

function oursOf(n: number, { carrier, reference, attempt = null }: Wanted): Named[] {
  const [, messageId, part] = REFERENCE.exec(reference ?? '') ?? [];
  return messageId ? [{ n, carrier, messageId, part: Number(part), attempt }] : [];
}

function spanOf(named: readonly Named[]): [string, string] {
  return span(named.map(({ messageId }) => messageId));
}

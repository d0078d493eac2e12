import { asJson, type Queryable } from '../db/db.ts';
import { span } from '../db/schema/days.ts';
import { type Candidate, choose, keysOf, LEVEL, type Match } from './identity.ts';

/** Identification of the segment, as given in a receipt. */
export interface Wanted {
  carrier: string;
  carrierRef: string | null;
  /** Our reference, `msg_…/1`, from a carrier that echoes it. */
  reference: string | null;
}

const REFERENCE = /^(msg_[0-9A-Za-z]+)\/(\d{1,3})$/;
/** Candidates read for one spelling. Open segments come first, so that finished ones cannot displace them. */
const MOST = 33;
const CANDIDATE = `p.message_id as "messageId", p.part, p.carrier_ref as "carrierRef", p.state in ('DELIVERED', 'FAILED') as "isFinal",
  p.submitted_at as "submittedAt"`;
const FIRST = `order by state in ('DELIVERED', 'FAILED'), submitted_at desc limit ${MOST}`;

/** Look-up by our reference. $1 rows, $2 and $3 the span of their message ids. */
const OURS = `
  select r.n, ${LEVEL.ours} as level, ${CANDIDATE}
  from json_to_recordset($1::json) as r (n integer, carrier text, "messageId" text, part integer)
  cross join lateral (
    select * from message_parts
    where message_id = r."messageId" and part = r.part and carrier = r.carrier and message_id between $2 and $3 offset 0
  ) as p`;

/**
 * Look-up by the carrier message id as the receipt spells it. The id does not contain the day, so every day partition
 * is searched, from $2 on. `offset 0` forces one index look-up per row, regardless of the table statistics.
 */
const EXACT = `
  select r.n, ${LEVEL.exact} as level, ${CANDIDATE}
  from json_to_recordset($1::json) as r (n integer, carrier text, "carrierRef" text)
  cross join lateral (
    select * from message_parts where carrier_ref = r."carrierRef" and carrier = r.carrier and message_id >= $2 ${FIRST} offset 0
  ) as p`;

/**
 * Look-up by canonical form. Ids that equal their canonical form are in the plain index, and the others in the index of
 * canonical forms.
 */
const KEYED = `
  select r.n, r.level, ${CANDIDATE}
  from json_to_recordset($1::json) as r (n integer, carrier text, key text, level integer)
  cross join lateral (
    (select * from message_parts where carrier_ref = r.key and carrier = r.carrier and message_id >= $2 ${FIRST} offset 0)
    union all
    (select * from message_parts
     where carrier_ref_key(carrier_ref) = r.key and carrier_ref <> carrier_ref_key(carrier_ref) and carrier = r.carrier
       and message_id >= $2 ${FIRST} offset 0)
  ) as p`;

type Row = Candidate & { n: number };

/** Whether only the exact spelling of an id matches, or other spellings too. */
export type Spellings = 'exact' | 'all';

/**
 * Finds the segments of receipts: by our reference, else by the carrier message id.
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
  const take = (found: readonly Row[]) => {
    for (const [n, candidates] of Map.groupBy(found, (row) => row.n)) {
      const match = choose(candidates);
      if (match) matches.set(n, match);
    }
  };
  const ours = rows.flatMap(({ carrier, reference }, n) => oursOf(n, carrier, reference));
  if (ours.length > 0) {
    const ids = ours.map(({ messageId }) => messageId);
    take(await tx.query<Row>(OURS, [asJson(ours), ...span(ids)]));
  }
  // Our reference names the segment. Before that segment is recorded, the carrier message id could only match another.
  const named = new Set(ours.map(({ n }) => n));
  const left = rows.flatMap(({ carrier, carrierRef }, n) =>
    carrierRef === null || named.has(n) ? [] : [{ n, carrier, carrierRef }],
  );
  if (left.length === 0) return matches;
  const exact = await tx.query<Row>(EXACT, [asJson(left), firstId]);
  take(exact);
  if (spellings === 'exact') return matches;
  // An exact candidate ends the search, even if several fit, because another spelling would be a guess.
  const seen = new Set(exact.map(({ n }) => n));
  const keyed = left
    .filter(({ n }) => !seen.has(n))
    .flatMap(({ n, carrier, carrierRef }) => keysOf(carrierRef).map((key) => ({ n, carrier, ...key })));
  if (keyed.length > 0) take(await tx.query<Row>(KEYED, [asJson(keyed), firstId]));
  return matches;
}

function oursOf(n: number, carrier: string, reference: string | null) {
  const [, messageId, part] = REFERENCE.exec(reference ?? '') ?? [];
  return messageId ? [{ n, carrier, messageId, part: Number(part) }] : [];
}

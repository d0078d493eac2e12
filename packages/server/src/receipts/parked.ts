import type { Report } from '../carriers/carrier.ts';
import { asJson, type Queryable } from '../db/db.ts';
import type { MessageError } from '../platform/errors.ts';

/** A receipt that matched no segment when it arrived. */
export interface Parked {
  id: number;
  receivedAt: Date;
  carrier: string;
  carrierRef: string | null;
  reference: string | null;
  state: Report['state'];
  error: MessageError | null;
}

/** Range of parked receipts: received after `since` and not after `until`, following `after`. */
export interface Window {
  since: Date;
  until: Date;
  after: Pick<Parked, 'id' | 'receivedAt'> | undefined;
}

export const PAGE = 1_000;
const COLUMNS =
  'r.id::float8 as id, r.received_at as "receivedAt", r.carrier, r.carrier_ref as "carrierRef", r.reference, r.state, r.error';

/** Each branch uses its own index of parked receipts. $1 carrier message ids, $2 our references, $3 received after. */
const ABOUT = `
  select ${COLUMNS} from unnest($1::text[]) as given (ref) join receipts r on r.carrier_ref = given.ref
    and r.message_id is null and r.received_at > $3
  union all
  select ${COLUMNS} from unnest($2::text[]) as given (ref) join receipts r on r.reference = given.ref
    and r.message_id is null and r.received_at > $3
  limit ${PAGE}`;

const WITHIN = `
  from receipts r
  where r.message_id is null and r.received_at > $1 and r.received_at <= $2 and (r.received_at, r.id) > ($3, $4::bigint)`;
const PAGED = `order by r.received_at, r.id limit ${PAGE}`;

const ALL = `select ${COLUMNS} ${WITHIN} ${PAGED}`;

/** A scalar sub-query makes the planner look up each receipt by index. $5 the first message id that is searched. */
const WITH_CANDIDATE = `
  select ${COLUMNS} ${WITHIN} and (
    (select 1 from message_parts p
     where p.carrier_ref = r.carrier_ref and p.carrier = r.carrier and p.message_id >= $5 limit 1) is not null
    or (select 1 from message_parts p
     where p.message_id = split_part(r.reference, '/', 1) and p.part::text = split_part(r.reference, '/', 2)
       and p.carrier = r.carrier limit 1) is not null)
  ${PAGED}`;

const SETTLE = `
  update receipts r set message_id = m."messageId", part = m.part
  from json_to_recordset($1::json) as m (id bigint, "receivedAt" timestamptz, "messageId" text, part integer)
  where r.received_at = m."receivedAt" and r.id = m.id and r.message_id is null
  returning r.id::float8 as id`;

/** Parked receipts with one of these carrier message ids, or one of these references of ours. */
export async function parkedAbout(
  tx: Queryable,
  about: { carrierRefs: readonly string[]; references: readonly string[] },
  since: Date,
): Promise<Parked[]> {
  const rows = await tx.query<Parked>(ABOUT, [about.carrierRefs, about.references, since]);
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** A page of parked receipts, in the order of their arrival. At most `PAGE`. */
export function parkedWithin(tx: Queryable, { since, until, after }: Window): Promise<Parked[]> {
  return tx.query<Parked>(ALL, [since, until, after?.receivedAt ?? since, after?.id ?? 0]);
}

/** A page of parked receipts with a recorded segment that has exactly the reported id, or our reference. */
export function parkedWithCandidate(tx: Queryable, window: Window, firstId: string): Promise<Parked[]> {
  const { since, until, after } = window;
  return tx.query<Parked>(WITH_CANDIDATE, [since, until, after?.receivedAt ?? since, after?.id ?? 0, firstId]);
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
  const rows = await tx.query<{ id: number }>(SETTLE, [asJson(matched)]);
  return new Set(rows.map(({ id }) => id));
}

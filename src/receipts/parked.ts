import type { Report } from '../carriers/carrier.ts';
import { asJson, type Queryable } from '../db/db.ts';
import type { MessageError } from '../errors.ts';

/** A parked report, and the part that it turned out to be about. */
export interface Joined {
  id: number;
  receivedAt: Date;
  carrier: string;
  /** As the submit's answer spelled it; without one, as it was reported. */
  carrierRef: string | null;
  state: Report['state'];
  error: MessageError | null;
  messageId: string;
  part: number;
}

/** Which reports may be joined: those about parts that were recorded just now, or all that were parked since a moment. */
export type Which = { carrierRefs: readonly string[]; references: readonly string[] } | 'all';

const PART = 'p.message_id, p.part, p.carrier_ref, p.submitted_at';
const OF_PART = 'join message_parts p on p.carrier = r.carrier';

/**
 * Parked reports for which there is a part by now, and locks them. Each way of finding them goes through an index of what
 * is parked: the others, however many, are not in the way. $1 ids from then on, $2 parked since; ours before the carrier's.
 */
const join = (byReference: string, byCarrierRef: string, byOtherRef: string) => `
  with candidate as materialized (
    select r.id, r.received_at, 0 as rank, ${PART}
    from ${byReference} ${OF_PART}
      and p.message_id = split_part(r.reference, '/', 1) and p.part::text = split_part(r.reference, '/', 2)
    union all
    select r.id, r.received_at, 1, ${PART}
    from ${byCarrierRef} ${OF_PART} and p.carrier_ref = r.carrier_ref and p.message_id >= $1
    ${byOtherRef}
    limit 1000
  ), parked as materialized (
    select r.* from (select distinct received_at, id from candidate) as c cross join lateral (
      select id, received_at, carrier, carrier_ref, state, error from receipts
      where received_at = c.received_at and id = c.id and message_id is null for update skip locked
    ) as r
  )
  select distinct on (r.id) r.id, r.received_at as "receivedAt", r.carrier,
    coalesce(c.carrier_ref, r.carrier_ref) as "carrierRef", r.state, r.error, c.message_id as "messageId", c.part
  from parked r join candidate c on c.id = r.id order by r.id, c.rank, c.submitted_at desc`;

const PARKED = 'r.message_id is null and r.received_at > $2';

const JOIN_RECORDED = join(
  `unnest($4::text[]) as given (ref) join receipts r on r.reference = given.ref and ${PARKED}`,
  `unnest($3::text[]) as given (ref) join receipts r on r.carrier_ref = given.ref and ${PARKED}`,
  '',
);

/** Whether there is anything to join: nearly never, and this is planned in less than half of the time. $1 and $2 what it is about. */
const ANY_PARKED = `
  select 1 as parked from unnest($1::text[]) as given (ref) join receipts r on r.carrier_ref = given.ref
    and r.message_id is null and r.received_at > $3
  union all
  select 1 from unnest($2::text[]) as given (ref) join receipts r on r.reference = given.ref
    and r.message_id is null and r.received_at > $3
  limit 1`;

const ALL = `(select * from receipts r where ${PARKED} offset 0) as r`;

const JOIN_ALL = join(
  ALL,
  ALL,
  `union all
    select r.id, r.received_at, 2, ${PART}
    from ${ALL} cross join lateral unnest(r.other_refs) as other (ref) ${OF_PART} and p.carrier_ref = other.ref
      and p.message_id >= $1`,
);

const SETTLE = `
  update receipts r set message_id = m."messageId", part = m.part
  from json_to_recordset($1::json) as m (id bigint, "receivedAt" timestamptz, "messageId" text, part integer)
  where r.received_at = m."receivedAt" and r.id = m.id`;

/** Finds parked reports whose parts are there by now, and says so of them. What comes of it is for the caller. */
export async function joinParked(tx: Queryable, which: Which, firstId: string, since: Date): Promise<Joined[]> {
  if (which !== 'all') {
    const parked = await tx.query(ANY_PARKED, [which.carrierRefs, which.references, since]);
    if (parked.length === 0) return [];
  }
  const found =
    which === 'all'
      ? await tx.query<Joined>(JOIN_ALL, [firstId, since])
      : await tx.query<Joined>(JOIN_RECORDED, [firstId, since, which.carrierRefs, which.references]);
  if (found.length === 0) return [];
  await tx.query(SETTLE, [
    asJson(found.map(({ id, receivedAt, messageId, part }) => ({ id, receivedAt, messageId, part }))),
  ]);
  return found;
}

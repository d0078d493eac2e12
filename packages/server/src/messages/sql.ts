/**
 * Fragments of SQL for messages and their segments (`message_parts`). The statements of this module and of other modules
 * are composed from them.
 */

/**
 * SQL for one message, for a lateral join. OFFSET 0 forces the planner to use the index for each id. A statement of
 * ids is planned once for all parameters, and statistics may describe an empty table.
 * @param first SQL for the smallest of all ids, and `last` for the largest (`span` of db/schema/days.ts).
 */
export function messageById(id: string, first: string, last: string, columns = '*'): string {
  return `select ${columns} from messages where id = ${id} and id between ${first} and ${last} offset 0`;
}

/** SQL for the messages `m` with the ids $1, through the index. $2 and $3 the span of the ids. */
export const GIVEN_MESSAGES = `from unnest($1::text[]) as given (id)
  cross join lateral (${messageById('given.id', '$2', '$3')}) as m`;

/** SQL for the segments `p` of the messages with the ids $1, through the index. $2 and $3 the span of the ids. */
export const GIVEN_PARTS = `from unnest($1::text[]) as given (id) cross join lateral (
    select * from message_parts where message_id = given.id and message_id between $2 and $3 offset 0
  ) as p`;

/** Maximum number of segments that are read for one spelling of a carrier message id. */
const MOST = 33;
/** Open segments first, so that finished ones cannot displace them. */
const OPEN_FIRST = `order by state in ('DELIVERED', 'FAILED'), submitted_at desc limit ${MOST}`;

/** Columns that determine whether a receipt belongs to the segment `p`. */
export const PART_IDENTITY = `p.message_id as "messageId", p.part, p.carrier_ref as "carrierRef",
  p.state in ('DELIVERED', 'FAILED') as "isFinal", p.submitted_at as "submittedAt", p.state, p.attempt,
  p.carrier as "segmentCarrier", null::integer as "endedAttempt"`;
/** Types of these columns. */
export const PART_IDENTITY_ROW = {
  messageId: 'text',
  part: 'integer',
  carrierRef: 'text?',
  isFinal: 'boolean',
  submittedAt: 'timestamp with time zone',
  state: 'text?',
  attempt: 'integer?',
  segmentCarrier: 'text?',
  endedAttempt: 'integer?',
} as const;

/** The same columns for the ended attempt `a` and its segment `p`, which has no row before a later attempt has ended. */
export const ATTEMPT_IDENTITY = `a.message_id as "messageId", a.part, p.carrier_ref as "carrierRef",
  coalesce(p.state in ('DELIVERED', 'FAILED'), false) as "isFinal", a.ended_at as "submittedAt", p.state, p.attempt,
  p.carrier as "segmentCarrier", a.attempt as "endedAttempt"`;

/** SQL for the latest ended attempt of a segment through a carrier, or for the one with a number that is not null. */
export function attemptOf(
  { messageId, part, carrier, attempt }: { messageId: string; part: string; carrier: string; attempt: string },
  first: string,
  last: string,
): string {
  return `select * from attempts
    where message_id = ${messageId} and part = ${part} and carrier = ${carrier} and message_id between ${first} and ${last}
      and (${attempt} is null or attempt = ${attempt}) order by attempt desc limit 1 offset 0`;
}

/** SQL for the ended attempts with a carrier message id, which a report has given. */
export function attemptsWithRef(ref: string, carrier: string, firstId: string): string {
  return `select * from attempts where carrier_ref = ${ref} and carrier = ${carrier} and message_id >= ${firstId}
    order by ended_at desc limit ${MOST} offset 0`;
}

/** SQL that joins the segment `p` of the attempt `a`. */
export const SEGMENT_OF_ATTEMPT = `left join lateral (
    select * from message_parts where message_id = a.message_id and part = a.part offset 0
  ) as p on true`;

/** SQL for one segment, if this carrier has it. `offset 0` as in `messageById`. */
export function partOf(messageId: string, part: string, carrier: string, first: string, last: string): string {
  return `select * from message_parts
    where message_id = ${messageId} and part = ${part} and carrier = ${carrier} and message_id between ${first} and ${last} offset 0`;
}

/**
 * SQL for the segments with a carrier message id. The id does not contain the day, and every day partition is searched
 * from `firstId` on. `offset 0` forces one index look-up per row, regardless of the table statistics.
 */
export function partsWithRef(ref: string, carrier: string, firstId: string): string {
  return `(select * from message_parts where carrier_ref = ${ref} and carrier = ${carrier} and message_id >= ${firstId} ${OPEN_FIRST} offset 0)
    union all
    (${lateParts(`l.carrier_ref = ${ref}`, carrier, firstId)})`;
}

/** SQL for the segments of messages with ids before `firstId` that were submitted lately. */
function lateParts(isRef: string, carrier: string, firstId: string): string {
  return `select p.* from late_parts l cross join lateral (
      select * from message_parts where message_id = l.message_id and carrier_ref = l.carrier_ref and carrier = ${carrier} offset 0
    ) as p where ${isRef} and l.carrier = ${carrier} and l.message_id < ${firstId} limit ${MOST}`;
}

/**
 * SQL for the segments with a carrier message id of this canonical form. Ids that equal their canonical form are in the
 * plain index, and the others in the index of canonical forms.
 */
export function partsWithRefKey(key: string, carrier: string, firstId: string): string {
  return `(${partsWithRef(key, carrier, firstId)})
    union all
    (select * from message_parts
     where carrier_ref_key(carrier_ref) = ${key} and carrier_ref <> carrier_ref_key(carrier_ref) and carrier = ${carrier}
       and message_id >= ${firstId} ${OPEN_FIRST} offset 0)
    union all
    (${lateParts(`carrier_ref_key(l.carrier_ref) = ${key} and l.carrier_ref <> carrier_ref_key(l.carrier_ref)`, carrier, firstId)})`;
}

/**
 * SQL condition that a segment with exactly this carrier message id exists. A scalar sub-query makes the planner look up
 * each row by index.
 */
export function isPartWithRef(ref: string, carrier: string, firstId: string): string {
  return `((select 1 from message_parts p
     where p.carrier_ref = ${ref} and p.carrier = ${carrier} and p.message_id >= ${firstId} limit 1) is not null
     or (select 1 from late_parts l where l.carrier_ref = ${ref} and l.carrier = ${carrier} limit 1) is not null)`;
}

/**
 * SQL condition that the segment or an ended attempt with our reference (`msg_…/1`) exists. Scalar sub-queries for the
 * same reason.
 */
export function isPartNamed(reference: string, carrier: string): string {
  const named = (table: string) => `(select 1 from ${table} p
     where p.message_id = split_part(${reference}, '/', 1) and p.part::text = split_part(${reference}, '/', 2)
       and p.carrier = ${carrier} limit 1) is not null`;
  return `(${named('message_parts')} or ${named('attempts')})`;
}

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
  p.state in ('DELIVERED', 'FAILED') as "isFinal", p.submitted_at as "submittedAt"`;
/** Types of these columns. */
export const PART_IDENTITY_ROW = {
  messageId: 'text',
  part: 'integer',
  carrierRef: 'text?',
  isFinal: 'boolean',
  submittedAt: 'timestamp with time zone',
} as const;

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
  return `select * from message_parts where carrier_ref = ${ref} and carrier = ${carrier} and message_id >= ${firstId} ${OPEN_FIRST} offset 0`;
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
       and message_id >= ${firstId} ${OPEN_FIRST} offset 0)`;
}

/**
 * SQL condition that a segment with exactly this carrier message id exists. A scalar sub-query makes the planner look up
 * each row by index.
 */
export function isPartWithRef(ref: string, carrier: string, firstId: string): string {
  return `(select 1 from message_parts p
     where p.carrier_ref = ${ref} and p.carrier = ${carrier} and p.message_id >= ${firstId} limit 1) is not null`;
}

/** SQL condition that the segment with our reference (`msg_…/1`) exists. A scalar sub-query for the same reason. */
export function isPartNamed(reference: string, carrier: string): string {
  return `(select 1 from message_parts p
     where p.message_id = split_part(${reference}, '/', 1) and p.part::text = split_part(${reference}, '/', 2)
       and p.carrier = ${carrier} limit 1) is not null`;
}

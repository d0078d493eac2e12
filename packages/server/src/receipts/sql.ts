/** Statements of the table `receipts`, and searches for the segments of receipts. */
import { rowsAs, statement } from '#db/statement.ts';
import {
  ATTEMPT_IDENTITY,
  attemptOf,
  attemptsWithRef,
  isPartNamed,
  isPartWithRef,
  PART_IDENTITY,
  PART_IDENTITY_ROW,
  partOf,
  partsWithRef,
  partsWithRefKey,
  SEGMENT_OF_ATTEMPT,
} from '#messages/sql.ts';
import { type Candidate, LEVEL } from './identity.ts';
import type { StoredReceipt } from './lookup.ts';
import type { Parked } from './parked.ts';

/** Stores receipts, matched or parked. $1 JSON rows, $2 now. */
export const KEEP = statement(
  'receipts.keep',
  { params: ['json', 'timestamp with time zone'] },
  `insert into receipts (carrier, carrier_ref, reference, attempt, state, error, raw, received_at, message_id, part)
  select carrier, "carrierRef", reference, attempt, state, error, raw, $2, "messageId", part
  from json_to_recordset($1::json) as r (carrier text, "carrierRef" text, reference text, attempt integer, state text,
    error json, raw text, "messageId" text, part integer)`,
);

/** Segment that the receipt in row `n` may belong to. */
export type CandidateOf = Candidate & { n: number };
const CANDIDATE_ROW = { n: 'integer', level: 'integer', ...PART_IDENTITY_ROW } as const;

/** Look-up by our reference. $1 JSON rows, $2 and $3 the span of their message ids. */
export const BY_REFERENCE = rowsAs<CandidateOf>()(
  statement(
    'receipts.byReference',
    { params: ['json', 'text', 'text'], row: CANDIDATE_ROW },
    `select r.n, ${LEVEL.ours} as level, ${PART_IDENTITY}
  from json_to_recordset($1::json) as r (n integer, carrier text, "messageId" text, part integer)
  cross join lateral (${partOf('r."messageId"', 'r.part', 'r.carrier', '$2', '$3')}) as p`,
  ),
);

/** Look-up of ended attempts by our reference. Parameters as for `BY_REFERENCE`. */
export const ATTEMPTS_BY_REFERENCE = rowsAs<CandidateOf>()(
  statement(
    'receipts.attemptsByReference',
    { params: ['json', 'text', 'text'], row: CANDIDATE_ROW },
    `select r.n, ${LEVEL.ours} as level, ${ATTEMPT_IDENTITY}
  from json_to_recordset($1::json) as r (n integer, carrier text, "messageId" text, part integer, attempt integer)
  cross join lateral (${attemptOf(
    { messageId: 'r."messageId"', part: 'r.part', carrier: 'r.carrier', attempt: 'r.attempt' },
    '$2',
    '$3',
  )}) as a ${SEGMENT_OF_ATTEMPT}`,
  ),
);

/** Look-up of ended attempts by a carrier message id that a report has given. Parameters as for `BY_CARRIER_REF`. */
export const ATTEMPTS_BY_CARRIER_REF = rowsAs<CandidateOf>()(
  statement(
    'receipts.attemptsByCarrierRef',
    { params: ['json', 'text'], row: CANDIDATE_ROW },
    `select r.n, ${LEVEL.exact} as level, ${ATTEMPT_IDENTITY}
  from json_to_recordset($1::json) as r (n integer, carrier text, "carrierRef" text)
  cross join lateral (${attemptsWithRef('r."carrierRef"', 'r.carrier', '$2')}) as a ${SEGMENT_OF_ATTEMPT}`,
  ),
);

/** Look-up by the carrier message id as the receipt spells it. $1 JSON rows, $2 the first message id that is searched. */
export const BY_CARRIER_REF = rowsAs<CandidateOf>()(
  statement(
    'receipts.byCarrierRef',
    { params: ['json', 'text'], row: CANDIDATE_ROW },
    `select r.n, ${LEVEL.exact} as level, ${PART_IDENTITY}
  from json_to_recordset($1::json) as r (n integer, carrier text, "carrierRef" text)
  cross join lateral (${partsWithRef('r."carrierRef"', 'r.carrier', '$2')}) as p`,
  ),
);

/** Look-up by canonical forms of the carrier message id. $1 JSON rows, $2 the first message id that is searched. */
export const BY_CANONICAL_REF = rowsAs<CandidateOf>()(
  statement(
    'receipts.byCanonicalRef',
    { params: ['json', 'text'], row: CANDIDATE_ROW },
    `select r.n, r.level, ${PART_IDENTITY}
  from json_to_recordset($1::json) as r (n integer, carrier text, key text, level integer)
  cross join lateral (${partsWithRefKey('r.key', 'r.carrier', '$2')}) as p`,
  ),
);

/** Maximum number of receipts in a page. */
export const PAGE = 1_000;
const PARKED = `r.id::float8 as id, r.received_at as "receivedAt", r.carrier, r.carrier_ref as "carrierRef", r.reference,
  r.attempt, r.state, r.error`;
const PARKED_ROW = {
  id: 'double precision',
  receivedAt: 'timestamp with time zone',
  carrier: 'text',
  carrierRef: 'text?',
  reference: 'text?',
  attempt: 'integer?',
  state: 'text',
  error: 'json?',
} as const;

/**
 * Parked receipts about segments. Each branch uses its own index of parked receipts. $1 carrier message ids, $2 our
 * references, $3 received after.
 */
export const PARKED_ABOUT = rowsAs<Parked>()(
  statement(
    'receipts.parkedAbout',
    { params: ['text[]', 'text[]', 'timestamp with time zone'], row: PARKED_ROW },
    `select ${PARKED} from unnest($1::text[]) as given (ref) join receipts r on r.carrier_ref = given.ref
    and r.message_id is null and r.received_at > $3
  union all
  select ${PARKED} from unnest($2::text[]) as given (ref) join receipts r on r.reference = given.ref
    and r.message_id is null and r.received_at > $3
  limit ${PAGE}`,
  ),
);

/** $1 received after, $2 not received after, $3 and $4 time and id of the last receipt of the previous page. */
const WITHIN = `from receipts r
  where r.message_id is null and r.received_at > $1 and r.received_at <= $2 and (r.received_at, r.id) > ($3, $4::bigint)`;
const PAGED = `order by r.received_at, r.id limit ${PAGE}`;

/** Page of parked receipts. $1 to $4 as in `WITHIN`. */
export const PARKED_WITHIN = rowsAs<Parked>()(
  statement(
    'receipts.parkedWithin',
    {
      params: ['timestamp with time zone', 'timestamp with time zone', 'timestamp with time zone', 'bigint'],
      row: PARKED_ROW,
    },
    `select ${PARKED} ${WITHIN} ${PAGED}`,
  ),
);

/**
 * Page of parked receipts whose segment may be recorded. $1 to $4 as in `WITHIN`, $5 the first message id that is
 * searched.
 */
export const PARKED_WITH_CANDIDATE = rowsAs<Parked>()(
  statement(
    'receipts.parkedWithCandidate',
    {
      params: ['timestamp with time zone', 'timestamp with time zone', 'timestamp with time zone', 'bigint', 'text'],
      row: PARKED_ROW,
    },
    `select ${PARKED} ${WITHIN} and (
    ${isPartWithRef('r.carrier_ref', 'r.carrier', '$5')}
    or ${isPartNamed('r.reference', 'r.carrier')})
  ${PAGED}`,
  ),
);

/** Marks parked receipts as matched, and returns the ids that were still parked. $1 JSON rows. */
export const SETTLE = statement(
  'receipts.settle',
  { params: ['json'], row: { id: 'double precision' } },
  `update receipts r set message_id = m."messageId", part = m.part
  from json_to_recordset($1::json) as m (id bigint, "receivedAt" timestamptz, "messageId" text, part integer)
  where r.received_at = m."receivedAt" and r.id = m.id and r.message_id is null
  returning r.id::float8 as id`,
);

/** Receipts of message $1, in the order of their arrival. */
export const OF_MESSAGE = rowsAs<StoredReceipt>()(
  statement(
    'receipts.ofMessage',
    {
      params: ['text'],
      row: {
        receivedAt: 'timestamp with time zone',
        carrier: 'text',
        carrierRef: 'text?',
        attempt: 'integer?',
        isNamed: 'boolean',
        state: 'text',
        error: 'json?',
        raw: 'text',
        part: 'integer?',
      },
    },
    `select received_at as "receivedAt", carrier, carrier_ref as "carrierRef", attempt, reference is not null as "isNamed", state,
    error, raw, part
  from receipts where message_id = $1 order by received_at, id`,
  ),
);

/** Maximum number of receipts in one batch of the redaction. */
const BATCH = 1_000;

/**
 * Removes the raw texts of one batch, and returns the last receipt and the size of the batch. $1 and $2 time and id of
 * the last receipt of the previous batch, $3 end of the day.
 */
export const REDACT = statement(
  'receipts.redact',
  {
    params: ['timestamp with time zone', 'bigint', 'timestamp with time zone'],
    row: { receivedAt: 'timestamp with time zone', id: 'bigint', count: 'integer' },
  },
  `with batch as materialized (
    select id, received_at from receipts
    where (received_at, id) > ($1, $2::bigint) and received_at >= $1 and received_at < $3 and raw <> ''
    order by received_at, id limit ${BATCH}
  ), changed as (
    update receipts r set raw = '' from batch where r.received_at = batch.received_at and r.id = batch.id
  )
  select received_at as "receivedAt", id, (select count(*) from batch)::int as count
  from batch order by received_at desc, id desc limit 1`,
);

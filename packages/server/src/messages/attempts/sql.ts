/** Statements of the table `attempts`. */
import { rowsAs, statement } from '#db/statement.ts';
import type { StoredAttempt } from './attempts.ts';

/** Stores ended attempts. $1 JSON rows of `EndedAttempt`, $2 now. */
export const ADD = statement(
  'attempts.add',
  { params: ['json', 'timestamp with time zone'] },
  `insert into attempts as a (message_id, part, attempt, carrier, outcome, proof, carrier_code, reason, route_specific, ended_at)
  select "messageId", part, attempt, carrier, outcome, proof, "carrierCode", reason, coalesce("isRouteSpecific", false), $2
  from json_to_recordset($1::json) as r ("messageId" text, part integer, attempt integer, carrier text, outcome text,
    proof text, "carrierCode" text, reason text, "isRouteSpecific" boolean)
  on conflict (message_id, part, attempt) do update set carrier = excluded.carrier, outcome = excluded.outcome,
    proof = excluded.proof, carrier_code = excluded.carrier_code, reason = excluded.reason, route_specific = excluded.route_specific, ended_at = excluded.ended_at
  where a.outcome <> 'UNKNOWN'`,
);

/** Order of reported states. A later report changes the state to a later one only, as with the status of a message. */
const RANK = `array['SENT', 'FAILED', 'DELIVERED']`;

/** Stores reports about ended attempts. $1 JSON rows of `AttemptReport`, several for one attempt as well. */
export const REPORTED = statement(
  'attempts.reported',
  { params: ['json'] },
  `update attempts a set carrier_ref = coalesce(a.carrier_ref, r."carrierRef"),
    reported = (${RANK})[greatest(r.rank, array_position(${RANK}, a.reported))]
  from (
    select "messageId", part, attempt, carrier, max(array_position(${RANK}, state)) as rank,
      min("carrierRef") as "carrierRef"
    from json_to_recordset($1::json) as r ("messageId" text, part integer, attempt integer, carrier text, state text,
      "carrierRef" text)
    group by "messageId", part, attempt, carrier
  ) r
  where a.message_id = r."messageId" and a.part = r.part and a.attempt = r.attempt and a.carrier = r.carrier`,
);

/** Ended attempts of message $1. */
export const OF_MESSAGE = rowsAs<StoredAttempt>()(
  statement(
    'attempts.ofMessage',
    {
      params: ['text'],
      row: {
        part: 'integer',
        attempt: 'integer',
        carrier: 'text',
        outcome: 'text',
        proof: 'text?',
        carrierCode: 'text?',
        reason: 'text?',
        endedAt: 'timestamp with time zone',
        reported: 'text?',
        providerMessageRef: 'text?',
      },
    },
    `select part, attempt, carrier, outcome, proof, carrier_code as "carrierCode", reason, ended_at as "endedAt",
    reported, carrier_ref as "providerMessageRef"
  from attempts where message_id = $1 order by part, attempt`,
  ),
);

/** A row if a carrier has reported the acceptance of an ended attempt of message $1. */
export const EARLIER_ACCEPTED = statement(
  'attempts.earlierAccepted',
  { params: ['text'], row: { found: 'boolean' } },
  `select true as found from attempts where message_id = $1 and reported in ('SENT', 'DELIVERED') limit 1`,
);

/** Carriers that have refused the messages $1 for a reason that other carriers need not share. */
export const REFUSING = statement(
  'attempts.refusing',
  { params: ['text[]'], row: { messageId: 'text', carriers: 'text[]' } },
  `select message_id as "messageId", array_agg(distinct carrier) as carriers
  from attempts where message_id = any($1) and route_specific group by message_id`,
);

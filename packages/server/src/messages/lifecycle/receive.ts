import { asJson, type Queryable } from '#db/db.ts';
import { appendEvents, HERE } from '#events/append.ts';
import type { Media, MessageType } from '../request/send-request.ts';

/** A message from a handset. A message to a number of no client is stored without client, number and event. */
export interface Received {
  id: string;
  apiClientId: string | null;
  numberId: string | null;
  from: string;
  to: string;
  messageType: MessageType;
  text: string | null;
  media: readonly Media[] | null;
  segments: number | null;
  /** Normalised keyword, and its meaning (`STOP`, `START` or `HELP`) in `optOutType`. null: the text is no keyword. */
  keyword: string | null;
  optOutType: string | null;
  carrier: string;
  carrierRef: string;
}

const RECEIVE = `
  with new as (
    insert into inbound_keys (carrier, carrier_ref, message_id, created_at)
    select carrier, "carrierRef", id, $2
    from json_to_recordset($1::json) as r (id text, carrier text, "carrierRef" text)
    on conflict do nothing returning message_id
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
      segments, parts, status, sequence, position, provider_message_ref, carrier, keyword, opt_out_type, created_at)
    select id, 'INBOUND', "apiClientId", "numberId", "from", "to", "messageType", text, media,
      segments, coalesce(segments, 1), 'RECEIVED', 1, ${HERE}, "carrierRef", carrier, keyword, "optOutType", $2
    from json_to_recordset($1::json) as r (id text, "apiClientId" text, "numberId" text, "from" text, "to" text,
      "messageType" text, text text, media json, segments integer, keyword text, "optOutType" text, carrier text, "carrierRef" text)
    join new on new.message_id = r.id
    returning id, api_client_id, number_id, sequence, status, provider_message_ref, created_at
  ), ${appendEvents(
    `select id as message_id, sequence, 'message.inbound' as type, status, provider_message_ref, null::json as error,
       created_at as occurred_at, api_client_id as client, number_id as lane, null::bigint as lease,
       0 as after
     from message where api_client_id is not null`,
    'null',
  )}
  select id from message`;

/** @returns the ids of the new messages. A repeated carrier reference adds nothing. */
export async function receive(db: Queryable, now: Date, messages: readonly Received[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(RECEIVE, [asJson(messages), now]);
  return new Set(rows.map(({ id }) => id));
}

/** Statements that accept, receive, change and load messages. */
import { rowsAs, statement } from '#db/statement.ts';
import type { EventKey, EventRow } from '#events/events.ts';
import { appendEvents, HERE } from '#events/sql.ts';
import { OUTBOUND } from '#queue/job.ts';
import { enqueueFrom, stepBefore } from '#queue/sql.ts';
import { GIVEN_MESSAGES, GIVEN_PARTS } from '../sql.ts';
import type { Outgoing } from './messages.ts';
import type { StoredContent } from './shared-content.ts';
import type { MessageStatus, PartState } from './status.ts';
import type { Scope, Stored } from './submission.ts';

/** Number of new keys. `keys` lists them only when some keys were not new. */
export interface Won {
  count: number;
  keys: Scope[] | null;
}

/**
 * Stores the keys, messages, jobs and first events of all requests of a batch, in one statement and one commit. A
 * request whose key already exists adds no row and gets the idempotent response. $1 JSON rows of `requestRow`, $2 now,
 * $3 holder of the leases, $4 number of requests.
 *
 * The statement contains no join. Connections that allow only nested loops (db/drivers/server.ts) compared each pair of rows.
 * Recipients are nested in their request. New keys are looked up in a hashed sub-query, unless all keys are new.
 */
export const ACCEPT = rowsAs<Won>()(
  statement(
    'messages.accept',
    { params: ['json', 'timestamp with time zone', 'text', 'bigint'], row: { keys: 'json?', count: 'integer' } },
    `with request as (
    select * from json_to_recordset($1::json) as r ("apiClientId" text, route text, key text, fingerprint text,
      body text, "numberId" text, queue text, "from" text, "messageType" text, text text, media json, "externalReference" text, guarantee text,
      encoding text, segments integer, purpose text, recipients json)
  ), won as (
    insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at)
    select "apiClientId", route, key, fingerprint, body, $2 from request order by "apiClientId", route, key
    on conflict do nothing returning api_client_id, route, key
  ), accepted as materialized (
    select r."apiClientId", r.route, r.key, r."numberId", r.queue, r."from", r."messageType", r."externalReference", r.guarantee, r.encoding,
      r.segments, r.purpose, m.*, case when m."contentOf" is null then r.text end as text,
      case when m."contentOf" is null then r.media end as media
    from request r cross join lateral json_to_recordset(r.recipients) as m (id text, "to" text, "contentOf" text,
      "outboundLease" bigint, "webhookLease" bigint)
    where (select count(*) from won) = $4 or (r."apiClientId", r.route, r.key) in (select api_client_id, route, key from won)
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
      content_of, external_reference, delivery_guarantee, encoding, segments, parts, purpose, idempotency_key, status,
      sequence, position, created_at)
    select id, 'OUTBOUND', "apiClientId", "numberId", "from", "to", "messageType", text, media,
      "contentOf", "externalReference", guarantee, encoding, segments, coalesce(segments, 1), purpose, key, 'QUEUED',
      1, ${HERE}, $2 from accepted
  ), ${appendEvents(
    `select id as message_id, 1 as sequence, 'message.queued' as type, 'QUEUED' as status,
       null as provider_message_ref, null::json as error, $2::timestamptz as occurred_at, "apiClientId" as client,
       "numberId" as lane, "webhookLease" as lease, 0 as after from accepted`,
    '$3',
  )}, queued as (
    ${enqueueFrom(`select queue, id, ${OUTBOUND}, "apiClientId", "numberId", $2::timestamptz, "outboundLease" from accepted`, '$3')}
  )
  select case when count(*) < $4 then json_agg(json_build_object('apiClientId', api_client_id, 'route', route, 'key', key))
    end as keys, count(*)::int as count from won`,
  ),
);

/** Idempotent responses that are stored under keys. $1 JSON rows of `Scope`. */
export const RESPONSES = rowsAs<Stored>()(
  statement(
    'messages.responses',
    {
      params: ['json'],
      row: { apiClientId: 'text', route: 'text', key: 'text', fingerprint: 'text', body: 'text' },
    },
    `select i.api_client_id as "apiClientId", i.route, i.key, i.fingerprint, i.response as body
  from json_to_recordset($1::json) as k ("apiClientId" text, route text, key text)
  join idempotency_keys i on i.api_client_id = k."apiClientId" and i.route = k.route and i.key = k.key`,
  ),
);

/** Stores new inbound messages with their events, and returns their ids. $1 JSON rows of `Received`, $2 now. */
export const RECEIVE = statement(
  'messages.receive',
  { params: ['json', 'timestamp with time zone'], row: { id: 'text' } },
  `with new as (
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
  select id from message`,
);

/** Fields that every event of a message carries. */
export type Update = Pick<
  EventRow,
  | 'apiClientId'
  | 'externalReference'
  | 'numberId'
  | 'from'
  | 'to'
  | 'messageType'
  | 'segments'
  | 'purpose'
  | 'providerMessageRef'
>;

/** A locked message. */
export interface Current extends Update {
  id: string;
  status: MessageStatus;
  sequence: number;
  /** Position of its latest event. */
  position: number;
  parts: number;
}

/**
 * Locks the outbound messages $1. Selects ids with `= any` instead of a join. In a transaction (db/drivers/server.ts)
 * the statement is planned for these ids, and so for the partitions of their days. The plan always uses the index, even
 * if the statistics still describe an empty table.
 */
export const LOCK = rowsAs<Current>()(
  statement(
    'messages.lock',
    {
      params: ['text[]'],
      row: {
        id: 'text',
        status: 'text',
        sequence: 'integer',
        position: 'bigint',
        parts: 'integer',
        providerMessageRef: 'text?',
        apiClientId: 'text',
        externalReference: 'text?',
        numberId: 'text',
        from: 'text',
        to: 'text',
        messageType: 'text',
        segments: 'integer?',
        purpose: 'text?',
      },
    },
    `select m.id, m.status, m.sequence, m.position, m.parts, m.provider_message_ref as "providerMessageRef",
    m.api_client_id as "apiClientId", m.external_reference as "externalReference", m.number_id as "numberId",
    m.from_address as "from", m.to_address as "to", m.message_type as "messageType", m.segments, m.purpose
  from messages m where m.id = any($1) and m.direction = 'OUTBOUND' order by m.id for update`,
  ),
);

/** States of the segments of the messages $1, which are locked. */
export const LOCKED_PARTS = rowsAs<{ messageId: string; part: number; state: PartState }>()(
  statement(
    'messages.lockedParts',
    { params: ['text[]'], row: { messageId: 'text', part: 'integer', state: 'text' } },
    `select p.message_id as "messageId", p.part, p.state
  from message_parts p where p.message_id = any($1)`,
  ),
);

/**
 * Writes the changes of locked messages, with their segments, events and webhook jobs. Returns the keys of the events
 * whose jobs are under a lease. $1 JSON rows of changes, $2 of segments, $3 of events, $4 now, $5 holder of the leases,
 * $6 ids of the messages.
 */
export const ADVANCE = rowsAs<EventKey>()(
  statement(
    'messages.advance',
    {
      params: ['json', 'json', 'json', 'timestamp with time zone', 'text', 'text[]'],
      row: { messageId: 'text', sequence: 'integer' },
    },
    `with changed as (
    update messages m set status = c.status, sequence = c.sequence, parts = c.parts, error = coalesce(c.error, m.error), carrier = coalesce(c.carrier, m.carrier),
      provider_message_ref = c."providerMessageRef", position = greatest(m.position, ${HERE}),
      sent_at = case when c.sent then coalesce(m.sent_at, $4) else m.sent_at end,
      finished_at = case when c.finished then coalesce(m.finished_at, $4) end
    from json_to_recordset($1::json) as c (id text, status text, sequence integer, parts integer, error json,
      "providerMessageRef" text, carrier text, sent boolean, finished boolean)
    where m.id = c.id and m.id = any($6)
  ), part as (
    insert into message_parts as p (message_id, part, state, carrier, carrier_ref, error, submitted_at, finished_at)
    select "messageId", part, state, carrier, "carrierRef", error, $4, case when finished then $4 end
    from json_to_recordset($2::json) as r ("messageId" text, part integer, state text, carrier text,
      "carrierRef" text, error json, finished boolean)
    on conflict (message_id, part) do update set state = excluded.state, carrier = excluded.carrier,
      carrier_ref = coalesce(excluded.carrier_ref, p.carrier_ref), error = excluded.error,
      finished_at = excluded.finished_at
  ), ${appendEvents(
    `select "messageId" as message_id, sequence, type, status, "providerMessageRef" as provider_message_ref, error,
       $4::timestamptz as occurred_at, "apiClientId" as client, "numberId" as lane,
       case when not ${stepBefore('e."messageId"', 'e.sequence', '$5')} then lease end as lease, after
     from json_to_recordset($3::json) as e ("messageId" text, sequence integer, type text, status text,
       "providerMessageRef" text, error json, "apiClientId" text, "numberId" text, lease bigint, after bigint)`,
    '$5',
  )}
  select message_id as "messageId", sequence from event where lease is not null`,
  ),
);

/** Messages $1 of outbound jobs. $2 and $3 the span of the ids. */
export const OUTGOING = rowsAs<Outgoing & StoredContent>()(
  statement(
    'messages.outgoing',
    {
      params: ['text[]', 'text', 'text'],
      row: {
        id: 'text',
        apiClientId: 'text',
        numberId: 'text',
        from: 'text',
        to: 'text',
        messageType: 'text',
        text: 'text?',
        media: 'json?',
        contentOf: 'text?',
        guarantee: 'text',
        purpose: 'text?',
        parts: 'integer',
        status: 'text',
        createdAt: 'timestamp with time zone',
      },
    },
    `select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.content_of as "contentOf",
    m.delivery_guarantee as guarantee, m.purpose, m.parts, m.status, m.created_at as "createdAt"
  ${GIVEN_MESSAGES}`,
  ),
);

/** Inbound messages $1, for automatic replies. $2 and $3 the span of the ids. */
export const RECEIVED = statement(
  'messages.received',
  {
    params: ['text[]', 'text', 'text'],
    row: { id: 'text', apiClientId: 'text', numberId: 'text', from: 'text', createdAt: 'timestamp with time zone' },
  },
  `select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.created_at as "createdAt"
  ${GIVEN_MESSAGES}`,
);

/** Contents of the messages $1. $2 and $3 the span of the ids. */
export const CONTENTS = rowsAs<{ id: string } & Omit<StoredContent, 'contentOf'>>()(
  statement(
    'messages.contents',
    { params: ['text[]', 'text', 'text'], row: { id: 'text', text: 'text?', media: 'json?' } },
    'select id, text, media from messages where id = any($1) and id between $2 and $3',
  ),
);

/** States of the submitted segments of message $1. */
export const PART_STATES = rowsAs<{ part: number; state: PartState }>()(
  statement(
    'messages.partStates',
    { params: ['text'], row: { part: 'integer', state: 'text' } },
    'select part, state from message_parts where message_id = $1',
  ),
);

/** Segments of the messages $1 whose outcome is unknown. $2 and $3 the span of the ids. */
export const UNKNOWN_PARTS = statement(
  'messages.unknownParts',
  { params: ['text[]', 'text', 'text'], row: { messageId: 'text', part: 'integer', carrier: 'text' } },
  `select p.message_id as "messageId", p.part, p.carrier
  ${GIVEN_PARTS}
  where p.state = 'UNKNOWN' order by p.message_id, p.part`,
);

/**
 * Segments of the messages $1 without a receipt, if another segment of the message is delivered. $2 and $3 the span of
 * the ids.
 */
export const PARTS_BESIDE_DELIVERED = statement(
  'messages.partsBesideDelivered',
  {
    params: ['text[]', 'text', 'text'],
    row: { messageId: 'text', part: 'integer', carrier: 'text', carrierRef: 'text?' },
  },
  `select p.message_id as "messageId", p.part, p.carrier, p.carrier_ref as "carrierRef"
  ${GIVEN_PARTS}
  where p.state = 'SENT' and exists (
    select 1 from message_parts d where d.message_id = p.message_id and d.message_id between $2 and $3 and d.state = 'DELIVERED'
  ) order by p.message_id, p.part`,
);

/** Long messages among the messages $1 that are sent and not delivered, as subjects of jobs. */
export const SENT_LONG = statement(
  'messages.sentLong',
  { params: ['text[]'], row: { subject: 'text', client: 'text', lane: 'text' } },
  `select id as subject, api_client_id as client, number_id as lane from messages m
  where id = any($1) and direction = 'OUTBOUND' and parts > 1 and status = 'SENT'`,
);

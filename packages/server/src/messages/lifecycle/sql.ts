/** Statements that receive, change and load messages. */
import { rowsAs, statement } from '#db/statement.ts';
import type { EventKey, EventRow } from '#events/events.ts';
import { appendEvents, HERE } from '#events/sql.ts';
import type { OutboundQueue } from '#queue/job.ts';
import { outboundQueueOf, stepBefore } from '#queue/sql.ts';
import { GIVEN_MESSAGES, GIVEN_PARTS } from '../sql.ts';
import type { Outgoing } from './messages.ts';
import type { StoredContent } from './shared-content.ts';
import type { MessageStatus, PartState } from './status.ts';
import type { Stored } from './submission.ts';

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

/**
 * Stores new inbound messages with their events, and returns their ids. $1 JSON rows of `Received`, $2 now, $3 messages
 * whose event follows later.
 */
export const RECEIVE = statement(
  'messages.receive',
  { params: ['json', 'timestamp with time zone', 'text[]'], row: { id: 'text' } },
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
     from message where api_client_id is not null and id <> all($3)`,
    'null',
  )}
  select id from message`,
);

/** Latest messages to one recipient among which `WAITING_BEFORE` finds one that waits. */
const MOST_BEFORE = 8;

/**
 * Queue of the latest due message from a number to a recipient that has not been submitted. $1 API client, $2 JSON rows of
 * `Conversation`, $3 smallest id of messages, $4 now.
 */
export const WAITING_BEFORE = rowsAs<{ numberId: string; to: string; queue: OutboundQueue }>()(
  statement(
    'messages.waitingBefore',
    {
      params: ['text', 'json', 'text', 'timestamp with time zone'],
      row: { numberId: 'text', to: 'text', queue: 'text' },
    },
    `select r."numberId", r."to", w.queue from json_to_recordset($2::json) as r ("numberId" text, "to" text)
  cross join lateral (
    select j.queue from (
      select id from messages where api_client_id = $1 and to_address = r."to" and id >= $3 and number_id = r."numberId"
      order by id desc limit ${MOST_BEFORE}
    ) as m cross join lateral (${outboundQueueOf('m.id', '$4')}) as j order by m.id desc limit 1
  ) as w`,
  ),
);

/** A row if the message $2 of carrier $1 is stored. */
export const IS_RECEIVED = statement(
  'messages.isReceived',
  { params: ['text', 'text'], row: { found: 'boolean' } },
  'select true as found from inbound_keys where carrier = $1 and carrier_ref = $2',
);

/**
 * Completes an inbound message whose files were pending, and adds its event. $1 message, $2 JSON list of its media, $3
 * now.
 */
export const COMPLETE_RECEIVED = statement(
  'messages.completeReceived',
  { params: ['text', 'json', 'timestamp with time zone'], row: { completed: 'boolean' } },
  `with before as (
    select id, position from messages where id = $1 and direction = 'INBOUND' for update
  ), message as (
    update messages m set media = $2, position = greatest(m.position, ${HERE}) from before
    where m.id = $1 and before.id = m.id
    returning m.id, m.api_client_id, m.number_id, m.status, m.provider_message_ref, before.position as before
  ), ${appendEvents(
    `select id as message_id, 1 as sequence, 'message.inbound' as type, status, provider_message_ref, null::json as error,
       $3::timestamptz as occurred_at, api_client_id as client, number_id as lane, null::bigint as lease, before as after
     from message`,
    'null',
  )}
  select true as completed from message`,
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

/** States of the segments of the messages $1. */
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
    insert into message_parts as p (message_id, part, attempt, state, carrier, carrier_ref, error, submitted_at, finished_at)
    select "messageId", part, attempt, state, carrier, "carrierRef", error, $4, case when finished then $4 end
    from json_to_recordset($2::json) as r ("messageId" text, part integer, attempt integer, state text, carrier text,
      "carrierRef" text, error json, finished boolean)
    on conflict (message_id, part) do update set state = excluded.state, carrier = excluded.carrier,
      attempt = coalesce(excluded.attempt, p.attempt), carrier_ref = coalesce(excluded.carrier_ref, p.carrier_ref),
      error = excluded.error, finished_at = excluded.finished_at
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

/** Notes submitted segments of messages that were created long ago. $1 JSON rows, $2 now. */
export const ADD_LATE_PARTS = statement(
  'messages.addLateParts',
  { params: ['json', 'timestamp with time zone'] },
  `insert into late_parts (carrier, carrier_ref, message_id, submitted_at)
  select carrier, "carrierRef", "messageId", $2
  from json_to_recordset($1::json) as r (carrier text, "carrierRef" text, "messageId" text) on conflict do nothing`,
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
        poolId: 'text?',
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
        expiresAt: 'timestamp with time zone',
        hasExpiry: 'boolean',
        quietZone: 'text?',
      },
    },
    `select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.pool_id as "poolId", m.from_address as "from",
    m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.content_of as "contentOf",
    m.delivery_guarantee as guarantee, m.purpose, m.parts, m.status, m.created_at as "createdAt",
    coalesce(m.expires_at, m.created_at + interval '24 hours') as "expiresAt", m.expires_at is not null as "hasExpiry", m.quiet_zone as "quietZone"
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

/** Whether carrier $1 has segments that are not final, of messages with ids from $2. */
export const OPEN_PARTS = statement(
  'messages.openParts',
  { params: ['text', 'text'], row: { found: 'boolean' } },
  `select true as found from message_parts where message_id >= $2 and carrier = $1 and state in ('SENT', 'UNKNOWN') limit 1`,
);

/** Sets the times of message $1, if it was not submitted. $2 requested time, $3 time of expiry. */
export const RESCHEDULE = statement(
  'messages.reschedule',
  { params: ['text', 'timestamp with time zone', 'timestamp with time zone'], row: { id: 'text' } },
  `with changed as (
    update messages set send_at = $2, expires_at = $3 where id = $1 and status = 'QUEUED' and direction = 'OUTBOUND'
    returning id, api_client_id, idempotency_key
  ), key as (
    update idempotency_keys k set keep_until = greatest(k.keep_until, $3) from changed c
    where k.api_client_id = c.api_client_id and k.route = 'messages.send' and k.key = c.idempotency_key
  )
  select id from changed`,
);

/** Stores the reasons $2 of the carriers of the messages $1. */
export const SET_ROUTES = statement(
  'messages.setRoutes',
  { params: ['text[]', 'text[]'] },
  `update messages m set route = r.reason
  from unnest($1::text[], $2::text[]) as r (id, reason) where m.id = r.id and m.id = any($1)`,
);

/** Sets the numbers $2 with the addresses $3 of the messages $1. */
export const SET_SENDERS = statement(
  'messages.setSenders',
  { params: ['text[]', 'text[]', 'text[]'] },
  `update messages m set number_id = s.number_id, from_address = s.from_address
  from unnest($1::text[], $2::text[], $3::text[]) as s (id, number_id, from_address) where m.id = s.id and m.id = any($1)`,
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

/** Statements that accept send requests. */
import { rowsAs, statement } from '#db/statement.ts';
import { appendEvents, HERE } from '#events/sql.ts';
import { RANK } from '#queue/scheduled.ts';
import { enqueueOutboundFrom, scheduleFrom } from '#queue/sql.ts';
import type { Scope } from './submission.ts';

/** Number of new keys. `keys` lists them only when some keys were not new. */
export interface Won {
  count: number;
  keys: Scope[] | null;
  /** Keys of requests whose bulk send is canceled. Null: none. */
  closed: Scope[] | null;
}

/** Outbound jobs of the accepted messages. */
const JOBS = `select queue, id, "apiClientId", "numberId", "runAt", "outboundLease", carrier, rank, "expiresAt" from accepted`;
/** SQL condition that the key of the request `r` is new. */
const IS_NEW = `((select count(*) from won) = $4
      or (r."apiClientId", r.route, r.key) in (select api_client_id, route, key from won))`;

/** SQL that selects requests from `given`, and SQL of a common table expression before it, with a comma. */
interface Selection {
  before: string;
  requests: string;
  /** SQL for the keys of the others, as JSON. */
  closed: string;
}

const ALL: Selection = { before: '', requests: 'select * from given', closed: 'null::json' };

/**
 * Without the requests of canceled bulk sends. The lock excludes a cancel until the commit, so that the cancel finds the messages of every
 * request that was stored before it.
 */
const OF_OPEN_BULK_SENDS: Selection = {
  before: `, open as materialized (
    select api_client_id, id from bulk_sends
    where (api_client_id, id) in (select "apiClientId", "bulkSendId" from given) and state <> 'CANCELED' for share
  )`,
  requests: `select * from given where "bulkSendId" is null
      or ("apiClientId", "bulkSendId") in (select api_client_id, id from open)`,
  closed: `(select json_agg(json_build_object('apiClientId', "apiClientId", 'route', route, 'key', key)) from given
      where "bulkSendId" is not null and ("apiClientId", "bulkSendId") not in (select api_client_id, id from open))`,
};

/**
 * Stores the keys, messages, jobs and first events of all requests of a batch, in one statement and one commit. A
 * request whose key already exists adds no row and gets the idempotent response. $1 JSON rows of `requestRow`, $2 now,
 * $3 holder of the leases, $4 number of requests.
 *
 * The statement contains no join. Connections that allow only nested loops (db/drivers/server.ts) compared each pair of rows.
 * Recipients are nested in their request. New keys are looked up in a hashed sub-query, unless all keys are new.
 * @param rejected SQL of a further insert, with a comma before it.
 * @param selection SQL that selects the requests that may be stored, from those of `given`.
 */
const accepting = (rejected: string, { before, requests, closed }: Selection = ALL) =>
  `with given as (
    select * from json_to_recordset($1::json) as r ("apiClientId" text, route text, key text, fingerprint text,
      body text, "numberId" text, queue text, carrier text, reason text, "from" text, "messageType" text, text text, media json, "externalReference" text, guarantee text,
      encoding text, segments integer, purpose text, "poolId" text, "sendAt" timestamptz, priority text, rank smallint,
      "quietZone" text, "bulkSendId" text, "keepUntil" timestamptz, "runAt" timestamptz, "expiresAt" timestamptz, recipients json, rejections json)
  )${before}, request as (
    ${requests}
  ), won as (
    insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at, keep_until)
    select "apiClientId", route, key, fingerprint, body, $2, "keepUntil" from request order by "apiClientId", route, key
    on conflict do nothing returning api_client_id, route, key
  ), accepted as materialized (
    select r."apiClientId", r.route, r.key, r."messageType", r."externalReference", r.guarantee, r.encoding,
      r.segments, r.purpose, r."poolId", r."sendAt", r.priority, coalesce(r.rank, ${RANK.NORMAL}::smallint) as rank, r."quietZone", r."bulkSendId",
      coalesce(m."runAt", r."runAt", $2) as "runAt", coalesce(m."expiresAt", r."expiresAt") as "expiresAt", m.id, m."to", m."contentOf", m."outboundLease", m."webhookLease",
      coalesce(m."numberId", r."numberId") as "numberId", coalesce(m."from", r."from") as "from",
      coalesce(m.queue, r.queue) as queue, coalesce(m.carrier, r.carrier) as carrier,
      nullif(coalesce(m.reason, r.reason), '') as reason, case when m."contentOf" is null then r.text end as text,
      case when m."contentOf" is null then r.media end as media
    from request r cross join lateral json_to_recordset(r.recipients) as m (id text, "to" text, "contentOf" text,
      "outboundLease" bigint, "webhookLease" bigint, "numberId" text, "from" text, queue text, carrier text, reason text,
      "runAt" timestamptz, "expiresAt" timestamptz)
    where ${IS_NEW}
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
      content_of, external_reference, delivery_guarantee, encoding, segments, parts, purpose, idempotency_key, route, pool_id, status,
      sequence, position, created_at, send_at, expires_at, priority, quiet_zone, bulk_send_id)
    select id, 'OUTBOUND', "apiClientId", "numberId", "from", "to", "messageType", text, media,
      "contentOf", "externalReference", guarantee, encoding, segments, coalesce(segments, 1), purpose, key, reason, "poolId", 'QUEUED',
      1, ${HERE}, $2, "sendAt", "expiresAt", priority, "quietZone", "bulkSendId" from accepted
  ), ${appendEvents(
    `select id as message_id, 1 as sequence, 'message.queued' as type, 'QUEUED' as status,
       null as provider_message_ref, null::json as error, $2::timestamptz as occurred_at, "apiClientId" as client,
       "numberId" as lane, "webhookLease" as lease, 0 as after from accepted`,
    '$3',
  )}, queued as (
    ${enqueueOutboundFrom(JOBS, '$3', '$2::timestamptz')}
  ), scheduled as (
    ${scheduleFrom(JOBS, '$2::timestamptz')}
  )${rejected}
  select case when count(*) < $4 then json_agg(json_build_object('apiClientId', api_client_id, 'route', route, 'key', key))
    end as keys, count(*)::int as count, ${closed} as closed from won`;

const TYPES = {
  params: ['json', 'timestamp with time zone', 'text', 'bigint'],
  row: { keys: 'json?', count: 'integer', closed: 'json?' },
} as const;

/** Accepts requests without rejected recipients. */
export const ACCEPT = rowsAs<Won>()(statement('messages.accept', TYPES, accepting('')));

/** SQL that stores the rejected recipients. */
const REJECTED = `, rejected as (
    insert into rejections (id, api_client_id, number_id, from_address, pool_id, recipient, error, external_reference,
      idempotency_key, created_at)
    select j.id, r."apiClientId", case when r."poolId" is null then r."numberId" end,
      case when r."poolId" is null then r."from" end, r."poolId", j."to", j.error, r."externalReference", r.key, $2
    from request r cross join lateral json_to_recordset(r.rejections) as j (id text, "to" text, error json)
    where ${IS_NEW}
  )`;

/** Also stores rejected recipients. Batches without any use `ACCEPT`, which is faster. */
export const ACCEPT_REJECTING = rowsAs<Won>()(statement('messages.acceptRejecting', TYPES, accepting(REJECTED)));

/** Also stores requests of bulk sends. Those of canceled ones add no row, and have no stored response. */
export const ACCEPT_BULK = rowsAs<Won>()(
  statement('messages.acceptBulk', TYPES, accepting(REJECTED, OF_OPEN_BULK_SENDS)),
);

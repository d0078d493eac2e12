-- Partitions by the day of the message, lanes in the queue, and leases that belong to processes.

-- The smallest ULID of a moment: its milliseconds in Crockford's base32, as an id's first ten characters have them.
create function ulid_floor(at timestamptz) returns text language plpgsql immutable parallel safe as $$
declare
  ms bigint := floor(extract(epoch from at) * 1000);
  digits text := '';
begin
  for i in 1..10 loop
    digits := substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (ms % 32)::integer + 1, 1) || digits;
    ms := ms / 32;
  end loop;
  return digits;
end $$;

-- Aside, with their indexes and constraints, until their rows are in the new ones.
create schema redcloud_0001;
alter table messages set schema redcloud_0001;
alter table message_parts set schema redcloud_0001;
alter table receipts set schema redcloud_0001;
alter table events set schema redcloud_0001;
alter table webhook_attempts set schema redcloud_0001;
alter table jobs set schema redcloud_0001;

-- A message's id says when it was made, so its day, and with it the partition, follows from the id alone: for the message
-- and for all that became of it.
create table messages (
  id text collate "C" not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  api_client_id text,
  number_id text,
  from_address text not null,
  to_address text not null,
  message_type text not null check (message_type in ('SMS', 'MMS')),
  text text,
  media json,
  external_reference text,
  delivery_guarantee text check (delivery_guarantee in ('AT_MOST_ONCE', 'AT_LEAST_ONCE')),
  encoding text check (encoding in ('GSM7', 'UCS2')),
  segments integer check (segments > 0),
  parts integer not null check (parts > 0),
  status text not null check (status in ('QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED')),
  -- The number of the message's latest event.
  sequence integer not null check (sequence > 0),
  provider_message_ref text,
  error json,
  carrier text,
  created_at timestamptz not null,
  sent_at timestamptz,
  finished_at timestamptz,
  primary key (id),
  -- The status machine's promises, so that no path around it can break them: what is sent, delivered or failed says
  -- since when, what has failed says why, and nothing that has not failed has an error.
  check ((direction = 'INBOUND') = (status = 'RECEIVED')),
  check (status not in ('SENT', 'DELIVERED') or sent_at is not null),
  check ((status in ('DELIVERED', 'FAILED')) = (finished_at is not null)),
  check ((status = 'FAILED') = (error is not null)),
  check (direction = 'INBOUND' or (api_client_id is not null and number_id is not null and delivery_guarantee is not null))
) partition by range (id);

-- One row a part, made when its submit has an outcome.
create table message_parts (
  message_id text collate "C" not null,
  part integer not null check (part > 0),
  state text not null check (state in ('UNKNOWN', 'SENT', 'DELIVERED', 'FAILED')),
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  error json,
  submitted_at timestamptz not null,
  finished_at timestamptz,
  primary key (message_id, part),
  check (state <> 'SENT' or carrier_ref is not null)
) partition by range (message_id);
create index message_parts_by_carrier_ref on message_parts (carrier_ref, carrier) where carrier_ref is not null;

create table events (
  message_id text collate "C" not null,
  sequence integer not null,
  type text not null,
  status text not null,
  provider_message_ref text,
  error json,
  occurred_at timestamptz not null,
  primary key (message_id, sequence)
) partition by range (message_id);

create table webhook_attempts (
  message_id text collate "C" not null,
  sequence integer not null,
  attempt integer not null,
  outcome text not null check (outcome in ('DELIVERED', 'RETRY', 'GIVEN_UP')),
  url text not null,
  status_code integer,
  error text,
  response_start text,
  duration_ms integer not null,
  attempted_at timestamptz not null,
  primary key (message_id, sequence, attempt)
) partition by range (message_id);

-- What carriers reported, as they reported it. Without a message: parked until one fits.
create sequence receipts_id;
create table receipts (
  id bigint not null default nextval('receipts_id'),
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  reference text collate "C",
  state text not null check (state in ('DELIVERED', 'FAILED')),
  error json,
  raw text not null,
  received_at timestamptz not null,
  message_id text collate "C",
  part integer,
  primary key (received_at, id)
) partition by range (received_at);
create index receipts_parked on receipts (carrier_ref, carrier) where message_id is null;
create index receipts_parked_by_reference on receipts (reference) where message_id is null and reference is not null;
create index receipts_by_message on receipts (message_id) where message_id is not null;

-- For rows of a day that nobody made a partition for: nothing is refused for want of one.
create table messages_default partition of messages default with (fillfactor = 85);
create table message_parts_default partition of message_parts default with (fillfactor = 85);
create table events_default partition of events default;
create table webhook_attempts_default partition of webhook_attempts default;
create table receipts_default partition of receipts default with (fillfactor = 85);

-- The days that have partitions of their own, in UTC.
create table days (
  day date primary key,
  -- No text or media of that day's messages is left.
  redacted boolean not null default false
);

-- One table's partition for a day, where there is none yet; what the default partition took in of that day moves into it.
-- To be called for one table a transaction: whoever holds one of them and waits for another must not be waited for.
create function add_partition(parent text, the_day date) returns void language plpgsql as $$
declare
  partition text := parent || '_' || to_char(the_day, 'YYYYMMDD');
  by_time boolean := parent = 'receipts';
  key text := case parent when 'messages' then 'id' when 'receipts' then 'received_at' else 'message_id' end;
  starts timestamptz := the_day::timestamp at time zone 'UTC';
  ends timestamptz := (the_day + 1)::timestamp at time zone 'UTC';
  lower_bound text := case when by_time then starts::text else 'msg_' || ulid_floor(starts) end;
  upper_bound text := case when by_time then ends::text else 'msg_' || ulid_floor(ends) end;
  -- Rows of these are changed after they are made.
  fill integer := case when parent in ('events', 'webhook_attempts') then 100 else 85 end;
begin
  -- The parent first, as everybody does.
  execute format('lock table only %I in access exclusive mode', parent);
  execute format('lock table only %I in access exclusive mode', parent || '_default');
  if to_regclass(quote_ident(partition)) is not null then return; end if;
  execute format('create temporary table moved_%s on commit drop as select * from %I where %I >= %L and %I < %L',
    partition, parent || '_default', key, lower_bound, key, upper_bound);
  execute format('delete from %I where %I >= %L and %I < %L',
    parent || '_default', key, lower_bound, key, upper_bound);
  execute format('create table %I partition of %I for values from (%L) to (%L) with (fillfactor = %s)',
    partition, parent, lower_bound, upper_bound, fill);
  execute format('insert into %I select * from moved_%s', partition, partition);
end $$;

create function drop_partition(parent text, the_day date) returns void language plpgsql as $$
begin
  execute format('drop table if exists %I', parent || '_' || to_char(the_day, 'YYYYMMDD'));
end $$;

-- A carrier's reference of an inbound message, by which a repeat is known.
create table inbound_keys (
  carrier text collate "C" not null,
  carrier_ref text collate "C" not null,
  message_id text not null,
  created_at timestamptz not null,
  primary key (carrier, carrier_ref)
);
create index inbound_keys_by_age on inbound_keys using brin (created_at);

-- Every process that runs, and until when it has said that it will. Whoever has not said so again by then is taken for
-- dead, and what it held is free.
create table processes (
  id text collate "C" primary key,
  host text not null,
  pid integer not null,
  version text not null,
  roles text[] not null,
  started_at timestamptz not null,
  alive_until timestamptz not null
);

-- The links that a carrier allows, and the process that has each.
create table binds (
  carrier text not null,
  link integer not null check (link > 0),
  held_by text collate "C",
  primary key (carrier, link)
);

create table jobs (
  queue text collate "C" not null,
  -- The message, and which step of its way: 0 outbound, -1 its outcome, else the webhook of the event with that sequence.
  subject text collate "C" not null,
  ordinal integer not null,
  -- Whose turn it is: clients take turns with each other, and so do the lanes of a client.
  client text collate "C" not null,
  lane text collate "C" not null,
  attempt integer not null default 0,
  run_at timestamptz not null,
  -- The process that does it now, and which of its leases this is.
  leased_by text collate "C",
  lease integer,
  -- Whoever held it before is gone: what was done under that lease is not known.
  interrupted boolean not null default false,
  primary key (subject, ordinal),
  check ((leased_by is null) = (lease is null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
-- Only what waits: a job that is made under a lease, and done, never gets into it.
create index jobs_due on jobs (queue, client, lane, run_at, ordinal) where leased_by is null;

-- What lies in the default partitions and is older than that.
create function drop_strays(before timestamptz) returns void language sql as $$
  with gone as (
    delete from messages_default m where m.created_at < before
      and not exists (select from jobs j where j.subject = m.id) returning id
  ), parts as (
    delete from message_parts_default where message_id in (select id from gone)
  ), told as (
    delete from events_default where message_id in (select id from gone)
  ), attempts as (
    delete from webhook_attempts_default where message_id in (select id from gone)
  )
  delete from receipts_default where received_at < before;
$$;

do $$
declare
  the_day date;
begin
  for the_day in
    select distinct (created_at at time zone 'UTC')::date from redcloud_0001.messages
    union select distinct (received_at at time zone 'UTC')::date from redcloud_0001.receipts
  loop
    perform add_partition(parent, the_day)
    from unnest(array['messages', 'message_parts', 'events', 'webhook_attempts', 'receipts']) as parent;
    insert into days (day) values (the_day);
  end loop;
end $$;

insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
    external_reference, delivery_guarantee, encoding, segments, parts, status, sequence, provider_message_ref, error,
    carrier, created_at, sent_at, finished_at)
  select id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
    external_reference, delivery_guarantee, encoding, segments, parts, status, sequence, provider_message_ref, error,
    carrier, created_at, sent_at, finished_at from redcloud_0001.messages;
insert into message_parts select * from redcloud_0001.message_parts;
insert into events select * from redcloud_0001.events;
insert into webhook_attempts select * from redcloud_0001.webhook_attempts;
insert into receipts (carrier, carrier_ref, reference, state, error, raw, received_at, message_id, part)
  select carrier, carrier_ref, reference, state, error, raw, received_at, message_id, part from redcloud_0001.receipts order by id;
insert into inbound_keys (carrier, carrier_ref, message_id, created_at)
  select carrier, provider_message_ref, id, created_at from redcloud_0001.messages
  where direction = 'INBOUND' and carrier is not null and provider_message_ref is not null on conflict do nothing;
insert into jobs (queue, subject, ordinal, client, lane, attempt, run_at, interrupted)
  select distinct on (j.subject, j.ordinal, j.queue) j.queue, j.subject,
    case when j.queue = 'outcomes' then -1 else j.ordinal end, coalesce(m.api_client_id, ''),
    coalesce(m.number_id, ''), j.attempt, j.run_at, j.interrupted or j.lease_token is not null
  from redcloud_0001.jobs j left join redcloud_0001.messages m on m.id = j.subject order by j.subject, j.ordinal, j.queue, j.run_at;

drop schema redcloud_0001 cascade;

-- Requested time of the submit. Null: as soon as possible.
alter table messages add column send_at timestamptz;
-- Time after which the message is not submitted any more. Null: 24 hours after its creation.
alter table messages add column expires_at timestamptz;
-- Null: NORMAL.
alter table messages add column priority text check (priority in ('HIGH', 'BULK'));
-- Time zone in which quiet hours apply to the message. Empty: the possible zones of the recipient's number. Null: no quiet hours.
alter table messages add column quiet_zone text;

-- Order of the jobs of a lane: 0 HIGH, 1 NORMAL, 2 BULK.
alter table jobs add column priority smallint not null default 1;
-- Time at which the message of an outbound job expires. Null: 24 hours after its creation.
alter table jobs add column expires_at timestamptz;
drop index jobs_due;
create index jobs_due on jobs (queue, client, lane, priority, run_at, ordinal) where leased_by is null and not asleep;
-- The attempt tells scheduled messages from later attempts.
drop index jobs_asleep;
create index jobs_asleep on jobs (queue, run_at, client, lane, attempt) where asleep;
create index jobs_expiring on jobs (expires_at) where expires_at is not null;

-- Outbound jobs that are due in more than an hour. Apart from jobs, so that claims and counts do not see them.
create table scheduled_jobs (
  subject text collate "C" primary key,
  queue text collate "C" not null,
  client text collate "C" not null,
  lane text collate "C" not null,
  priority smallint not null default 1,
  run_at timestamptz not null,
  expires_at timestamptz not null
);
create index scheduled_jobs_due on scheduled_jobs (run_at);
create index scheduled_jobs_by_client on scheduled_jobs (client);

-- Cancels of messages that a process holds. The process gives such a message up before its submit.
create table cancel_requests (
  message_id text collate "C" primary key,
  requested_at timestamptz not null
);

-- Keys of unfinished messages are kept longer. Null: the usual period.
alter table idempotency_keys add column keep_until timestamptz;

-- Hours in which messages of the client may be sent. Null: never set.
alter table api_clients add column quiet_hours json;

-- Submitted segments of messages that were created long before. Receipts with a carrier message id look here as well, since they search
-- the days of recent messages only.
create table late_parts (
  carrier text collate "C" not null,
  carrier_ref text collate "C" not null,
  message_id text collate "C" not null,
  submitted_at timestamptz not null,
  primary key (carrier_ref, carrier, message_id)
);
create index late_parts_by_key on late_parts (carrier_ref_key(carrier_ref), carrier) where carrier_ref <> carrier_ref_key(carrier_ref);
create index late_parts_by_age on late_parts (submitted_at);

-- Canceling needs a capability of its own. Every client could cancel if it existed before.
update api_clients set capabilities = capabilities || '{messages:cancel}'::text[] where not capabilities @> '{messages:cancel}'::text[];

-- Time before which a day whose texts are partly still needed is not searched again.
alter table days add column redact_after timestamptz;

-- Messages of a day that is about to be dropped, whose rows are moved to the default partitions first.
create table kept_messages (
  day date not null,
  id text collate "C" not null,
  primary key (day, id)
);

-- Notes the messages of a day that have unfinished work, or ended after the given time. Also those that have the content of a noted one.
create function keep_messages(the_day date, before timestamptz) returns void language sql as $$
  insert into kept_messages (day, id)
  select the_day, m.id from messages m
  where m.id >= 'msg_' || ulid_floor(the_day::timestamp at time zone 'UTC') and m.id < 'msg_' || ulid_floor((the_day + 1)::timestamp at time zone 'UTC') and (
    m.finished_at >= before
    or exists (select from jobs j where j.subject = m.id)
    or exists (select from scheduled_jobs s where s.subject = m.id)
  ) on conflict do nothing;
  insert into kept_messages (day, id)
  select the_day, m.content_of from kept_messages k join messages m on m.id = k.id
  where k.day = the_day and m.content_of >= 'msg_' || ulid_floor(the_day::timestamp at time zone 'UTC') and m.content_of < 'msg_' || ulid_floor((the_day + 1)::timestamp at time zone 'UTC')
  on conflict do nothing;
$$;

-- Drops a partition. Rows of kept messages are moved to the default partition in the same transaction.
create or replace function drop_partition(parent text, the_day date) returns void language plpgsql as $$
declare
  partition text := parent || '_' || to_char(the_day, 'YYYYMMDD');
  key text := case parent when 'messages' then 'id' else 'message_id' end;
begin
  if to_regclass(quote_ident(partition)) is null then return; end if;
  if parent <> 'receipts' and exists (select from kept_messages where day = the_day) then
    execute format('lock table only %I in access exclusive mode', parent);
    execute format('alter table %I detach partition %I', parent, partition);
    execute format('insert into %I select p.* from kept_messages k cross join lateral
      (select * from %I where %I = k.id offset 0) as p where k.day = %L', parent || '_default', partition, key, the_day);
  end if;
  execute format('drop table if exists %I', partition);
end $$;

-- Deletes rows outside of any day that have ended before the given time.
create or replace function drop_strays(before timestamptz) returns void language sql as $$
  with gone as (
    delete from messages_default m where m.created_at < before and (m.finished_at is null or m.finished_at < before)
      and not exists (select from jobs j where j.subject = m.id)
      and not exists (select from scheduled_jobs s where s.subject = m.id)
      and m.id not in (
        select o.content_of from messages_default o where o.content_of is not null
          and (o.created_at >= before or o.finished_at >= before
            or exists (select from jobs j where j.subject = o.id) or exists (select from scheduled_jobs s where s.subject = o.id))
      ) returning id
  ), parts as (
    delete from message_parts_default where message_id in (select id from gone)
  ), attempts as (
    delete from attempts_default where message_id in (select id from gone)
  ), told as (
    delete from events_default where message_id in (select id from gone)
  ), posts as (
    delete from webhook_attempts_default where message_id in (select id from gone)
  )
  delete from receipts_default where received_at < before;
$$;

-- Removes the texts of messages outside of any day that have ended before the given time.
create function redact_strays(before timestamptz) returns integer language sql as $$
  with redacted as (
    update messages_default m set text = null, media = null
    where (m.text is not null or m.media is not null) and coalesce(m.finished_at, m.sent_at, m.created_at) < before
      and not exists (select from jobs j where j.subject = m.id)
      and not exists (select from scheduled_jobs s where s.subject = m.id)
      and m.id not in (
        select o.content_of from messages_default o where o.content_of is not null
          and (exists (select from jobs j where j.subject = o.id) or exists (select from scheduled_jobs s where s.subject = o.id))
      ) returning 1
  ), responses as (
    update webhook_attempts_default set response_start = '' where attempted_at < before and response_start <> ''
  )
  select count(*)::int from redacted;
$$;

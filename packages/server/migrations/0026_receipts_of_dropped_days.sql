-- A message that was submitted after its day was dropped may wait for its receipt. Its retention counts from its submit, as that of
-- its text and of its key does.
create or replace function keep_messages(the_day date, before timestamptz) returns void language sql as $$
  insert into kept_messages (day, id)
  select the_day, m.id from messages m
  where m.id >= 'msg_' || ulid_floor(the_day::timestamp at time zone 'UTC') and m.id < 'msg_' || ulid_floor((the_day + 1)::timestamp at time zone 'UTC') and (
    coalesce(m.finished_at, m.sent_at) >= before
    or exists (select from jobs j where j.subject = m.id)
    or exists (select from scheduled_jobs s where s.subject = m.id)
  ) on conflict do nothing;
  insert into kept_messages (day, id)
  select the_day, m.content_of from kept_messages k join messages m on m.id = k.id
  where k.day = the_day and m.content_of >= 'msg_' || ulid_floor(the_day::timestamp at time zone 'UTC') and m.content_of < 'msg_' || ulid_floor((the_day + 1)::timestamp at time zone 'UTC')
  on conflict do nothing;
$$;

-- Deletes rows outside of any day whose messages have ended, or were submitted without a known end, before the given time.
create or replace function drop_strays(before timestamptz) returns void language sql as $$
  with gone as (
    delete from messages_default m where m.created_at < before and coalesce(m.finished_at, m.sent_at, m.created_at) < before
      and not exists (select from jobs j where j.subject = m.id)
      and not exists (select from scheduled_jobs s where s.subject = m.id)
      and m.id not in (
        select o.content_of from messages_default o where o.content_of is not null
          and (o.created_at >= before or coalesce(o.finished_at, o.sent_at) >= before
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

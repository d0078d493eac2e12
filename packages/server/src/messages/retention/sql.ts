/** Statements that remove the contents of messages. */
import { statement } from '#db/statement.ts';
import { jobsAbout, scheduledAbout } from '#queue/sql.ts';

const BATCH = 1_000;

/**
 * Redacts one batch, in the order of the ids. Content stays while a job of its message, or of a message that shares the
 * content, needs the content. $1 last id of the previous batch, $2 first id of the day, $3 first id after the day, $4
 * first id for which no job needs content of the day, $5 time from which on messages have ended too lately.
 */
export const REDACT = statement(
  'messages.redact',
  {
    params: ['text', 'text', 'text', 'text', 'timestamp with time zone'],
    row: { lastId: 'text?', found: 'integer', redacted: 'integer' },
  },
  `with batch as materialized (
    select m.id, coalesce(m.finished_at, m.sent_at, m.created_at) >= $5 as recent from messages m
    where m.id > $1 and m.id >= $2 and m.id < $3 and (m.text is not null or m.media is not null)
    order by m.id limit ${BATCH}
  ), needed as materialized (
    ${jobsAbout('$2', '$4', 'j.subject as id')}
    union all
    ${jobsAbout('$2', '$4', 'm.content_of', 'join messages m on m.id = j.subject')}
      and m.id >= $2 and m.id < $4 and m.content_of is not null
    union all
    ${scheduledAbout('$2', '$4', 's.subject')}
    union all
    ${scheduledAbout('$2', '$4', 'm.content_of', 'join messages m on m.id = s.subject')}
      and m.id >= $2 and m.id < $4 and m.content_of is not null
  ), changed as (
    update messages m set text = null, media = null from batch
    where m.id = batch.id and not batch.recent and batch.id not in (select id from needed) returning 1
  )
  select (select max(id) from batch) as "lastId", (select count(*) from batch)::int as found,
    (select count(*) from changed)::int as redacted`,
);

/** Maximum number of keys per statement. */
export const KEYS_BATCH = 1_000;

/** Deletes keys from before $1 whose sends had no schedule. */
export const DELETE_KEYS = statement(
  'messages.deleteKeys',
  { params: ['timestamp with time zone'], row: { gone: 'integer' } },
  `delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where created_at < $1 and keep_until is null limit ${KEYS_BATCH}
  )) and keep_until is null returning 1 as gone`,
);

/**
 * Deletes the other keys from before $1 whose messages have all ended before $3. Keys with open messages are checked again a day
 * after $2, which is now.
 */
export const CHECK_KEYS = statement(
  'messages.checkKeys',
  {
    params: ['timestamp with time zone', 'timestamp with time zone', 'timestamp with time zone'],
    row: { found: 'integer', deleted: 'integer' },
  },
  `with old as materialized (
    select ctid as at, response from idempotency_keys
    where created_at < $1 and (keep_until is null or keep_until <= $2) limit ${KEYS_BATCH}
  ), checked as materialized (
    select at, exists (
      select from json_array_elements(old.response::json -> 'results') as r (item)
      cross join lateral (select * from messages where id = r.item ->> 'messageId' offset 0) as m
      where m.status in ('QUEUED', 'SENDING', 'UNKNOWN') or coalesce(m.finished_at, m.sent_at) > $3
    ) as open from old
  ), deleted as (
    delete from idempotency_keys k using checked where k.ctid = checked.at and not checked.open returning 1
  ), kept as (
    update idempotency_keys k set keep_until = $2 + interval '1 day' from checked where k.ctid = checked.at and checked.open
  )
  select (select count(*) from checked)::int as found, (select count(*) from deleted)::int as deleted`,
);

/** Deletes late segments that were submitted before $1. */
export const EXPIRE_LATE_PARTS = statement(
  'messages.expireLateParts',
  { params: ['timestamp with time zone'], row: { gone: 'integer' } },
  'delete from late_parts where submitted_at < $1 returning 1 as gone',
);

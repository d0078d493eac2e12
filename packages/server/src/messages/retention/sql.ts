/** Statements that remove the contents of messages. */
import { statement } from '#db/statement.ts';
import { jobsAbout } from '#queue/sql.ts';

const BATCH = 1_000;

/**
 * Redacts one batch, in the order of the ids. Content stays while a job of its message, or of a message that shares the
 * content, needs the content. $1 last id of the previous batch, $2 first id of the day, $3 first id after the day, $4
 * first id for which no job needs content of the day.
 */
export const REDACT = statement(
  'messages.redact',
  {
    params: ['text', 'text', 'text', 'text'],
    row: { lastId: 'text?', found: 'integer', redacted: 'integer' },
  },
  `with batch as materialized (
    select m.id from messages m
    where m.id > $1 and m.id >= $2 and m.id < $3 and (m.text is not null or m.media is not null)
    order by m.id limit ${BATCH}
  ), needed as materialized (
    ${jobsAbout('$2', '$4', 'j.subject as id')}
    union all
    ${jobsAbout('$2', '$4', 'm.content_of', 'join messages m on m.id = j.subject')}
      and m.id >= $2 and m.id < $4 and m.content_of is not null
  ), changed as (
    update messages m set text = null, media = null from batch
    where m.id = batch.id and batch.id not in (select id from needed) returning 1
  )
  select (select max(id) from batch) as "lastId", (select count(*) from batch)::int as found,
    (select count(*) from changed)::int as redacted`,
);

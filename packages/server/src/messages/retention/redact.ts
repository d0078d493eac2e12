import type { Db } from '#db/db.ts';
import type { Day } from '#db/schema/days.ts';
import type { Redactor } from '#maintenance/redact-days.ts';
import { idFrom } from '#platform/ids.ts';

const BATCH = 1_000;

/** Maximum time between the messages of one request. Some of them may be created after midnight. */
const SAME_REQUEST_MS = 60_000;

/**
 * One batch, in the order of the ids. Content stays while a job needs it: a job of the message itself, or of a message
 * that shares the content.
 */
const REDACT = `
  with batch as materialized (
    select m.id from messages m
    where m.id > $1 and m.id >= $2 and m.id < $3 and (m.text is not null or m.media is not null)
    order by m.id limit ${BATCH}
  ), needed as materialized (
    select j.subject as id from jobs j where j.subject >= $2 and j.subject < $4
    union all
    select m.content_of from jobs j join messages m on m.id = j.subject
    where j.subject >= $2 and j.subject < $4 and m.id >= $2 and m.id < $4 and m.content_of is not null
  ), changed as (
    update messages m set text = null, media = null from batch
    where m.id = batch.id and batch.id not in (select id from needed) returning 1
  )
  select (select max(id) from batch) as "lastId", (select count(*) from batch)::int as found,
    (select count(*) from changed)::int as redacted`;

/** Removes the texts and media of a day's messages. Addresses and statuses stay. */
export function redactMessages(db: Db): Redactor {
  return async ({ firstId, nextId, ends }: Day) => {
    const lastId = idFrom('msg', ends.getTime() + SAME_REQUEST_MS);
    let redacted = 0;
    let left = 0;
    let after = '';
    for (;;) {
      const [batch] = await db.query<{ lastId: string; found: number; redacted: number }>(REDACT, [
        after,
        firstId,
        nextId,
        lastId,
      ]);
      if (!batch || batch.found === 0) return { redacted, left };
      redacted += batch.redacted;
      left += batch.found - batch.redacted;
      after = batch.lastId;
    }
  };
}

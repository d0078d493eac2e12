import type { Day } from '../db/days.ts';
import type { Db } from '../db/db.ts';
import type { Redactor } from '../db/janitors/redact-days.ts';

const BATCH = 1_000;

/** A batch in the order of their ids; what a job still needs keeps its text for now. */
const REDACT = `
  with batch as materialized (
    select m.id from messages m
    where m.id > $1 and m.id >= $2 and m.id < $3 and (m.text is not null or m.media is not null)
    order by m.id limit ${BATCH}
  ), changed as (
    update messages m set text = null, media = null from batch
    where m.id = batch.id and not exists (select from jobs j where j.subject = batch.id) returning 1
  )
  select (select max(id) from batch) as "lastId", (select count(*) from batch)::int as found,
    (select count(*) from changed)::int as redacted`;

/** Removes the texts and media of a day's messages; who wrote to whom and what became of it stays. */
export function redactMessages(db: Db): Redactor {
  return async ({ firstId, nextId }: Day) => {
    let redacted = 0;
    let left = 0;
    let after = '';
    for (;;) {
      const [batch] = await db.query<{ lastId: string; found: number; redacted: number }>(REDACT, [
        after,
        firstId,
        nextId,
      ]);
      if (!batch || batch.found === 0) return { redacted, left };
      redacted += batch.redacted;
      left += batch.found - batch.redacted;
      after = batch.lastId;
    }
  };
}

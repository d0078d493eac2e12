import type { Db } from '#db/db.ts';
import type { Day } from '#db/schema/days.ts';
import type { Redactor } from '#maintenance/redact-days.ts';

const BATCH = 1_000;

const REDACT = `
  with batch as materialized (
    select message_id, sequence, attempt from webhook_attempts
    where (message_id, sequence, attempt) > ($1, $2::integer, $3::integer) and message_id >= $1 and message_id < $4
      and response_start <> ''
    order by message_id, sequence, attempt limit ${BATCH}
  ), changed as (
    update webhook_attempts a set response_start = '' from batch
    where a.message_id = batch.message_id and a.sequence = batch.sequence and a.attempt = batch.attempt
  )
  select message_id as "messageId", sequence, attempt, (select count(*) from batch)::int as count
  from batch order by message_id desc, sequence desc, attempt desc limit 1`;

/** Removes stored responses of endpoints, since the response to a failed attempt may quote the text. */
export function redactAttempts(db: Db): Redactor {
  return async ({ firstId, nextId }: Day) => {
    let redacted = 0;
    let after = { messageId: firstId, sequence: 0, attempt: 0 };
    for (;;) {
      const params = [after.messageId, after.sequence, after.attempt, nextId];
      const [last] = await db.query<typeof after & { count: number }>(REDACT, params);
      if (!last) return { redacted, left: 0 };
      after = last;
      redacted += last.count;
    }
  };
}

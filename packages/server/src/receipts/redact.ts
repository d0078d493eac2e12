import type { Db } from '../db/db.ts';
import type { Day } from '../db/schema/days.ts';
import type { Redactor } from '../maintenance/redact-days.ts';

const BATCH = 1_000;

const REDACT = `
  with batch as materialized (
    select id, received_at from receipts
    where (received_at, id) > ($1, $2::bigint) and received_at >= $1 and received_at < $3 and raw <> ''
    order by received_at, id limit ${BATCH}
  ), changed as (
    update receipts r set raw = '' from batch where r.received_at = batch.received_at and r.id = batch.id
  )
  select received_at as "receivedAt", id, (select count(*) from batch)::int as count
  from batch order by received_at desc, id desc limit 1`;

/** Removes the raw texts of receipts, because an SMPP receipt quotes the start of the text (SMPP 3.4, appendix B). */
export function redactReceipts(db: Db): Redactor {
  return async ({ starts, ends }: Day) => {
    let redacted = 0;
    let after = { receivedAt: starts, id: 0 };
    for (;;) {
      const [last] = await db.query<{ receivedAt: Date; id: number; count: number }>(REDACT, [
        after.receivedAt,
        after.id,
        ends,
      ]);
      if (!last) return { redacted, left: 0 };
      after = last;
      redacted += last.count;
    }
  };
}

import type { Db } from '../db/db.ts';
import type { Day } from '../db/schema/days.ts';
import { run } from '../db/statement.ts';
import type { Redactor } from '../maintenance/redact-days.ts';
import { REDACT } from './sql.ts';

/** Removes the raw texts of receipts, because an SMPP receipt quotes the start of the text (SMPP 3.4, appendix B). */
export function redactReceipts(db: Db): Redactor {
  return async ({ starts, ends }: Day) => {
    let redacted = 0;
    let after = { receivedAt: starts, id: 0 };
    for (;;) {
      const [last] = await run(db, REDACT, after.receivedAt, after.id, ends);
      if (!last) return { redacted, left: 0 };
      after = last;
      redacted += last.count;
    }
  };
}

import type { Db } from '#db/db.ts';
import type { Day } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Redactor } from '#maintenance/redact-days.ts';
import { REDACT } from '../delivery/sql.ts';

/** Removes stored responses of endpoints, since the response to a failed attempt may quote the text. */
export function redactAttempts(db: Db): Redactor {
  return async ({ firstId, nextId }: Day) => {
    let redacted = 0;
    let after = { messageId: firstId, sequence: 0, attempt: 0 };
    for (;;) {
      const [last] = await run(db, REDACT, after.messageId, after.sequence, after.attempt, nextId);
      if (!last) return { redacted, left: 0 };
      after = last;
      redacted += last.count;
    }
  };
}

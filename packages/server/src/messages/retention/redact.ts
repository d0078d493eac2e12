import type { Db } from '#db/db.ts';
import type { Day } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Redactor } from '#maintenance/redact-days.ts';
import { idFrom } from '#platform/ids.ts';
import { REDACT } from './sql.ts';

/** Maximum time between the messages of one request. Some of them may be created after midnight. */
const SAME_REQUEST_MS = 60_000;

/** Removes the texts and media of a day's messages. Addresses and statuses stay. */
export function redactMessages(db: Db): Redactor {
  return async ({ firstId, nextId, ends }: Day, before: Date) => {
    const lastId = idFrom('msg', ends.getTime() + SAME_REQUEST_MS);
    let redacted = 0;
    let left = 0;
    let after = '';
    for (;;) {
      const [batch] = await run(db, REDACT, after, firstId, nextId, lastId, before);
      if (!batch?.lastId) return { redacted, left };
      redacted += batch.redacted;
      left += batch.found - batch.redacted;
      after = batch.lastId;
    }
  };
}

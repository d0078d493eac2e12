import type { Db } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Load } from '#queue/claim.ts';
import { RECEIVED } from './sql.ts';

/** An inbound message to a client's number, with the fields that an automatic reply needs. */
export interface ReceivedFrom {
  id: string;
  apiClientId: string;
  numberId: string;
  /** The handset. */
  from: string;
  createdAt: Date;
}

/** Loads the inbound messages of jobs. undefined: the message no longer exists. */
export function loadReceived(db: Db): Load<ReceivedFrom | undefined> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const rows = await run(db, RECEIVED, ids, ...span(ids));
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  };
}

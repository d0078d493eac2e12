import type { Db } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import type { Load } from '#queue/claim.ts';

/** An inbound message to a client's number, with the fields that an automatic reply needs. */
export interface ReceivedFrom {
  id: string;
  apiClientId: string;
  numberId: string;
  /** The handset. */
  from: string;
  createdAt: Date;
}

/** Looks each message up through the index, like the query for outbound messages. */
const RECEIVED = `
  select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.created_at as "createdAt"
  from unnest($1::text[]) as given (id)
  cross join lateral (select * from messages where id = given.id and id between $2 and $3 offset 0) as m`;

/** Loads the inbound messages of jobs. undefined: the message no longer exists. */
export function loadReceived(db: Db): Load<ReceivedFrom | undefined> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const rows = await db.query<ReceivedFrom>(RECEIVED, [ids, ...span(ids)]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  };
}

import { span } from '../db/days.ts';
import type { Db } from '../db/db.ts';
import type { Load } from '../queue/claim.ts';

/** A message from a handset to a client's number, as far as an answer to it goes. */
export interface ReceivedFrom {
  id: string;
  apiClientId: string;
  numberId: string;
  /** The handset. */
  from: string;
  createdAt: Date;
}

/** Through the index for each, as with outgoing messages. */
const RECEIVED = `
  select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.created_at as "createdAt"
  from unnest($1::text[]) as given (id)
  cross join lateral (select * from messages where id = given.id and id between $2 and $3 offset 0) as m`;

/** The messages from handsets that jobs are about; undefined: it is gone. */
export function loadReceived(db: Db): Load<ReceivedFrom | undefined> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const rows = await db.query<ReceivedFrom>(RECEIVED, [ids, ...span(ids)]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  };
}

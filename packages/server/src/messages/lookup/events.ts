import type { Db, Queryable } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { EventKey, EventRow } from '#events/events.ts';
import type { Load } from '#queue/claim.ts';
import { EVENTS } from './sql.ts';

const NO_EVENT = { messageId: null } as EventRow;

/** Reads the events with these keys, in the given order, with the fields of their messages. */
export async function readEvents(db: Queryable, keys: readonly EventKey[]): Promise<EventRow[]> {
  if (keys.length === 0) return [];
  const ids = keys.map(({ messageId }) => messageId);
  const sequences = keys.map(({ sequence }) => sequence);
  const rows = await run(db, EVENTS, ids, sequences, ...span(ids));
  const found = new Map(rows.map((row) => [`${row.messageId}/${row.sequence}`, row]));
  return keys.map(({ messageId, sequence }) => found.get(`${messageId}/${sequence}`) ?? NO_EVENT);
}

/** Loads the events of webhook jobs. */
export function loadEvents(db: Db): Load<EventRow> {
  return (jobs) =>
    readEvents(
      db,
      jobs.map(({ subject, ordinal }) => ({ messageId: subject, sequence: ordinal })),
    );
}

import type { Db, Queryable } from '../db/db.ts';
import { inSteps, readsOf } from '../db/drivers/reads.ts';
import { HERE } from './append.ts';
import { bodyOf, type EventBody, type EventKey, type EventRow, readEvents } from './events.ts';

/** Position of an event in the event stream of its client. */
export interface Place {
  position: number;
  messageId: string;
  sequence: number;
}

/** Before the first event. */
export const START: Place = { position: 0, messageId: '', sequence: 0 };

export interface Placed extends Place {
  event: EventBody;
}

/**
 * Position below which the stream is complete: that of the oldest open transaction of this database. A reader that
 * continues from its last position misses nothing, regardless of open transactions.
 *
 * The snapshot's oldest transaction is not used, because it may belong to another database of the same PostgreSQL. The
 * horizon therefore needs a statement of its own, before the statement that reads. A transaction that is not open now
 * has ended, and is visible to the later statement. Transaction ids have 32 bits here and 64 bits elsewhere
 * (PostgreSQL, "Transactions and Identifiers").
 */
const HORIZON = `
  select shift + least(newest, (
    select min(newest - age) from (
      select (newest - backend_xid::text::bigint) & 4294967295 as age from pg_stat_activity
      where datname = current_database() and backend_xid is not null
      union all
      select (newest - transaction::text::bigint) & 4294967295 from pg_prepared_xacts where database = current_database()
    ) as open where age < 2147483648
  )) as at
  from stream cross join (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest) as now`;

/** Position up to which the stream is complete. The events must be read by a later statement. */
export async function horizonOf(db: Queryable): Promise<number> {
  const [row] = await db.query<{ at: number }>(HORIZON, []);
  return row?.at ?? 0;
}

const FORWARD = `
  select position, message_id as "messageId", sequence from events
  where api_client_id = $1 and (position, message_id, sequence) > ($2, $3, $4) and position < $6
  order by position, message_id, sequence limit $5`;

const BACKWARD = `
  select position, message_id as "messageId", sequence from events
  where api_client_id = $1 and (position, message_id, sequence) < ($2, $3, $4) and position < $6
  order by position desc, message_id desc, sequence desc limit $5`;

const FIRST_FROM = `
  select position, occurred_at as "occurredAt" from events
  where api_client_id = $1 and position >= $2 order by position, message_id, sequence limit 1`;

export type Stream = ReturnType<typeof createStream>;

/** A client's event stream, in the order of transactions, and of the sequence within a message. */
export function createStream(store: Db) {
  const db = readsOf(store);

  async function places(sql: string, client: string, from: Place, limit: number): Promise<Place[]> {
    const horizon = await horizonOf(db);
    return db.query<Place>(sql, [client, from.position, from.messageId, from.sequence, limit, horizon]);
  }

  async function read<At extends Place>(places: readonly At[]): Promise<(At & Placed)[]> {
    const rows = await inSteps(places, (some) => readEvents(db, some));
    return places.flatMap((place, i) => {
      const event = bodyOf(rows[i] as EventRow);
      return event ? [{ ...place, event }] : [];
    });
  }

  return {
    /** Position after all existing events, including those that cannot be read yet. */
    async end(): Promise<number> {
      const [row] = await db.query<{ at: number }>(`select ${HERE} + 1 as at`, []);
      return row?.at ?? 0;
    },

    /** The next events after a place. */
    after: async (client: string, place: Place, limit: number) => read(await places(FORWARD, client, place, limit)),

    /** Places of the events before a place, the latest first. Without a place: of the latest events. */
    before: (client: string, place: Place | undefined, limit: number) =>
      places(BACKWARD, client, place ?? { ...START, position: Number.MAX_SAFE_INTEGER }, limit),

    /** Events at these places, in their order. Omits events whose day has been dropped since. */
    read,

    /** @returns the event, or undefined when this client has no such event. */
    async find(client: string, key: EventKey): Promise<EventBody | undefined> {
      const [row] = await readEvents(db, [key]);
      const event = row && bodyOf(row);
      return event?.apiClientId === client ? event : undefined;
    },

    /** The place before the first event at or after a moment, to the accuracy of the clocks of the processes. */
    async since(client: string, moment: Date): Promise<Place> {
      let low = 0;
      let high = await horizonOf(db);
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [first] = await db.query<{ position: number; occurredAt: Date }>(FIRST_FROM, [client, middle]);
        if (first && first.position < high && first.occurredAt < moment) low = first.position + 1;
        else high = middle;
      }
      return { ...START, position: low };
    },
  };
}

import type { Db, Queryable } from '../db/db.ts';
import { inSteps, readsOf } from '../db/reads.ts';
import { HERE } from './append.ts';
import { bodyOf, type EventBody, type EventKey, type EventRow, readEvents } from './events.ts';

/** An event's place in its client's stream. */
export interface Place {
  position: number;
  messageId: string;
  sequence: number;
}

/** Before the first one. */
export const START: Place = { position: 0, messageId: '', sequence: 0 };

export interface Placed extends Place {
  event: EventBody;
}

/**
 * Below the oldest transaction of this database that is still under way nothing more can come: what is read there is all that
 * there ever will be. So a reader that goes on from the last place it has seen misses nothing, whoever writes meanwhile.
 *
 * Not by the snapshot's own oldest transaction, which may be another database's of the same PostgreSQL. So it takes a statement
 * before the one that reads: whatever is not under way when this looks has ended, and is seen by the next one. Transactions are
 * told in 32 bits here, and in 64 elsewhere (PostgreSQL, "Transactions and Identifiers").
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

/** Where the stream can be read up to. The read has to be a later statement. */
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

/** A client's events in one order: that of their transactions, and of their sequence within a message. */
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
    /** Beyond all that has been made by now, whether it can be read yet or not. */
    async end(): Promise<number> {
      const [row] = await db.query<{ at: number }>(`select ${HERE} + 1 as at`, []);
      return row?.at ?? 0;
    },

    /** The next ones after a place, as far as there are any. */
    after: async (client: string, place: Place, limit: number) => read(await places(FORWARD, client, place, limit)),

    /** Where those before a place are, the latest first; without one, the latest of all. */
    before: (client: string, place: Place | undefined, limit: number) =>
      places(BACKWARD, client, place ?? { ...START, position: Number.MAX_SAFE_INTEGER }, limit),

    /** What is at these places, in their order. An event whose day has been dropped meanwhile is left out. */
    read,

    /** @returns undefined when this client has no such event. */
    async find(client: string, key: EventKey): Promise<EventBody | undefined> {
      const [row] = await readEvents(db, [key]);
      const event = row && bodyOf(row);
      return event?.apiClientId === client ? event : undefined;
    },

    /** The place before the first event that happened at that moment or later, as exactly as the clocks of processes agree. */
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

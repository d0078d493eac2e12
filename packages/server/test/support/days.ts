import type { Db, Queryable } from '#db/db.ts';
import { dropDay } from '#db/schema/days.ts';
import { createIds } from '#platform/ids.ts';

export const NOON = Date.parse('2026-02-27T12:00:00Z');

/** Tables with rows of a message. */
export const TABLES = ['messages', 'message_parts', 'events', 'webhook_attempts'] as const;

export const partitionOf = (table: string, day: string) => `${table}_${day.replaceAll('-', '')}`;

export const idAt = (ms: number) => createIds({ now: () => ms }).next('msg');

async function daysOf(db: Db): Promise<string[]> {
  const rows = await db.query<{ day: string }>('select day::text as day from days order by day', []);
  return rows.map(({ day }) => day);
}

/** Deletes all days, all messages and all rows about messages. */
export async function clearDays(db: Db): Promise<void> {
  for (const day of await daysOf(db)) await dropDay(db, day);
  await db.query('truncate messages, message_parts, events, webhook_attempts, receipts, jobs');
}

/** Writes rows of a day and returns the partitions that contain them. */
export function dayRows(db: () => Db) {
  /** Stores a message with a segment, an event and a delivery attempt for the event. */
  async function storeMessage(id: string, createdAt = NOON, on: Queryable = db()): Promise<void> {
    const now = new Date(createdAt);
    await on.query(
      `with message as (
         insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
           delivery_guarantee, parts, status, sequence, created_at)
         values ($1, 'OUTBOUND', 'client', 'num', '+15550000001', '+15550000002', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED', 1, $2)
       ), part as (
         insert into message_parts (message_id, part, state, carrier, carrier_ref, submitted_at)
         values ($1, 1, 'SENT', 'carrier', $1, $2)
       ), event as (
         insert into events (message_id, sequence, type, status, occurred_at) values ($1, 1, 'message.queued', 'QUEUED', $2)
       )
       insert into webhook_attempts (message_id, sequence, attempt, outcome, url, duration_ms, attempted_at)
       values ($1, 1, 1, 'DELIVERED', 'http://localhost', 1, $2)`,
      [id, now],
    );
  }

  /** Partitions with the rows of a message, in the order of the tables. */
  async function whereIs(id: string): Promise<string[]> {
    const rows = await db().query<{ at: string }>(
      `select tableoid::regclass::text as at, 1 as n from messages where id = $1
       union all select tableoid::regclass::text, 2 from message_parts where message_id = $1
       union all select tableoid::regclass::text, 3 from events where message_id = $1
       union all select tableoid::regclass::text, 4 from webhook_attempts where message_id = $1 order by n`,
      [id],
    );
    return rows.map((row) => row.at);
  }

  async function receive(ms: number): Promise<number> {
    const [row] = await db().query<{ id: number }>(
      `insert into receipts (carrier, carrier_ref, state, raw, received_at) values ('carrier', 'ref', 'DELIVERED', 'raw', $1)
       returning id`,
      [new Date(ms)],
    );
    return row?.id as number;
  }

  async function whereIsReceipt(id: number): Promise<string | undefined> {
    const [row] = await db().query<{ at: string }>(
      `select tableoid::regclass::text as at from receipts where id = $1`,
      [id],
    );
    return row?.at;
  }

  return { days: () => daysOf(db()), receive, storeMessage, whereIs, whereIsReceipt };
}

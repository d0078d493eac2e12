import type { Clock } from '#platform/clock.ts';
import type { Db } from '../db.ts';

export const DAY_MS = 86_400_000;
/**
 * Number of days for which partitions exist in advance. Covers several days without a process that creates partitions.
 */
const DAYS_AHEAD = 3;
/** A statement that waits for a table lock makes all later ones wait behind it. A later retry is better. */
const LOCK_TIMEOUT = '500ms';

/** A day in UTC, for example `2026-11-23`, with its bounds. */
export interface Day {
  day: string;
  /** First message id of the day. */
  firstId: string;
  /** First message id after the day. */
  nextId: string;
  starts: Date;
  ends: Date;
}

/** The messages come last, because the rows of their other tables are found by their ids. */
const TABLES = ['message_parts', 'events', 'webhook_attempts', 'receipts', 'attempts', 'messages'];

/** Days before `$1`. Callers may append conditions. */
const DAYS_BEFORE = `
  select day::text as day, 'msg_' || ulid_floor(starts) as "firstId", 'msg_' || ulid_floor(ends) as "nextId", starts, ends
  from days cross join lateral (
    select day::timestamp at time zone 'UTC' as starts, (day + 1)::timestamp at time zone 'UTC' as ends
  ) as bounds
  where day < $1`;

/**
 * Smallest and largest of some ids. A statement with both as parameters reads only the partitions between them. Without
 * them, the statement would search the partitions of all days for each id.
 */
export function span(ids: readonly string[]): [string, string] {
  let [first = '', last = ''] = ids;
  last ||= first;
  for (const id of ids) {
    if (id < first) first = id;
    if (id > last) last = id;
  }
  return [first, last];
}

/** Day of a point in time, in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Creates the missing partitions of today and of the next days. @returns number of new days. */
export async function addDays(db: Db, clock: Clock): Promise<number> {
  let added = 0;
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = dayOf(clock.now() + ahead * DAY_MS);
    if (await addDay(db, day)) added += 1;
  }
  return added;
}

/** @returns whether the day is new. */
export async function addDay(db: Db, day: string): Promise<boolean> {
  const known = await db.query('select 1 from days where day = $1', [day]);
  if (known.length > 0) return false;
  for (const table of TABLES) await alone(db, `select add_partition('${table}', $1)`, day);
  const added = await db.query('insert into days (day) values ($1) on conflict do nothing returning day', [day]);
  return added.length > 0;
}

/** Later than the end of every message. */
const NEVER = new Date(Date.UTC(9999, 0));

/**
 * Drops the partitions of a day. Rows of messages with unfinished work, and of messages that were submitted or ended at `before` or
 * later, are moved to the default partitions.
 */
export async function dropDay(db: Db, day: string, before = NEVER): Promise<void> {
  await db.query('select keep_messages($1, $2)', [day, before]);
  for (const table of TABLES) await alone(db, `select drop_partition('${table}', $1)`, day);
  await db.query('delete from kept_messages where day = $1', [day]);
  await db.query('delete from days where day = $1', [day]);
}

/** Runs in a separate transaction, which waits for one table only and cannot be part of a deadlock. */
function alone(db: Db, sql: string, day: string): Promise<unknown> {
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('lock_timeout', $1, true)`, [LOCK_TIMEOUT]);
    await tx.query(sql, [day]);
  });
}

/** Days with partitions before `day`, in ascending order. */
export function daysBefore(db: Db, day: string): Promise<Day[]> {
  return db.query<Day>(`${DAYS_BEFORE} order by day`, [day]);
}

/** Days with partitions before `day` whose texts are not redacted yet, and may be as of `now`, in ascending order. */
export function daysWithTextsBefore(db: Db, day: string, now: Date): Promise<Day[]> {
  return db.query<Day>(
    `${DAYS_BEFORE} and not redacted and (redact_after is null or redact_after <= $2) order by day`,
    [day, now],
  );
}

/** Records that texts of a day are still needed. The day is searched again after `until`. */
export async function setPartlyRedacted(db: Db, day: string, until: Date): Promise<void> {
  await db.query('update days set redact_after = $2 where day = $1', [day, until]);
}

/** Removes the texts of rows outside of any day that ended before `before`. @returns number of messages. */
export async function redactStrays(db: Db, before: Date): Promise<number> {
  const [row] = await db.query<{ count: number }>('select redact_strays($1) as count', [before]);
  return row?.count ?? 0;
}

export async function setRedacted(db: Db, day: string): Promise<void> {
  await db.query('update days set redacted = true where day = $1', [day]);
}

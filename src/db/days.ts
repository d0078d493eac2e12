import type { Clock } from '../clock.ts';
import type { Db } from './db.ts';

export const DAY_MS = 86_400_000;
/** Partitions are there before they are needed, also when nobody could make any for days. */
const DAYS_AHEAD = 3;
/** What waits for the lock of a table makes all others wait behind it: better to try again later. */
const LOCK_TIMEOUT = '500ms';

/** A day in UTC, `2026-11-23`, and what lies in it. */
export interface Day {
  day: string;
  /** Ids of messages from this one on … */
  firstId: string;
  /** … and before this one. */
  nextId: string;
  starts: Date;
  ends: Date;
}

const TABLES = ['messages', 'message_parts', 'events', 'webhook_attempts', 'receipts'];

/** The days before one; with a further condition, those of them that it holds for. */
const DAYS_BEFORE = `
  select day::text as day, 'msg_' || ulid_floor(starts) as "firstId", 'msg_' || ulid_floor(ends) as "nextId", starts, ends
  from days cross join lateral (
    select day::timestamp at time zone 'UTC' as starts, (day + 1)::timestamp at time zone 'UTC' as ends
  ) as bounds
  where day < $1`;

/**
 * The first and the last of some ids. A statement that is told both, as parameters, touches the partitions between them
 * only; it would look into each day's otherwise, for each of them.
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

/** The day of a moment, in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Makes the partitions of today and of the next days, where they are not there yet. @returns how many days were new. */
export async function addDays(db: Db, clock: Clock): Promise<number> {
  let added = 0;
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = dayOf(clock.now() + ahead * DAY_MS);
    if (await addDay(db, day)) added += 1;
  }
  return added;
}

/** @returns whether it was new. */
export async function addDay(db: Db, day: string): Promise<boolean> {
  const known = await db.query('select 1 from days where day = $1', [day]);
  if (known.length > 0) return false;
  for (const table of TABLES) await alone(db, `select add_partition('${table}', $1)`, day);
  const added = await db.query('insert into days (day) values ($1) on conflict do nothing returning day', [day]);
  return added.length > 0;
}

export async function dropDay(db: Db, day: string): Promise<void> {
  for (const table of TABLES) await alone(db, `select drop_partition('${table}', $1)`, day);
  await db.query('delete from days where day = $1', [day]);
}

/** In a transaction of its own, so that it waits for one table only and can't be part of a deadlock. */
function alone(db: Db, sql: string, day: string): Promise<unknown> {
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('lock_timeout', $1, true)`, [LOCK_TIMEOUT]);
    await tx.query(sql, [day]);
  });
}

/** The days that there are partitions of and that lie before `day`, the first one first. */
export function daysBefore(db: Db, day: string): Promise<Day[]> {
  return db.query<Day>(`${DAYS_BEFORE} order by day`, [day]);
}

/** Those of them whose texts are still there. */
export function daysWithTextsBefore(db: Db, day: string): Promise<Day[]> {
  return db.query<Day>(`${DAYS_BEFORE} and not redacted order by day`, [day]);
}

export async function setRedacted(db: Db, day: string): Promise<void> {
  await db.query('update days set redacted = true where day = $1', [day]);
}

import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { DOUBT, DOUBT_ALL, DOUBT_ALL_SCHEDULED, DOUBT_HELD, DOUBT_SCHEDULED, DOUBTED } from './doubt-sql.ts';

const PAGE = 5_000;

/** Marks waiting outbound jobs that may have been carried out. @returns number of marked jobs. */
export async function doubt(tx: Queryable, messageIds: ReadonlySet<string>, now: Date): Promise<number> {
  let count = 0;
  for (const ids of pages(messageIds)) {
    count += (await run(tx, DOUBT, ids, now)).length;
    count += (await run(tx, DOUBT_SCHEDULED, ids, now)).length;
  }
  return count;
}

/** Marks all outbound jobs that were due at a moment. @returns number of marked jobs. */
export async function doubtAll(tx: Queryable, moment: Date, now: Date): Promise<number> {
  const waiting = await run(tx, DOUBT_ALL, moment);
  const scheduled = await run(tx, DOUBT_ALL_SCHEDULED, moment, now);
  return waiting.length + scheduled.length;
}

/**
 * Marks outbound jobs that a process holds without running work.
 * @param messageIds messages that the process may have submitted. Undefined: all.
 * @returns number of marked jobs.
 */
export async function doubtHeld(
  tx: Queryable,
  messageIds: ReadonlySet<string> | undefined,
  { holder, lastLease }: { holder: string; lastLease: number },
): Promise<number> {
  if (!messageIds) return (await run(tx, DOUBT_HELD, null, holder, lastLease)).length;
  let count = 0;
  for (const ids of pages(messageIds)) count += (await run(tx, DOUBT_HELD, ids, holder, lastLease)).length;
  return count;
}

/** Number of outbound jobs that may have been carried out. */
export async function countDoubted(tx: Queryable): Promise<number> {
  const [row] = await run(tx, DOUBTED);
  return row?.count ?? 0;
}

function* pages(ids: ReadonlySet<string>): Generator<string[]> {
  const all = [...ids];
  for (let at = 0; at < all.length; at += PAGE) yield all.slice(at, at + PAGE);
}

import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import {
  DOUBT,
  DOUBT_ALL,
  DOUBT_ALL_HELD,
  DOUBT_ALL_SCHEDULED,
  DOUBT_HELD,
  DOUBT_SCHEDULED,
  DOUBTED,
} from './doubt-sql.ts';

const PAGE = 5_000;

/**
 * Marks waiting outbound jobs that have been carried out in an attempt that the store lacks.
 * @param attempts number of the last attempt, by message.
 * @returns number of marked jobs.
 */
export async function doubt(tx: Queryable, attempts: ReadonlyMap<string, number>, now: Date): Promise<number> {
  let count = 0;
  for (const [ids, numbers] of pages(attempts)) {
    count += (await run(tx, DOUBT, ids, numbers, now)).length;
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
 * @param attempts messages that the process may have submitted, with the number of the last attempt. Undefined: all.
 * @returns number of marked jobs.
 */
export async function doubtHeld(
  tx: Queryable,
  attempts: ReadonlyMap<string, number> | undefined,
  { holder, lastLease }: { holder: string; lastLease: number },
): Promise<number> {
  if (!attempts) return (await run(tx, DOUBT_ALL_HELD, holder, lastLease)).length;
  let count = 0;
  for (const [ids, numbers] of pages(attempts)) {
    count += (await run(tx, DOUBT_HELD, ids, numbers, holder, lastLease)).length;
  }
  return count;
}

/** Number of outbound jobs that may have been carried out. */
export async function countDoubted(tx: Queryable): Promise<number> {
  const [row] = await run(tx, DOUBTED);
  return row?.count ?? 0;
}

function* pages(attempts: ReadonlyMap<string, number>): Generator<[ids: string[], numbers: number[]]> {
  const all = [...attempts];
  for (let at = 0; at < all.length; at += PAGE) {
    const page = all.slice(at, at + PAGE);
    yield [page.map(([id]) => id), page.map(([, attempt]) => attempt)];
  }
}

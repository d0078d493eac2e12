import type { Db, Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { NEAR_SECONDS, type OutboundQueue } from './job.ts';
import {
  ADD_OUTBOUND,
  DROP_OUTBOUND,
  DUE_SCHEDULED,
  LOCK_UNHELD,
  OUTBOUND_AMONG,
  OUTBOUND_JOB,
  RELEASE,
  SCHEDULED_OF,
} from './scheduled-sql.ts';
import type { Suspension } from './suspension.ts';

/** Order of the messages of one number. */
export type Priority = 'HIGH' | 'NORMAL' | 'BULK';

/** Priorities as numbers of the table `jobs`. Smaller ones are claimed first. */
export const RANK: Readonly<Record<Priority, number>> = { HIGH: 0, NORMAL: 1, BULK: 2 };

/** Scheduled job with the queue of its carrier. */
export interface Scheduled {
  subject: string;
  queue: OutboundQueue;
}

/** Scheduled jobs that are due within an hour, at most `limit`. */
export function dueSoon(tx: Queryable, now: number, limit: number): Promise<Scheduled[]> {
  return run(tx, DUE_SCHEDULED, new Date(now + NEAR_SECONDS * 1000), limit);
}

/** Moves scheduled jobs to the jobs that claims see once they are due. @returns subjects of the moved jobs. */
export async function release(tx: Queryable, jobs: readonly Scheduled[], now: number): Promise<Set<string>> {
  const ids = jobs.map(({ subject }) => subject);
  const queues = Object.fromEntries(jobs.map(({ subject, queue }) => [subject, queue]));
  const rows = await run(tx, RELEASE, ids, JSON.stringify(queues), new Date(now));
  return new Set(rows.map(({ subject }) => subject));
}

/** Number of jobs of a client that are due in more than an hour, counted up to `most`. */
export async function scheduledOf(db: Queryable, client: string, most: number): Promise<number> {
  const [row] = await run(db, SCHEDULED_OF, client, most);
  return row?.count ?? 0;
}

/**
 * Locks the outbound jobs of messages that no process holds, no interrupted attempt precedes, and that are not suspended.
 * @returns whether each message is still to have its first attempt. Messages without such a job are absent.
 */
export async function lockUnheld(
  tx: Queryable,
  messageIds: readonly string[],
  { before }: Pick<Suspension, 'before'>,
): Promise<Map<string, boolean>> {
  const rows = await run(tx, LOCK_UNHELD, messageIds, before ?? null);
  return new Map(rows.map(({ subject, isFirst }) => [subject, isFirst]));
}

/** Removes locked outbound jobs. */
export async function dropOutbound(tx: Queryable, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length > 0) await run(tx, DROP_OUTBOUND, messageIds);
}

/** Changes the due time of a locked outbound job. */
export async function reschedule(
  tx: Queryable,
  messageId: string,
  { runAt, expiresAt }: { runAt: Date; expiresAt: Date },
  now: number,
): Promise<OutboundQueue | undefined> {
  const [job] = await run(tx, OUTBOUND_JOB, messageId);
  if (!job) return undefined;
  await dropOutbound(tx, [messageId]);
  const { queue, client, lane, priority } = job;
  await run(tx, ADD_OUTBOUND, queue, messageId, client, lane, runAt, priority, expiresAt, new Date(now));
  return queue;
}

/** Messages with an outbound job. */
export async function outboundAmong(db: Db, messageIds: readonly string[]): Promise<Set<string>> {
  return new Set((await run(db, OUTBOUND_AMONG, messageIds)).map(({ subject }) => subject));
}

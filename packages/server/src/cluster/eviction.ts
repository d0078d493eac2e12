import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { EVICT, LIVING, RELEASE_JOBS, RELEASE_LINKS } from './sql.ts';

/** Number of processes with a heartbeat. */
export async function livingCount(tx: Queryable, now: Date): Promise<number> {
  const [row] = await run(tx, LIVING, now);
  return row?.count ?? 0;
}

/** Evicts all processes, and releases their jobs and links. The jobs are interrupted. */
export async function evictAll(tx: Queryable): Promise<void> {
  await run(tx, EVICT, '', new Date(0), true);
  await run(tx, RELEASE_LINKS);
  await run(tx, RELEASE_JOBS);
}

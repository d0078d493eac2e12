import type { Db } from '../db/db.ts';
import type { Janitor } from './janitor.ts';

/**
 * Replaces the checkpointer, which the embedded store does not have. Without checkpoints, its write-ahead log would
 * grow until the disk is full, and a start after a crash would replay all of it. The interval is PostgreSQL's default
 * `checkpoint_timeout`.
 */
export function checkpoint(db: Db): Janitor {
  return { name: 'checkpoint', everyMs: 300_000, run: () => db.query('checkpoint').then(() => 0) };
}

import type { Db } from '../db/db.ts';
import type { Janitor } from './janitor.ts';

/**
 * Replaces autovacuum, which the embedded store does not have. Rows of `jobs` are short-lived, and each claim would
 * step over dead ones. A vacuum of the whole table takes about ten milliseconds.
 */
export function vacuumJobs(db: Db): Janitor {
  return { name: 'vacuum jobs', everyMs: 10_000, run: () => db.query('vacuum jobs').then(() => 0) };
}

import type { Db } from '../db.ts';
import type { Janitor } from '../janitor.ts';

/**
 * The embedded store has no autovacuum. `jobs` lives fast, and each claim would step over what is long done; a vacuum of
 * it, in one go, takes some ten milliseconds.
 */
export function vacuumJobs(db: Db): Janitor {
  return { name: 'vacuum jobs', everyMs: 10_000, run: () => db.query('vacuum jobs').then(() => 0) };
}

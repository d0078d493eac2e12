import type { Db } from '../db/db.ts';
import type { Janitor } from './janitor.ts';

/** Vacuums all tables of the embedded store. Tables other than `jobs` grow and change less often. */
export function vacuumAll(db: Db): Janitor {
  return { name: 'vacuum', everyMs: 600_000, run: () => db.query('vacuum').then(() => 1) };
}

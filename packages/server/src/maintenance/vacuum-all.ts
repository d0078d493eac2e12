import type { Db } from '../db/db.ts';
import type { Janitor } from './janitor.ts';

/** Vacuums the embedded store. Its other tables grow and change less often than `jobs`. */
export function vacuumAll(db: Db): Janitor {
  return { name: 'vacuum', everyMs: 600_000, run: () => db.query('vacuum').then(() => 1) };
}

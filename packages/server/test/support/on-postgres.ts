import { describe } from 'vitest';

const SERVER = process.env['TEST_DATABASE_URL'];

/** Registers `tests` as a group that runs only if the run has a PostgreSQL server. */
export function onPostgres(tests: () => void): void {
  const title = SERVER ? 'on PostgreSQL' : 'on PostgreSQL (skipped: TEST_DATABASE_URL is not set)';
  describe.skipIf(!SERVER)(title, tests);
}

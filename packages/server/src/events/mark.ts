import type { Db } from '../db/db.ts';
import type { Janitor } from '../maintenance/janitor.ts';
import { HERE } from './append.ts';

/**
 * Moves the stream position ahead of all stored events. A database that was dumped and restored elsewhere may count its
 * transactions from a lower number. Must run before the first event is created.
 */
export async function keepAhead(db: Db): Promise<void> {
  await db.query(
    `update stream set shift = greatest(mark, (select max(position) from events)) + 1 - pg_current_xact_id()::text::bigint
     where shift + pg_current_xact_id()::text::bigint < mark`,
    [],
  );
}

/** Stores the current stream position, for `keepAhead`. */
export function markStream(db: Db): Janitor {
  return {
    name: 'mark stream',
    everyMs: 60_000,
    async run() {
      const marked = await db.query(`update stream set mark = ${HERE} where mark < ${HERE} returning 1`, []);
      return marked.length;
    },
  };
}

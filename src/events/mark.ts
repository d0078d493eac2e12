import type { Db } from '../db/db.ts';
import type { Janitor } from '../db/janitor.ts';
import { HERE } from './append.ts';

/**
 * A database that was dumped and restored elsewhere counts its transactions from a lower number on: from here on its events
 * come after those that it brought along all the same. To be called before the first event is made.
 */
export async function keepAhead(db: Db): Promise<void> {
  await db.query(
    `update stream set shift = greatest(mark, (select max(position) from events)) + 1 - pg_current_xact_id()::text::bigint
     where shift + pg_current_xact_id()::text::bigint < mark`,
    [],
  );
}

/** Notes how far the stream has come, for `keepAhead`. */
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

import type { Db, Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import { KEEP_AHEAD, MARK, SKIP_AHEAD } from './sql.ts';

/**
 * Moves the stream position ahead of all stored events. A database that was dumped and restored elsewhere may count its
 * transactions from a lower number. Must run before the first event is created.
 */
export async function restorePosition(db: Db): Promise<void> {
  await run(db, KEEP_AHEAD);
}

/** Stores the current stream position, for `restorePosition`. */
export function storePosition(db: Db): Janitor {
  return {
    name: 'mark stream',
    everyMs: 60_000,
    run: async () => (await run(db, MARK)).length,
  };
}

/**
 * Moves the stream position ahead of all positions that a lost history can have had. Otherwise a reader that has seen those
 * positions would miss new events.
 */
export async function skipLostPositions(tx: Queryable): Promise<void> {
  await run(tx, SKIP_AHEAD);
}

import { join } from 'node:path';
import type { Store } from '#db/db.ts';
import { isEmpty } from '#db/drivers/new-store.ts';
import { openStore } from '#db/drivers/open.ts';
import { migrate } from '#db/schema/migrate.ts';
import { restorePosition } from '#events/stream-position.ts';
import { beginHold } from '#failover/hold.ts';
import {
  completeRestore,
  refuseInterruptedRestore,
  refuseInterruptedRestoreIn,
} from '#failover/interrupted-restore.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { createLog } from '#platform/log.ts';
import { schemaOf } from './backup/database.ts';
import { fail } from './failure.ts';
import { refuseOtherUserOfStore } from './other-user.ts';
import { refuseOptions } from './usage-error.ts';

export const usage = `Usage: redcloud-server hold

Prepares a store that other tools have restored, for example to a point in time. Run it before the first start. Messages
that were due become UNKNOWN, because they may have been sent after the restored state. All others wait until
'redcloud-server release'. No process may use the store.
`;

export async function run(options: readonly string[]): Promise<number> {
  refuseOptions('hold', options);
  try {
    const config = readConfig();
    refuseOtherUserOfStore(config, 'hold');
    process.stdout.write(await withStore(config, (db) => hold(config, db, false)));
    return 0;
  } catch (error) {
    return fail(error);
  }
}

/** Begins the hold of a store that was restored just now, and ends the mark of its restore. @returns explanation for the operator. */
export function holdRestored(config: Config): Promise<string> {
  return withExisting(config, (db) => hold(config, db, true));
}

/** @param isNew whether no process can use the store. */
async function hold({ dataDir }: Config, db: Store, isNew: boolean): Promise<string> {
  await migrate(db);
  await restorePosition(db);
  const [row] = await db.query<{ now: Date }>('select clock_timestamp() as now', []);
  const { doubted } = await beginHold(db, row?.now ?? new Date(), isNew);
  await completeRestore(db, dataDir);
  return `Sending is on hold. ${doubted} messages were due and become UNKNOWN. Start the server, check the waiting messages, and run: redcloud-server release\n`;
}

/**
 * Runs `work` on the store, and closes the store.
 * @throws ConfigError if the store has no tables of Red Cloud, which would be created in the wrong place, or if its restore was
 *   interrupted, so that data or media may be missing.
 */
export async function withStore<T>(config: Config, work: (db: Store) => Promise<T>): Promise<T> {
  refuseInterruptedRestoreIn(config);
  return withExisting(config, async (db) => {
    await refuseInterruptedRestore(db);
    return work(db);
  });
}

async function withExisting<T>(config: Config, work: (db: Store) => Promise<T>): Promise<T> {
  const db = await openExisting(config);
  return work(db).finally(() => db.close());
}

async function openExisting(config: Config): Promise<Store> {
  const { databaseUrl, dataDir } = config;
  if (!databaseUrl && isEmpty(join(dataDir, 'pg'))) throw new ConfigError(`RC_DATA_DIR: ${dataDir} has no store.`);
  const db = await openStore(config, createLog('silent'));
  if ((await schemaOf(db)) !== undefined) return db;
  await db.close();
  throw new ConfigError(
    databaseUrl
      ? 'DATABASE_URL: the database has no tables of Red Cloud in its search_path. Correct the setting, for example `options=-c search_path=…`.'
      : `RC_DATA_DIR: the store in ${dataDir} has no tables, because its first start was interrupted. Start the server.`,
  );
}

import { explained, openStore } from '#db/drivers/open.ts';
import { migrate } from '#db/schema/migrate.ts';
import { refuseInterruptedRestore, refuseInterruptedRestoreIn } from '#failover/interrupted-restore.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { createLog } from '#platform/log.ts';
import { fail } from './failure.ts';
import { refuseOtherUserOfStore } from './other-user.ts';
import { refuseOptions } from './usage-error.ts';

export const usage = `Usage: redcloud-server migrate

Applies the pending migrations in one transaction, and prints their names. A start of the server does the same.
`;

export async function run(options: readonly string[]): Promise<number> {
  refuseOptions('migrate', options);
  const config = readConfig();
  try {
    refuseOtherUserOfStore(config, 'migrate');
    const applied = await applyMigrations(config);
    const lines = applied.map((name) => `applied ${name}\n`);
    process.stdout.write(lines.join('') || 'The schema is current. No migration was pending.\n');
    return 0;
  } catch (error) {
    return fail(explained(error, config.databaseUrl));
  }
}

async function applyMigrations(config: Config): Promise<string[]> {
  refuseInterruptedRestoreIn(config);
  const db = await openStore(config, createLog('silent'));
  try {
    await refuseInterruptedRestore(db);
    return await migrate(db);
  } finally {
    await db.close();
  }
}

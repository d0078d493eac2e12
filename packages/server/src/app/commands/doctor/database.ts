import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseUnavailable, type Db } from '#db/db.ts';
import { DirectoryInUse, lockDirectory } from '#db/drivers/lock.ts';
import { openStore } from '#db/drivers/open.ts';
import { pendingMigrations, SchemaError } from '#db/schema/migrate.ts';
import { refuseInterruptedRestore, refuseInterruptedRestoreIn } from '#failover/interrupted-restore.ts';
import { createKeys } from '#identity/keys.ts';
import { WebhookSecrets } from '#identity/webhook-secrets.ts';
import { systemClock } from '#platform/clock.ts';
import { ConfigError } from '#platform/config-error.ts';
import { createLog } from '#platform/log.ts';
import type { Examined } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const SUBJECT = 'database';
/** Difference of clocks that delays schedules noticeably, in milliseconds. */
const LARGEST_DIFFERENCE_MS = 2_000;

export async function examineDatabase({ settings, problems }: Examined): Promise<Finding[]> {
  const { databaseUrl, dataDir, secretKey } = settings;
  if (databaseUrl !== undefined) return examineServer(databaseUrl, secretKey);
  // An invalid DATABASE_URL is a finding of the settings.
  const isInvalid = problems.some((problem) => problem.startsWith('DATABASE_URL'));
  return dataDir === undefined || isInvalid ? [] : examineEmbedded(dataDir);
}

/** Opens no embedded store, because PGlite writes to its files when it opens them. */
function examineEmbedded(dataDir: string): Finding[] {
  const text = `The embedded store in ${dataDir}`;
  const files = join(dataDir, 'pg');
  try {
    refuseInterruptedRestoreIn({ databaseUrl: undefined, dataDir });
    const found = lstatSync(files, { throwIfNoEntry: false });
    if (!found) return [ok(SUBJECT, `${text} does not exist yet. The first start creates it.`)];
    if (!found.isDirectory()) {
      return [fail(SUBJECT, `${files} is not a directory.`, 'Mount the disk there, or set RC_DATA_DIR.')];
    }
  } catch (error) {
    if (error instanceof ConfigError) return [withRemedy(error)];
    return [fail(SUBJECT, `${text} cannot be read (${(error as Error).message}).`, 'Run the command as its owner.')];
  }
  if (!existsSync(join(dataDir, 'redcloud.lock'))) return [ok(SUBJECT, `${text} is not in use.`)];
  try {
    lockDirectory(dataDir).release();
    return [ok(SUBJECT, `${text} is not in use.`)];
  } catch (error) {
    if (error instanceof DirectoryInUse) return [ok(SUBJECT, `${text} is used by a running Red Cloud.`)];
    return [fail(SUBJECT, `${text} cannot be locked (${(error as Error).message}).`, 'Check the owner of its files.')];
  }
}

async function examineServer(databaseUrl: string, secretKey: Buffer | undefined): Promise<Finding[]> {
  let db: Db;
  try {
    db = await openStore({ databaseUrl, dataDir: '' }, createLog('silent'));
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof DatabaseUnavailable)) throw error;
    return [withRemedy(error)];
  }
  try {
    await refuseInterruptedRestore(db);
    const schema = await migrationsOf(db);
    const key = schema.state === 'ok' && secretKey ? [await keyOf(db, secretKey)] : [];
    return [await versionOf(db), schema, ...key, await clockOf(db)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [withRemedy(error)];
  } finally {
    await db.close();
  }
}

/** An error whose message contains the remedy. */
function withRemedy({ message }: Error): Finding {
  return { state: 'fail', subject: SUBJECT, text: message };
}

async function versionOf(db: Db): Promise<Finding> {
  const [row] = await db.query<{ version: string }>(`select current_setting('server_version') as version`, []);
  return ok(SUBJECT, `PostgreSQL ${row?.version} accepts connections and writes.`);
}

async function migrationsOf(db: Db): Promise<Finding> {
  try {
    const pending = await pendingMigrations(db);
    if (pending.length === 0) return ok(SUBJECT, 'The schema is current.');
    const text = `${pending.length} migrations are pending, from ${pending[0]} to ${pending.at(-1)}.`;
    return warn(SUBJECT, text, 'The next start applies them, or redcloud-server migrate.');
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return withRemedy(error);
  }
}

async function keyOf(db: Db, secretKey: Buffer): Promise<Finding> {
  const secrets = new WebhookSecrets({ db, keys: createKeys(secretKey), clock: systemClock });
  if (await secrets.owned()) return ok(SUBJECT, 'RC_SECRET_KEY is the key of this database.');
  return fail(SUBJECT, 'The secrets in this database were encrypted with another RC_SECRET_KEY.', 'Set that key.');
}

/** Compares the clocks at the middle of the request. */
async function clockOf(db: Db): Promise<Finding> {
  const before = Date.now();
  const [row] = await db.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    [],
  );
  const after = Date.now();
  const difference = Math.round((row?.now ?? 0) - (before + after) / 2);
  const text = `The clock of the database differs from the clock of this machine by ${difference} ms.`;
  if (Math.abs(difference) <= LARGEST_DIFFERENCE_MS + (after - before)) return ok(SUBJECT, text);
  return warn(SUBJECT, text, 'Synchronise both clocks with NTP.');
}

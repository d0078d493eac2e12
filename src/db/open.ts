import { type Config, ConfigError } from '../config.ts';
import type { Log } from '../log.ts';
import { DatabaseUnavailable, type Db } from './db.ts';
import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';

/** SQLSTATE: the database does not exist; the password is wrong; the role may not come in. */
const REFUSED: Record<string, string> = {
  '3D000': 'Create it (`createdb …`), or mend the name.',
  '28P01': 'Mend the user or the password.',
  '28000': 'Mend the user, or let it in (pg_hba.conf).',
};

/**
 * The store that the configuration asks for, not yet migrated.
 * @throws ConfigError when DATABASE_URL leads to no database or is refused there; DatabaseUnavailable when nobody answers, or
 *   lets anybody in, now; DirectoryInUse.
 */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Log): Promise<Db> {
  if (!config.databaseUrl) return openEmbedded(config.dataDir);
  try {
    return await openServer(config.databaseUrl, log);
  } catch (error) {
    throw explained(error, new URL(config.databaseUrl));
  }
}

function explained(error: unknown, { host, pathname }: URL): unknown {
  const { message, cause } = error as Error;
  // What PostgreSQL says when it lets nobody in is behind DatabaseUnavailable.
  const { code = '' } = (cause ?? error) as { code?: string };
  const where = `DATABASE_URL: ${host}${pathname}`;
  if (REFUSED[code]) return new ConfigError(`${where}: ${message}. ${REFUSED[code]}`);
  if (!(error instanceof DatabaseUnavailable)) return error;
  // Not a setting: it may be there in a moment, so whoever watches over this process should start it again.
  return new DatabaseUnavailable(`${where} cannot be reached (${message}). Start PostgreSQL, or mend the URL.`);
}

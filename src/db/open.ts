import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Db } from './db.ts';
import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';

/** The store that the configuration asks for, not yet migrated. */
export function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Log): Promise<Db> {
  return config.databaseUrl ? openServer(config.databaseUrl, log) : openEmbedded(config.dataDir);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ConfigError } from '#platform/config-error.ts';
import { libpqEnvironment } from '#platform/database-url.ts';

/** Variables that pg uses as well, if the URL does not contain the value. Others could name another database (libpq, PGSERVICE). */
const SHARED = new Set(['PGUSER', 'PGPASSWORD', 'PGPASSFILE', 'PGSSLMODE']);

function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG') || SHARED.has(name)));
}

/**
 * Runs a program of PostgreSQL on the database of the URL.
 * @throws ConfigError with the message of the program, or if it is not installed.
 */
export async function runPostgres(
  program: 'pg_dump' | 'pg_restore',
  args: readonly string[],
  databaseUrl: string,
): Promise<void> {
  const env = { ...ownEnvironment(), ...libpqEnvironment(databaseUrl) };
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let message = '';
  child.stderr.on('data', (chunk) => {
    message += chunk;
  });
  const [status] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new ConfigError(
      `${program} is not installed. Install the client programs of PostgreSQL, in the version of the server or newer.`,
    );
  });
  if (status !== 0) throw new ConfigError(`${program} ended with status ${status}: ${message.trim()}`);
}

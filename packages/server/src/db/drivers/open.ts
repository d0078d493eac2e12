import type { Config } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { placeOf } from '#platform/database-url.ts';
import type { Log } from '#platform/log.ts';
import { DatabaseUnavailable, type Store } from '../db.ts';
import { openEmbedded } from './embedded.ts';
import { TOO_MANY_CONNECTIONS } from './patience.ts';
import { type Facts, problemWith, readFacts, sessionFor } from './preconditions.ts';
import { openServer } from './server.ts';
import { type StoreError, translated } from './unavailable.ts';

/** Fixes by SQLSTATE (PostgreSQL documentation, appendix A). Without a change, a restart would fail in the same way. */
const FIXES: Record<string, string> = {
  '3D000': 'Create it (`createdb --encoding=UTF8 …`), or correct its name in the URL.',
  '28P01': 'Correct the user or the password in the URL.',
  '28000': 'Correct the user in the URL, or allow the connection in pg_hba.conf.',
  '42501': 'Grant the missing privilege to the role, or connect as the owner of the database.',
  '3F000': 'Create the schema that search_path names, or change search_path.',
  '25006': 'Connect to a primary that accepts writes.',
  '55000': 'Run: alter database … allow_connections true.',
};
/** Fixes while connecting only, for a parameter of the URL or a pooler that does not forward session parameters. */
const CONNECTING_FIXES: Record<string, string> = {
  '42501': 'Run: grant connect on database … to ….',
  '42704': 'Correct `options` in the URL.',
  '22023': 'Correct `options` in the URL.',
  '42601': 'Correct `options` in the URL.',
  '08P01': 'Connect to PostgreSQL directly, without a pooler.',
};
/** Node's error codes for untrusted certificates, for example CERT_HAS_EXPIRED. */
const CERTIFICATE = /CERT|^ERR_TLS_|^ERR_SSL_|^UNABLE_TO_/;

/**
 * Opens the configured store, not yet migrated.
 * @throws ConfigError when DATABASE_URL leads to no database that Red Cloud can use.
 * @throws DatabaseUnavailable when the server does not respond, or accepts no connection now.
 * @throws DirectoryInUse when another process uses the data directory.
 */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Log): Promise<Store> {
  const { databaseUrl, dataDir } = config;
  if (!databaseUrl) return openEmbedded(dataDir, log);
  const facts = await inspect(databaseUrl, log);
  if (facts.synchronousCommit === 'off') {
    const reason = 'synchronous_commit is off in the database, so accepted messages could be lost';
    log.warn({ event: 'synchronous_commit_set', reason });
  }
  return openServer(databaseUrl, log, { session: sessionFor(facts) }).catch((error) => {
    throw explained(error, databaseUrl);
  });
}

async function inspect(databaseUrl: string, log: Log): Promise<Facts> {
  const facts = await readFacts(databaseUrl, log).catch((error) => {
    throw connectingProblem(error, databaseUrl);
  });
  const problem = problemWith(facts);
  if (problem) throw new ConfigError(`${whereIs(databaseUrl)}: ${problem}`);
  return facts;
}

/** @returns ConfigError for a problem that the operator has to fix in the database. Other errors are unchanged. */
export function explained(error: unknown, databaseUrl: string | undefined): unknown {
  if (!databaseUrl || error instanceof ConfigError || !(error instanceof Error)) return error;
  // The error of PostgreSQL is the cause of DatabaseUnavailable.
  const { code = '', message = '' } = (error.cause ?? error) as StoreError;
  if (code === TOO_MANY_CONNECTIONS) return tooManyConnections(databaseUrl, message);
  return FIXES[code] ? new ConfigError(`${whereIs(databaseUrl)}: ${sentence(message)} ${FIXES[code]}`) : error;
}

/** Converts an error of a first connection. The cause is the URL, a setting of the server, or temporary. */
function connectingProblem(error: unknown, databaseUrl: string): Error {
  const where = whereIs(databaseUrl);
  const { code = '', message = '', path } = error as NodeJS.ErrnoException;
  if (code === TOO_MANY_CONNECTIONS) return tooManyConnections(databaseUrl, message);
  const fix = CONNECTING_FIXES[code] ?? FIXES[code] ?? fixOf(code, message, path);
  if (fix) return new ConfigError(`${where}: ${sentence(message)} ${fix}`);
  if (translated(error) instanceof DatabaseUnavailable) {
    // The server may return in a moment, so the supervisor of this process should restart it.
    return new DatabaseUnavailable(
      `${where} cannot be reached (${message || code}). Start PostgreSQL, or correct the URL.`,
    );
  }
  return new ConfigError(
    `${where}: ${sentence(message || code)} Correct the URL, or the authentication in pg_hba.conf.`,
  );
}

function tooManyConnections(databaseUrl: string, message: string): DatabaseUnavailable {
  const fix =
    'Each process uses up to 12 connections. Raise max_connections, or the connection limit of role or database.';
  return new DatabaseUnavailable(`${whereIs(databaseUrl)}: ${sentence(message)} ${fix}`);
}

function fixOf(code: string, message: string, path: string | undefined): string | undefined {
  if (/does not support SSL/i.test(message))
    return 'Turn on `ssl` in postgresql.conf, or use sslmode=disable in the URL.';
  if (CERTIFICATE.test(code)) return 'Set sslrootcert in the URL to its authority, or use sslmode=no-verify.';
  // The path belongs to a file that the URL names. The path of a socket is in `address`.
  if (path && /^E(NOENT|ACCES|ISDIR)$/.test(code)) return 'Correct the path of the file in the URL.';
  if (/password/i.test(message)) return 'Set the password in the URL.';
  return undefined;
}

function whereIs(databaseUrl: string): string {
  return `DATABASE_URL: ${placeOf(databaseUrl)}`;
}

/** Converts a message to one line. Messages of PostgreSQL and OpenSSL may have several lines. */
function sentence(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

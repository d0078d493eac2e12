import pg, { type ClientConfig } from 'pg';
import { hostOf, readDatabaseUrls } from '#platform/database-url.ts';
import type { Host } from './primary.ts';
import { asOptions, SESSION } from './session.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Time in milliseconds after which a statement counts as lost. Each statement is a batch of at most a few thousand
 * rows.
 */
const STATEMENT_TIMEOUT_MS = 30_000;
/**
 * Time in milliseconds after which an idle transaction ends. No code waits within a transaction, so its process must
 * have stopped and must not keep its locks.
 */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** Parameters of a URL that would override those of this code in pg. */
const OURS = [
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
  'client_encoding',
];
/**
 * Values of sslmode that pg treats as verify-full. pg logs a long warning unless the URL contains verify-full itself.
 */
const VERIFYING = new Set(['prefer', 'require', 'verify-ca']);

/**
 * Configuration of every connection to PostgreSQL, for each host of DATABASE_URL.
 * @param url may have its own `options`, for example `-c search_path=redcloud`, which come before those of this code.
 * @param parameters session parameters.
 * @throws the error of a file that the URL names.
 */
export function hostsOf(url: string, parameters = SESSION): [Host, ...Host[]] {
  return readDatabaseUrls(url).map((one) => {
    const config = connectionTo(one, parameters);
    // pg has no other way to read the address from a URL.
    const { host, port } = new pg.Client(config);
    return { name: hostOf(one), config, host, port };
  }) as [Host, ...Host[]];
}

/** @param url URL with one host */
function connectionTo(url: string, parameters: Readonly<Record<string, string>>): ClientConfig {
  const { connectionString, options } = parted(url);
  return {
    connectionString,
    options: [...options, asOptions(parameters)].join(' '),
    application_name: 'redcloud',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

function parted(url: string): { connectionString: string; options: string[] } {
  const parsed = new URL(url);
  const { searchParams } = parsed;
  const options = searchParams.getAll('options');
  const isVerifying = VERIFYING.has(searchParams.get('sslmode') ?? '') && searchParams.get('uselibpqcompat') !== 'true';
  // Keep a URL that needs no change, because writing it again may escape it differently.
  if (!isVerifying && !OURS.some((name) => searchParams.has(name))) return { connectionString: url, options };
  for (const name of OURS) searchParams.delete(name);
  if (isVerifying) searchParams.set('sslmode', 'verify-full');
  return { connectionString: parsed.href, options };
}

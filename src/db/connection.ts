import type { ClientConfig } from 'pg';
import { asOptions, SESSION } from './session.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Beyond this a statement is taken as lost; each is a batch of at most a few thousand rows. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Who says nothing for so long within a transaction stands still, and must not keep its locks: nothing here waits there. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** Parameters of a URL that pg would prefer to ours. */
const OURS = [
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
  'client_encoding',
];
/** pg takes them for verify-full, and says so in a warning of many lines unless they are spelt so. */
const VERIFYING = new Set(['prefer', 'require', 'verify-ca']);

/**
 * How every connection to PostgreSQL is made.
 * @param url may have `options` of its own, for example `-c search_path=redcloud`; they come before ours.
 * @param parameters session parameters.
 */
export function connectionTo(url: string, parameters = SESSION): ClientConfig {
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
  // As it is where nothing has to change: writing a URL anew may escape it differently.
  if (!isVerifying && !OURS.some((name) => searchParams.has(name))) return { connectionString: url, options };
  for (const name of OURS) searchParams.delete(name);
  if (isVerifying) searchParams.set('sslmode', 'verify-full');
  return { connectionString: parsed.href, options };
}

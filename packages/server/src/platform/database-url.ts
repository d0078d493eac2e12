import { ConfigError } from './config-error.ts';

const FORM =
  'expected a URL such as postgresql://user:password@host:5432/redcloud. Write / as %2F, ? as %3F and # as %23 in a password';
/** Values of `target_session_attrs` (PostgreSQL, "Connection Strings") that permit writes. */
const WRITABLE = new Set(['read-write', 'primary']);
const DEFAULT_PORT = '5432';

/** Parts of a URL: scheme, credentials, hosts, and the rest. A password may contain `@`. */
const PARTS = /^(postgres(?:ql)?:\/\/)(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]+(?:\?[^#]*)?)$/;

/**
 * @returns one URL per host of a connection URI of libpq, which may list several hosts (PostgreSQL, "Connection URIs"). The parameter
 *   `target_session_attrs` is removed, since a primary is always required.
 * @throws ConfigError
 */
export function readDatabaseUrls(url: string): [string, ...string[]] {
  const [, scheme = '', credentials, hosts = '', rest = ''] = PARTS.exec(url) ?? [];
  const names = hosts.split(',');
  if (names.length > 1 && names.includes('')) throw invalid('a host of the list is empty');
  const [first, ...others] = names.map((host) => withoutTarget(urlOf(scheme, credentials, host, rest)));
  if (first === undefined) throw invalid(FORM);
  return [first, ...others];
}

/** A URL without a host names a socket in its parameters. Only then, URLs of the WHATWG have no credentials (URL Standard, 4.4). */
function urlOf(scheme: string, credentials: string | undefined, host: string, rest: string): string {
  if (credentials === undefined) return `${scheme}${host}${rest}`;
  if (host !== '') return `${scheme}${credentials}@${host}${rest}`;
  const [user = '', ...password] = credentials.split(':');
  const named = [['user', user] as const, ['password', password.join(':')] as const].filter(
    ([, value]) => value !== '',
  );
  const parameters = named.map(([name, value]) => `${name}=${encodeURIComponent(decoded(value))}`).join('&');
  if (parameters === '') return `${scheme}${rest}`;
  return `${scheme}${rest}${rest.includes('?') ? '&' : '?'}${parameters}`;
}

function withoutTarget(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || parsed.pathname.length < 2) throw invalid(FORM);
  const { username, password, hostname, pathname, searchParams } = parsed;
  for (const part of [username, password, hostname]) decoded(part);
  // pg decodes the name with decodeURI, and libpq all characters.
  if (decoded(pathname) !== decodeURI(pathname)) {
    throw invalid(
      'the name of the database contains a reserved character (%2F, %3F, %23, %40, %3A, %2C …). Rename the database',
    );
  }
  for (const name of ['host', 'port']) {
    if (searchParams.get(name)?.includes(','))
      throw invalid(`list several hosts before the database, not in \`${name}\``);
  }
  // pg takes every value as true.
  if (/^(0|false|no|off)$/i.test(searchParams.get('ssl') ?? ''))
    throw invalid('ssl=false is no parameter. Use sslmode=disable');
  const targets = searchParams.getAll('target_session_attrs');
  const other = targets.find((target) => !WRITABLE.has(target));
  if (other !== undefined) throw invalid(`target_session_attrs=${other} could lead to a standby. Use read-write`);
  // Keep a URL that needs no change, because writing it again may escape it differently.
  if (targets.length === 0) return url;
  searchParams.delete('target_session_attrs');
  return parsed.href;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a % is not followed by two hexadecimal digits of a UTF-8 character. Write % as %25');
  }
}

function invalid(problem: string): ConfigError {
  return new ConfigError(`DATABASE_URL: ${problem}.`);
}

/** Hosts and database of a valid URL, for example `db1:5432,db2:5432/redcloud`. The rest may be secret. */
export function placeOf(url: string): string {
  const urls = readDatabaseUrls(url).map((one) => new URL(one));
  return `${urls.map(({ host }) => host).join(',')}${urls[0]?.pathname}`;
}

/** Host and port of a URL with one host. Sockets have the path of their directory. */
export function hostOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  return `${decodeURIComponent(hostname) || (searchParams.get('host') ?? 'localhost')}:${port || DEFAULT_PORT}`;
}

/** Parameters of a URL with their environment variables of libpq (PostgreSQL, "Environment Variables"). */
const VARIABLES = { sslcert: 'PGSSLCERT', sslkey: 'PGSSLKEY', options: 'PGOPTIONS' } as const;
/** Values of sslmode that pg treats as verify-full, unless the URL has `uselibpqcompat=true`. */
const VERIFIED = new Set(['prefer', 'require', 'verify-ca', 'verify-full']);

/**
 * Environment with which the programs of PostgreSQL connect to the database of a valid URL, as pg does. Unlike arguments, the
 * environment is not visible to other users.
 */
export function libpqEnvironment(url: string): { PGDATABASE: string } & Record<string, string> {
  const urls = readDatabaseUrls(url).map((one) => new URL(one));
  const [first] = urls as [URL, ...URL[]];
  const { username, password, pathname, searchParams } = first;
  const optional = {
    // As in pg, parameters come before the other parts of the URL.
    PGUSER: searchParams.get('user') ?? decodeURIComponent(username),
    PGPASSWORD: searchParams.get('password') ?? decodeURIComponent(password),
    ...Object.fromEntries(
      Object.entries(VARIABLES).map(([name, variable]) => [variable, searchParams.get(name) ?? '']),
    ),
    ...tlsOf(searchParams),
  };
  return {
    PGHOST: urls.map((one) => searchParams.get('host') ?? hostNameOf(one)).join(','),
    PGPORT: urls.map(({ port }) => searchParams.get('port') ?? (port || DEFAULT_PORT)).join(','),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGTARGETSESSIONATTRS: 'read-write',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== '')),
  };
}

function hostNameOf({ hostname }: URL): string {
  return decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1');
}

/** TLS settings of libpq that verify a server if pg does. */
function tlsOf(parameters: URLSearchParams): Record<string, string> {
  const mode = parameters.get('sslmode') ?? (/^(true|1)$/.test(parameters.get('ssl') ?? '') ? 'verify-full' : '');
  const root = parameters.get('sslrootcert') ?? '';
  if (mode === 'no-verify') return { PGSSLMODE: 'require' };
  if (!VERIFIED.has(mode) || parameters.get('uselibpqcompat') === 'true')
    return { PGSSLMODE: mode, PGSSLROOTCERT: root };
  // Without a file, pg uses the authorities of Node. `system` needs the programs of PostgreSQL 16.
  return { PGSSLMODE: 'verify-full', PGSSLROOTCERT: root || 'system' };
}

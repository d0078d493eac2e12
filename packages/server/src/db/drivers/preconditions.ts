import type { Log } from '#platform/log.ts';
import { hostsOf } from './connection.ts';
import { Primary } from './primary.ts';
import { PrimaryClient } from './primary-client.ts';
import { SESSION } from './session.ts';

/** PostgreSQL 15.0 in the format of `server_version_num`. */
const OLDEST = 150_000;
const TRANSACTION_TIMEOUT_SINCE = 170_000;

/** Properties of a database and of the role that connects to it. */
export interface Facts {
  /** `server_version_num`, for example 150004. */
  version: number;
  versionText: string;
  encoding: string;
  role: string;
  database: string;
  /** First schema of `search_path` that exists and that the role may use. */
  schema: string | null;
  /** Whether the server is in recovery, and therefore read-only. */
  standby: boolean;
  readOnly: boolean;
  /** Null without a schema. */
  mayCreate: boolean | null;
  mayCreateTemporary: boolean;
  /** Owner of Red Cloud's tables. Null if the role has the privileges of the owner, or without tables. */
  otherOwner: string | null;
  synchronousCommit: string;
}

/**
 * Every function is older than PostgreSQL 10, so that an old server is rejected for its version, not for a missing
 * function.
 */
const FACTS = `
  select current_setting('server_version_num')::integer as version, current_setting('server_version') as "versionText",
    current_setting('server_encoding') as encoding, current_user::text as role, current_database()::text as database,
    current_schema()::text as schema, pg_is_in_recovery() as standby,
    current_setting('transaction_read_only') = 'on' as "readOnly",
    has_schema_privilege(current_schema()::text, 'CREATE') as "mayCreate",
    has_database_privilege(current_database(), 'TEMPORARY') as "mayCreateTemporary",
    (select pg_get_userbyid(relowner)::text from pg_class
     where oid = to_regclass('schema_migrations') and not pg_has_role(relowner, 'USAGE')) as "otherOwner",
    current_setting('synchronous_commit') as "synchronousCommit"`;

/** Parameters that every version supports. */
const BASIC = { default_transaction_isolation: 'read committed', standard_conforming_strings: 'on', lock_timeout: '0' };

/**
 * Session parameters of a second try, by SQLSTATE of the first one. PostgreSQL before 14 lacks some parameters (42704).
 * `transaction_timeout` may be set (25P04).
 */
const OTHER_SESSIONS: Record<string, Readonly<Record<string, string>>> = {
  '42704': BASIC,
  '25P04': { ...SESSION, transaction_timeout: '0' },
};

/** @throws the error of pg. */
export async function readFacts(url: string, log: Log): Promise<Facts> {
  return factsWith(url, SESSION, log).catch((error) => {
    const other = OTHER_SESSIONS[error.code];
    if (other) return factsWith(url, other, log);
    throw error;
  });
}

/** Uses a separate connection. */
async function factsWith(url: string, session: Readonly<Record<string, string>>, log: Log): Promise<Facts> {
  const hosts = hostsOf(url, session);
  const primary = new Primary(hosts, log);
  const client = new PrimaryClient({ ...hosts[0].config, primary });
  // pg may report the end of a connection more than once.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Facts>(FACTS);
    return rows[0] as Facts;
  } finally {
    await client.end().catch(() => undefined);
    await primary.stop();
  }
}

/** @returns one line with the reason why Red Cloud cannot work here, and how to change that. Undefined if it can. */
export function problemWith(facts: Facts): string | undefined {
  const { version, versionText, encoding, role, database, schema, otherOwner } = facts;
  if (version < OLDEST) return `PostgreSQL ${versionText} is too old. Upgrade to 15 or newer.`;
  if (encoding !== 'UTF8') {
    return (
      `the encoding of the database is ${encoding}, which cannot store every text. ` +
      'Create another database with `createdb --template=template0 --encoding=UTF8`.'
    );
  }
  if (facts.standby) return 'the server is a standby, which is read-only. Use the address of the primary.';
  if (facts.readOnly) {
    const fix = (what: string, name: string) => `alter ${what} ${quoted(name)} set default_transaction_read_only = off`;
    return `the database is read-only for role ${role}. Run: ${fix('database', database)}; ${fix('role', role)}. Remove the parameter from the URL, if it is there.`;
  }
  if (schema === null) {
    return `search_path has no existing schema that role ${role} may use. Create one, or change search_path.`;
  }
  if (schema === 'pg_catalog')
    return 'search_path begins with pg_catalog, where no tables may be created. Change search_path.';
  if (!facts.mayCreate) {
    return `role ${role} may not create tables in schema ${schema}. Run: ${grant('create', `schema ${quoted(schema)}`, role)}.`;
  }
  if (!facts.mayCreateTemporary) {
    const fix = grant('temporary', `database ${quoted(database)}`, role);
    return `role ${role} may not create temporary tables in database ${database}. Run: ${fix}.`;
  }
  if (otherOwner !== null) {
    return `the tables belong to role ${otherOwner}. Connect as that role, or make ${role} a member of it.`;
  }
  return undefined;
}

/** The session parameters of every connection to this database. */
export function sessionFor({ version, synchronousCommit }: Facts): Readonly<Record<string, string>> {
  return {
    ...SESSION,
    ...(version >= TRANSACTION_TIMEOUT_SINCE ? { transaction_timeout: '0' } : {}),
    // An accepted message must survive a crash of the server. Stricter settings stay as they are.
    ...(synchronousCommit === 'off' ? { synchronous_commit: 'on' } : {}),
  };
}

function grant(privilege: string, on: string, role: string): string {
  return `grant ${privilege} on ${on} to ${quoted(role)}`;
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

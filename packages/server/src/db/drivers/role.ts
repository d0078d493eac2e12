import type { ClientBase } from 'pg';

/** Role of a server at the moment of the query. */
export interface ServerRole {
  /** Whether the server is in recovery, and therefore read-only. */
  isStandby: boolean;
  /** Identifier of the database cluster, equal on a primary and its standbys. Empty: the server does not tell it. */
  system: string;
  /**
   * Timeline of the write-ahead log, which grows with each promotion and each restore (PostgreSQL, "Timelines"). 0: a standby, or a
   * server that does not tell it.
   */
  timeline: number;
  /** Equal for all addresses of one server until its restart: the time of its start. Empty: the server does not tell it. */
  server: string;
}

/** The name of a WAL file begins with its timeline, in eight hexadecimal digits. */
const ROLE = `
  select pg_is_in_recovery() as "isStandby", (select system_identifier::text from pg_control_system()) as system,
    case when pg_is_in_recovery() then 0
      else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint::integer end as timeline,
    pg_postmaster_start_time()::text as server`;
const ONLY_RECOVERY = `select pg_is_in_recovery() as "isStandby", '' as system, 0 as timeline, '' as server`;

/** SQLSTATE of a function that a managed service lacks or forbids. */
const NOT_HERE = new Set(['0A000', '42501', '42883', '55000']);

/** @throws the error of pg. */
export async function roleOf(client: ClientBase): Promise<ServerRole> {
  const ask = async (sql: string) => (await client.query<ServerRole>(sql)).rows[0] as ServerRole;
  return ask(ROLE).catch((error) => {
    if (NOT_HERE.has(error.code)) return ask(ONLY_RECOVERY);
    throw error;
  });
}

/**
 * Whether two servers accept writes of which neither was promoted after the other one: both were promoted from the same state, or they
 * belong to different clusters.
 */
export function areRivals(one: ServerRole, other: ServerRole): boolean {
  if (one.isStandby || other.isStandby || one.system === '' || other.system === '') return false;
  if (one.server === other.server) return false;
  return one.system !== other.system || one.timeline === other.timeline;
}

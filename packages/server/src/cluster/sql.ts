/** Statements of the tables `processes` and `binds`. */
import { statement } from '#db/statement.ts';
import { releasingOrphans } from '#queue/sql.ts';

/**
 * SQL condition that a commit is on a standby before its response (PostgreSQL, `synchronous_commit`). `remote_write` does not survive
 * a crash of the standby's operating system.
 */
const SYNCHRONOUS = `current_setting('synchronous_standby_names') <> ''
    and current_setting('synchronous_commit') in ('on', 'remote_apply', 'remote_write')`;

/** SQL for the end of the latest heartbeat. */
export const LAST_HEARTBEAT = 'select max(alive_until) from processes';

/** SQL condition that a process has a heartbeat now. @param id SQL expression */
export function isAlive(id: string): string {
  return `exists (select from processes as living where living.id = ${id} and living.alive_until > clock_timestamp())`;
}

/** SQL for the recorded processes that may submit messages. */
export function senders(): string {
  return `select id, host, pid, alive_until, synchronous from processes where 'outbound' = any(roles)`;
}

/**
 * Writes the heartbeat. $1 id, $2 host, $3 process id, $4 version, $5 roles, $6 time of the start, $7 end of the
 * heartbeat, $8 counters as JSON, $9 now. Returns the number of live processes with the role `outbound`, and whether
 * commits are replicated synchronously.
 */
export const RENEW = statement(
  'cluster.renew',
  {
    params: [
      'text',
      'text',
      'integer',
      'text',
      'text[]',
      'timestamp with time zone',
      'timestamp with time zone',
      'json',
      'timestamp with time zone',
    ],
    row: { synchronous: 'boolean', senders: 'integer' },
  },
  `insert into processes (id, host, pid, version, roles, started_at, alive_until, counters, synchronous)
  values ($1, $2, $3, $4, $5, $6, $7, $8, ${SYNCHRONOUS}) on conflict (id) do update set
    alive_until = greatest(processes.alive_until, excluded.alive_until), counters = excluded.counters, synchronous = excluded.synchronous
  returning synchronous, (select count(*)::int from processes p where 'outbound' = any(p.roles) and p.alive_until > $9) as senders`,
);

/** Evicts processes other than $1 without a heartbeat at $2, or all others if $3. */
export const EVICT = statement(
  'cluster.evict',
  { params: ['text', 'timestamp with time zone', 'boolean'], row: { id: 'text' } },
  'delete from processes where id <> $1 and (alive_until <= $2 or $3) returning id',
);

/** Number of processes with a heartbeat at $1. */
export const LIVING = statement(
  'cluster.living',
  { params: ['timestamp with time zone'], row: { count: 'integer' } },
  'select count(*)::int as count from processes where alive_until > $1',
);

/** The oldest process with a heartbeat at $1. */
export const LEADER = statement(
  'cluster.leader',
  { params: ['timestamp with time zone'], row: { id: 'text' } },
  'select id from processes where alive_until > $1 order by started_at, id limit 1',
);

/** Removes the heartbeat of process $1. */
export const LEAVE = statement('cluster.leave', { params: ['text'] }, 'delete from processes where id = $1');

const living = (id: string) => `select from processes p where p.id = ${id}`;

/** Releases the jobs of dead processes. */
export const RELEASE_JOBS = statement(
  'cluster.releaseJobs',
  { params: [], row: { released: 'integer' } },
  releasingOrphans(living),
);

/** Releases the carrier links of dead processes. */
export const RELEASE_LINKS = statement(
  'cluster.releaseLinks',
  { params: [], row: { released: 'integer' } },
  `update binds set held_by = null
  where held_by is not null and not exists (${living('binds.held_by')}) returning 1 as released`,
);

/** Creates the links of carrier $1, numbered from 1 to $2. */
export const OPEN_LINKS = statement(
  'cluster.openLinks',
  { params: ['text', 'integer'] },
  'insert into binds (carrier, link) select $1, n from generate_series(1, $2::integer) as n on conflict do nothing',
);

/** Takes the link of carrier $1, up to number $2, that process $3 has, or a free one. */
export const HOLD_LINK = statement(
  'cluster.holdLink',
  { params: ['text', 'integer', 'text'], row: { link: 'integer' } },
  `update binds set held_by = $3 where (carrier, link) = (
    select carrier, link from binds
    where carrier = $1 and link <= $2 and (held_by is null or held_by = $3)
    order by held_by nulls last, link limit 1 for update skip locked)
  returning link`,
);

/** Releases the link of carrier $1 that process $2 has. */
export const RELEASE_LINK = statement(
  'cluster.releaseLink',
  { params: ['text', 'text'], row: { link: 'integer' } },
  'update binds set held_by = null where carrier = $1 and held_by = $2 returning link',
);

/** All links, for the overview. */
export const LINKS = statement(
  'cluster.links',
  { params: [], row: { name: 'text', link: 'integer', heldBy: 'text?' } },
  'select carrier as name, link, held_by as "heldBy" from binds order by carrier, link',
);

/** All processes, for the overview. */
export const PROCESSES = statement(
  'cluster.processes',
  {
    params: [],
    row: {
      id: 'text',
      host: 'text',
      pid: 'integer',
      version: 'text',
      roles: 'text[]',
      startedAt: 'timestamp with time zone',
      aliveUntil: 'timestamp with time zone',
      counters: 'json?',
    },
  },
  `select id, host, pid, version, roles, started_at as "startedAt", alive_until as "aliveUntil", counters
  from processes order by started_at, id`,
);

/** Clock of the store in milliseconds since 1970. */
export const NOW = statement(
  'cluster.now',
  { params: [], row: { ms: 'double precision' } },
  'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
);

/** Names of the paused carriers. */
export const PAUSED = statement(
  'cluster.paused',
  { params: [], row: { carrier: 'text', actor: 'text', pausedAt: 'timestamp with time zone' } },
  'select carrier, actor, paused_at as "pausedAt" from paused_carriers order by carrier',
);

/** Pauses carrier $1. $2 who, $3 now. A paused carrier stays unchanged. */
export const PAUSE = statement(
  'cluster.pause',
  { params: ['text', 'text', 'timestamp with time zone'] },
  'insert into paused_carriers (carrier, actor, paused_at) values ($1, $2, $3) on conflict do nothing',
);

/** Resumes carrier $1. */
export const RESUME = statement(
  'cluster.resume',
  { params: ['text'], row: { carrier: 'text' } },
  'delete from paused_carriers where carrier = $1 returning carrier',
);

/** Links that living processes report with their heartbeats. $1 now. */
export const LINK_REPORTS = statement(
  'cluster.linkReports',
  { params: ['timestamp with time zone'], row: { process: 'text', links: 'json?', carriers: 'json?' } },
  `select id as process, counters -> 'links' as links, counters -> 'carriers' as carriers from processes where alive_until > $1`,
);

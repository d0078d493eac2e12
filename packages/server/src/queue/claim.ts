import type { Job, Lane, QueueName } from './job.ts';

/** Loads the data of jobs. @returns one value for each job, in their order. */
export type Load<Loaded> = (jobs: readonly Job[]) => Promise<readonly Loaded[]>;

/** Leased job with its loaded data. */
export interface Claimed<Loaded> {
  job: Job;
  loaded: Loaded;
  /** Whether the job started by direct dispatch, without a claim. */
  direct?: boolean;
}

/** Position of the last claim. The next claim begins behind it. */
export interface Cursor {
  client: string;
  /** Last lane of each visited client. */
  lanes: Record<string, string>;
}

/** Maximum number of jobs per lane in one claim, for lanes whose pace allows fewer than their share. */
export interface Allowance {
  lanes: Readonly<Record<string, number>>;
  /** Maximum for each lane that is not named. Null without a limit. */
  others: number | null;
}

/** Result of one claim. */
export interface Turn {
  jobs: Job[];
  /** Whether more jobs may be due than this claim took. */
  more: boolean;
  /** Whether a lane got all that its pace allows, and may have more due jobs soon. */
  paced: boolean;
  cursor: Cursor;
}

/** Maximum number of clients and lanes that one claim visits. The next claim continues behind them. */
export interface Round {
  clients: number;
  lanesPerClient: number;
}

export const ROUND: Round = { clients: 32, lanesPerClient: 16 };
/** For a second claim, after a first one that took no job and did not visit all clients and lanes. */
export const WIDE_ROUND: Round = { clients: 64, lanesPerClient: 128 };
const REMEMBERED_CLIENTS = 1_000;

/**
 * SQL for the distinct values of a column of the index `jobs_due` that follow the cursor. The search wraps around, and
 * returns each value at most once. Each value costs one index lookup, regardless of its number of jobs.
 */
function around(column: 'client' | 'lane', where: string, cursor: string, most: string): string {
  const waiting = `select ${column} from jobs where ${where} and leased_by is null and not asleep`;
  const after = (from: string) => `coalesce(
      (${waiting} and ${column} > ${from} order by ${column} limit 1),
      (${waiting} order by ${column} limit 1))`;
  return `with recursive visit (value, first, n) as (
      select value, value, 1 from (select ${after(cursor)} as value) as start where value is not null
      union all
      select next.value, visit.first, visit.n + 1 from visit cross join lateral (select ${after('visit.value')} as value) as next
      where visit.n < ${most} and next.value <> visit.first
    )
    select value, n from visit`;
}

/**
 * SQL of a claim, as one statement. Selects clients and lanes in turn, gives each lane an equal share, and takes the
 * oldest jobs first. The jobs are locked and leased. $1 now, $2 limit, $3 holder, $4 lease, $5 last client, $6 last
 * lanes, $7 allowance of named lanes, $8 allowance of all others, $9 maximum clients, $10 maximum lanes of each client.
 */
export function claimSql(queue: QueueName): string {
  const inQueue = `queue = '${queue}'`;
  return `
  with client as materialized (${around('client', inQueue, '$5::text', '$9::integer')}),
  lane as materialized (
    select client.value as client, lane.value as lane, client.n as "clientTurn", lane.n as "laneTurn"
    from client cross join lateral (
      ${around('lane', `${inQueue} and client = client.value`, `coalesce($6::json ->> client.value, '')`, '$10::integer')}
    ) as lane
    order by "laneTurn", "clientTurn"
  ), due as materialized (
    select waiting.* from lane cross join lateral (
      select j.ctid as at from jobs j
      where j.${inQueue} and j.leased_by is null and not j.asleep and j.client = lane.client and j.lane = lane.lane and j.run_at <= $1
      order by j.run_at, j.ordinal limit least((select ceil($2::float8 / count(*)) from lane)::bigint,
        coalesce(($7::json ->> lane.lane)::bigint, $8::bigint))
      for update skip locked
    ) as waiting limit $2
  ), job as (
    update jobs j set attempt = j.attempt + case when j.interrupted then 0 else 1 end, leased_by = $3, lease = $4
    from due where j.ctid = due.at
    returning j.subject, j.ordinal, j.client, j.lane, j.run_at, j.attempt, j.interrupted
  )
  select lane.client, lane.lane, job.subject, job.ordinal, job.attempt, job.interrupted
  from lane left join job on job.client = lane.client and job.lane = lane.lane
  order by "laneTurn", "clientTurn", job.run_at, job.subject, job.ordinal`;
}

/**
 * SQL that leases jobs about old messages, oldest first, regardless of fair scheduling. $1 first id that is too recent,
 * $2 limit, $3 holder, $4 lease.
 */
export function claimOldSql(queue: QueueName): string {
  return `
  update jobs set attempt = attempt + case when interrupted then 0 else 1 end, leased_by = $3, lease = $4
  where ctid = any(array(
    select ctid from jobs where queue = '${queue}' and subject < $1 and leased_by is null
    order by subject, ordinal limit $2 for update skip locked)) and leased_by is null
  returning subject, ordinal, attempt, interrupted, lease`;
}

/** Maximum number of jobs per wake-up. After a full wake-up, the next claim wakes more jobs without a pause. */
export const MOST_WOKEN = 1_000;

/** SQL that makes scheduled jobs visible to claims once they are due. $1 now. */
export function wakeSql(queue: QueueName): string {
  return `
  update jobs set asleep = false where ctid = any(array(
    select ctid from jobs where queue = '${queue}' and asleep and run_at <= $1 order by run_at limit ${MOST_WOKEN}
    for update skip locked)) and asleep returning 1`;
}

/** Row of a claim, one for each job. A lane without due jobs has one row without a job. Ordered by fair scheduling. */
export interface ClaimRow extends Lane {
  subject: string | null;
  ordinal: number;
  attempt: number;
  interrupted: boolean;
}

/** Parameters of a claim. */
export interface Asked {
  limit: number;
  round: Round;
  allowance: Allowance | undefined;
}

export function readTurn(rows: readonly ClaimRow[], lease: number, asked: Asked, before: Cursor): Turn {
  const jobs: Job[] = [];
  const visited = new Map<string, Map<string, number>>();
  for (const { client, lane, subject, ordinal, attempt, interrupted } of rows) {
    const lanes = visited.get(client) ?? new Map<string, number>();
    visited.set(client, lanes.set(lane, (lanes.get(lane) ?? 0) + (subject === null ? 0 : 1)));
    if (subject !== null) jobs.push({ subject, ordinal, attempt, interrupted, lease });
  }
  const { more, paced } = leftOver(visited, asked);
  // When the limit cut the claim short, the next claim begins with the lanes that got no job.
  const cut = jobs.length >= asked.limit;
  const served = rows.filter(({ subject }) => !cut || subject !== null);
  return { jobs, more: cut || more, paced, cursor: advanced(before, served) };
}

/**
 * Whether a client or lane was not visited or had more than its share, and whether a lane had all that its pace allows.
 */
function leftOver(
  visited: ReadonlyMap<string, ReadonlyMap<string, number>>,
  { limit, round, allowance }: Asked,
): Pick<Turn, 'more' | 'paced'> {
  const lanes = [...visited.values()].flatMap((counted) => [...counted]);
  const share = Math.ceil(limit / lanes.length);
  const allowed = (lane: string) => allowance?.lanes[lane] ?? allowance?.others ?? share;
  const unseen =
    visited.size >= round.clients || [...visited.values()].some(({ size }) => size >= round.lanesPerClient);
  return {
    more: unseen || lanes.some(([lane, count]) => count >= share && allowed(lane) >= share),
    paced: lanes.some(([lane, count]) => count >= allowed(lane) && allowed(lane) < share),
  };
}

function advanced(before: Cursor, served: readonly Lane[]): Cursor {
  const last = served.at(-1);
  if (!last) return before;
  const kept = Object.keys(before.lanes).length < REMEMBERED_CLIENTS ? before.lanes : {};
  return {
    client: last.client,
    lanes: { ...kept, ...Object.fromEntries(served.map(({ client, lane }) => [client, lane])) },
  };
}

/** Statements of the table `jobs` that lease due jobs. */
import { rowsAs, statement } from '#db/statement.ts';
import { BASE_QUEUES, type Job, type Lane, type QueueName } from './job.ts';

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
 * jobs of the highest priority first, and of these the oldest ones. The jobs are locked and leased. $1 now, $2 limit, $3 holder, $4 lease, $5 last client, $6 last
 * lanes, $7 allowance of named lanes, $8 allowance of all others, $9 maximum clients, $10 maximum lanes of each client,
 * $11 carrier of the attempts, which is committed with the leases.
 */
function claiming(queue: QueueName): string {
  const inQueue = `queue = '${queue}'`;
  return `  with client as materialized (${around('client', inQueue, '$5::text', '$9::integer')}),
  lane as materialized (
    select client.value as client, lane.value as lane, client.n as "clientTurn", lane.n as "laneTurn"
    from client cross join lateral (
      ${around('lane', `${inQueue} and client = client.value`, `coalesce($6::json ->> client.value, '')`, '$10::integer')}
    ) as lane
    order by "laneTurn", "clientTurn"
  ), due as materialized (
    select waiting.* from lane cross join lateral (
      select j.ctid as at, j.carrier as "previousCarrier" from jobs j
      where j.${inQueue} and j.leased_by is null and not j.asleep and j.client = lane.client and j.lane = lane.lane and j.run_at <= $1
      order by j.priority, j.run_at, j.ordinal limit least((select ceil($2::float8 / count(*)) from lane)::bigint,
        coalesce(($7::json ->> lane.lane)::bigint, $8::bigint))
      for update skip locked
    ) as waiting limit $2
  ), job as (
    update jobs j set attempt = j.attempt + case when j.interrupted then 0 else 1 end, leased_by = $3, lease = $4,
      carrier = $11
    from due where j.ctid = due.at
    returning j.subject, j.ordinal, j.client, j.lane, j.priority, j.run_at, j.attempt, j.excused, j.interrupted, due."previousCarrier"
  )
  select lane.client, lane.lane, job.subject, job.ordinal, job.attempt, job.excused, job.interrupted, job."previousCarrier"
  from lane left join job on job.client = lane.client and job.lane = lane.lane
  order by "laneTurn", "clientTurn", job.priority, job.run_at, job.subject, job.ordinal`;
}

/**
 * SQL that leases jobs of expired messages, and interrupted ones, regardless of fair scheduling. Neither is submitted. A job without a time of expiry expires by the id of its
 * message. $1 first id that is too recent, $2 limit, $3 holder, $4 lease, $5 carrier of the attempts, $6 now.
 */
function claimingOld(queue: QueueName): string {
  return `  with due as materialized (
    select ctid as at, carrier as "previousCarrier" from jobs where ctid = any(array(
      (select ctid from jobs where queue = '${queue}' and subject < $1 and leased_by is null and expires_at is null
      order by subject, ordinal limit $2)
      union all
      (select ctid from jobs where queue = '${queue}' and expires_at <= $6 and leased_by is null order by expires_at limit $2)
      union
      (select ctid from jobs where queue = '${queue}' and interrupted and leased_by is null and run_at <= $6 order by run_at limit $2)
      limit $2
    )) and queue = '${queue}' and leased_by is null for update skip locked
  )
  update jobs j set attempt = j.attempt + case when j.interrupted then 0 else 1 end, leased_by = $3, lease = $4, carrier = $5
  from due where j.ctid = due.at and j.leased_by is null
  returning j.subject, j.ordinal, j.attempt, j.excused, j.interrupted, j.lease, due."previousCarrier"`;
}

/** Maximum number of jobs per wake-up. After a full wake-up, the next claim wakes more jobs without a pause. */
export const MOST_WOKEN = 1_000;

/** SQL that makes scheduled jobs visible to claims once they are due, and finds the time of the next one. $1 now. */
function waking(queue: QueueName): string {
  return `  with woken as (
    update jobs set asleep = false where ctid = any(array(
      select ctid from jobs where queue = '${queue}' and asleep and run_at <= $1 order by run_at limit ${MOST_WOKEN}
      for update skip locked)) and asleep returning 1
  ) select count(*)::int as woken, (select min(run_at) from jobs where queue = '${queue}' and asleep and run_at > $1) as "nextAt"
  from woken`;
}

/** Row of a claim, one for each job. A lane without due jobs has one row without a job. Ordered by fair scheduling. */
export interface ClaimRow extends Lane {
  subject: string | null;
  ordinal: number;
  attempt: number;
  excused: number;
  interrupted: boolean;
  previousCarrier: string | null;
}

/** Statements of one queue. */
export interface QueueStatements {
  claim: ReturnType<typeof claimOf>;
  claimOld: ReturnType<typeof claimOldOf>;
  wake: ReturnType<typeof wakeOf>;
}

const known = new Map<QueueName, QueueStatements>();
for (const queue of BASE_QUEUES) statementsOf(queue);

/**
 * Statements of a queue, created once. The name of the queue is part of the texts, so that each queue has its own plans.
 * @throws Error if the name is no name of a carrier, which must not become a part of SQL.
 */
export function statementsOf(queue: QueueName): QueueStatements {
  const made = known.get(queue);
  if (made) return made;
  if (!/^[a-z0-9:_-]+$/.test(queue)) throw new Error(`invalid queue ${queue}`);
  const statements = { claim: claimOf(queue), claimOld: claimOldOf(queue), wake: wakeOf(queue) };
  known.set(queue, statements);
  return statements;
}

function claimOf(queue: QueueName) {
  return rowsAs<ClaimRow>()(
    statement(
      `queue.claim.${queue}`,
      {
        params: [
          'timestamp with time zone',
          'double precision',
          'text',
          'bigint',
          'text',
          'json',
          'json',
          'bigint?',
          'integer',
          'integer',
          'text?',
        ],
        row: {
          client: 'text',
          lane: 'text',
          subject: 'text?',
          ordinal: 'integer',
          attempt: 'integer',
          excused: 'integer',
          interrupted: 'boolean',
          previousCarrier: 'text?',
        },
      },
      claiming(queue),
    ),
  );
}

function claimOldOf(queue: QueueName) {
  return rowsAs<Job>()(
    statement(
      `queue.claimOld.${queue}`,
      {
        params: ['text', 'bigint', 'text', 'bigint', 'text?', 'timestamp with time zone'],
        row: {
          subject: 'text',
          ordinal: 'integer',
          attempt: 'integer',
          excused: 'integer',
          interrupted: 'boolean',
          lease: 'bigint',
          previousCarrier: 'text?',
        },
      },
      claimingOld(queue),
    ),
  );
}

function wakeOf(queue: QueueName) {
  return statement(
    `queue.wake.${queue}`,
    { params: ['timestamp with time zone'], row: { woken: 'integer', nextAt: 'timestamp with time zone?' } },
    waking(queue),
  );
}

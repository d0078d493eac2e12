import type { Db } from '../../packages/server/src/db/db.ts';
import { openServer } from '../../packages/server/src/db/drivers/server.ts';
import { loadOutgoing } from '../../packages/server/src/messages/lifecycle/messages.ts';
import { createLog } from '../../packages/server/src/platform/log.ts';
import { ROUND } from '../../packages/server/src/queue/claim.ts';
import { statementsOf } from '../../packages/server/src/queue/claim-sql.ts';
import type { Job } from '../../packages/server/src/queue/job.ts';
import { Queue } from '../../packages/server/src/queue/queue.ts';
import { ask, emptyStore } from '../redcloud.ts';
import { percent, perSecond, print } from '../report.ts';

const CLAIM = 256;
const CLAIMS = 60;

/** Inserts waiting messages for ten numbers of one client in the store. */
const FILL = `
  with made as materialized (
    select 'msg_' || ulid_floor(now() - interval '1 second' * ($2::int - n) / 1000) || lpad(n::text, 16, '0') as id,
      'num_' || n % 10 as number, now() - interval '1 second' * ($2::int - n) / 1000 as at
    from generate_series($1::int, $2::int) as n
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
      delivery_guarantee, encoding, segments, parts, status, sequence, created_at)
    select id, 'OUTBOUND', 'client', number, '+15551234567', '+15557654321', 'SMS', 'Hello from Red Cloud',
      'AT_MOST_ONCE', 'GSM7', 1, 1, 'QUEUED', 1, at from made
  )
  insert into jobs (queue, subject, ordinal, client, lane, run_at) select 'outbound', id, 0, 'client', number, at from made`;

/** Rate of claims at each depth of the queue: claim and return, one after the other. */
export async function growth({ depths }: { depths: readonly number[] }): Promise<void> {
  await using store = await emptyStore();
  const url = store.databaseUrl;
  if (!url) {
    print('growth', 'skipped: requires DATABASE_URL (PostgreSQL)');
    return;
  }
  {
    // Creates the schema and the day partitions.
    await using _server = await store.start('api');
  }
  const db = await openServer(url, createLog('silent'));
  try {
    let first: number | undefined;
    let filled = 0;
    for (const depth of depths) {
      for (; filled < depth; filled += Math.min(50_000, depth - filled)) {
        await ask(url, FILL, [filled + 1, Math.min(depth, filled + 50_000)]);
      }
      await ask(url, 'vacuum analyze jobs');
      const rate = await claimRate(db);
      first ??= rate;
      print(`claims, ${depth.toLocaleString('en')} waiting`, perSecond(rate), `${percent(rate, first)} of the first`);
    }
    await explain(url);
  } finally {
    await db.close();
  }
}

async function claimRate(db: Db): Promise<number> {
  const queue = new Queue({
    db,
    clock: { now: () => Date.now() },
    holder: { id: 'bench', epoch: 1, alive: () => true },
  });
  const claim = queue.claimer('outbound', loadOutgoing(db));
  const round = async (times: number) => {
    let count = 0;
    for (let i = 0; i < times; i += 1) count += await claimAndFinish(db, queue, claim);
    return count;
  };
  await round(10);
  const startedAt = performance.now();
  const count = await round(CLAIMS);
  return (1000 * count) / (performance.now() - startedAt);
}

async function claimAndFinish(
  db: Db,
  queue: Queue,
  claim: (limit: number) => Promise<{ claimed: { job: Job }[] }>,
): Promise<number> {
  const { claimed } = await claim(CLAIM);
  // Returned and not finished, so that the depth stays the same.
  const later = claimed.map(({ job }) => ({ ...job, runAt: new Date(), counts: false }));
  await queue.postpone(db, later);
  return claimed.length;
}

/**
 * Prints the plan of a complete claim: fair scheduling, the oldest jobs of each lane, and their lease. Leases these
 * jobs.
 */
async function explain(url: string): Promise<void> {
  const rows = await ask(
    url,
    `explain (analyze, buffers, costs off, timing off, summary off) ${statementsOf('outbound').claim.text}`,
    [new Date(), CLAIM, 'bench', 1, '', '{}', '{}', null, ROUND.clients, ROUND.lanesPerClient],
  );
  for (const row of rows) print('  plan of a claim', String(row['QUERY PLAN']));
}

import { beforeEach } from 'vitest';
import { asJson } from '#db/db.ts';
import type { Claim } from '#queue/claimer.ts';
import type { Job, Lane } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { TestClock } from './clock.ts';
import { loadNothing, testHolder } from './holder.ts';
import { ownStore } from './own-store.ts';

interface Waiting extends Lane {
  count: number;
  /** Due time of the first job, relative to now. Each following job is due a millisecond later. */
  dueInMs?: number;
}

const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at)
  select 'outbound', client || '/' || lane || '/' || n, 0, client, lane, "runAt" + n * interval '1 ms'
  from json_to_recordset($1::json) as l (client text, lane text, count integer, "runAt" timestamptz)
    cross join lateral generate_series(0, count - 1) as n`;

/**
 * Registers the hooks of a test file about jobs in lanes. Each test begins with an empty queue.
 * @returns access to the queue of the running test, and tools to add jobs and to claim them.
 */
export function withLanes() {
  const db = ownStore();
  let clock: TestClock;
  let queue: Queue;

  beforeEach(async () => {
    await db().query('truncate jobs');
    clock = new TestClock();
    queue = new Queue({ db: db(), clock, holder: testHolder });
  });

  /** Adds jobs named by client, lane and index. By default, the first job of a lane has been due for a minute. */
  async function add(...lanes: Waiting[]): Promise<void> {
    const now = clock.now();
    const rows = lanes.map(({ dueInMs = -60_000, ...lane }) => ({ ...lane, runAt: new Date(now + dueInMs) }));
    await db().query(ADD, [asJson(rows)]);
  }

  /** Claimer with its own cursor. */
  function claimer() {
    return queue.claimer('outbound', loadNothing);
  }

  return { db, clock: () => clock, queue: () => queue, add, claimer };
}

export type Claimer = ReturnType<ReturnType<typeof withLanes>['claimer']>;

export const laneOf = ({ subject }: Job) => subject.split('/').slice(0, 2).join('/');
export const clientOf = ({ subject }: Job) => subject.split('/')[0] as string;
export const jobsOf = ({ claimed }: Claim<undefined>) => claimed.map(({ job }) => job);

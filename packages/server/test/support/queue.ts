import { beforeEach } from 'vitest';
import { asJson, type Db } from '#db/db.ts';
import { type Held, type Job, type JobName, nameOf, OUTBOUND, type QueueName } from '#queue/job.ts';
import { type DirectWorker, Queue } from '#queue/queue.ts';
import { enqueueFrom } from '#queue/sql.ts';
import { TestClock } from './clock.ts';
import { loadNothing } from './holder.ts';
import { ownStores } from './own-store.ts';

/** Client and lane of a job, for tests in which neither matters. */
export const OF_ONE = { client: 'client', lane: 'lane' };

/** A live process. */
export function holder(id: string) {
  return { id, living: true, epoch: 1, alive: () => true };
}

/**
 * Registers the hooks of a test file about the queue: each test begins with an empty queue of two processes.
 * @returns access to the queues of the running test, and tools to create, claim and postpone jobs.
 */
export function withQueues() {
  const opened = ownStores(2);
  const db = () => opened()[0] as Db;
  const otherDb = () => opened()[1] as Db;
  let clock: TestClock;
  let queue: Queue;
  let other: Queue;

  beforeEach(async () => {
    await db().query('truncate jobs');
    clock = new TestClock();
    queue = new Queue({ db: db(), clock, holder: holder('prc_one') });
    other = new Queue({ db: otherDb(), clock, holder: holder('prc_two') });
  });

  /** Adds a job for each delay in milliseconds until it is due, named by its index. */
  async function add(...dueInMs: number[]): Promise<void> {
    const at = clock.now();
    const jobs = dueInMs.map((ms, i) => ({
      ...OF_ONE,
      subject: `msg_${i}`,
      ordinal: OUTBOUND,
      runAt: new Date(at + ms),
    }));
    await queue.add(db(), 'outbound', jobs);
  }

  async function claim(limit = 100, by = queue, name: QueueName = 'outbound'): Promise<Job[]> {
    const { claimed } = await by.claimer(name, loadNothing)(limit);
    return claimed.map(({ job }) => job);
  }

  async function claimOne(by = queue): Promise<Job> {
    const [job] = await claim(1, by);
    if (!job) throw new Error('nothing is due');
    return job;
  }

  function later(jobs: readonly Held[], ms: number, counts: boolean) {
    return jobs.map((job) => ({ ...job, runAt: new Date(clock.now() + ms), counts }));
  }

  /** Creates jobs as modules do, in the statement that creates the reason for them. */
  async function make(on: Pick<Db, 'query'>, jobs: { subject: string; lease: number | null }[], holderId: string) {
    const source = `select 'outbound', subject, 0, 'client', 'lane', $2::timestamptz, lease
      from json_to_recordset($1::json) as j (subject text, lease integer)`;
    await on.query(enqueueFrom(source, '$3'), [asJson(jobs), new Date(clock.now() - 1), holderId]);
  }

  return {
    db,
    /** Store of the second process on PostgreSQL. The embedded store has only one process. */
    otherDb,
    clock: () => clock,
    queue: () => queue,
    /** Queue of the second process. */
    other: () => other,
    add,
    claim,
    claimOne,
    later,
    make,
  };
}

export const subjects = (jobs: readonly JobName[]) => jobs.map(({ subject }) => subject);
export const names = (jobs: readonly JobName[]) => new Set(jobs.map(nameOf));

/** Worker that has `count` free slots and records the jobs that it gets. */
export function slots(count: number) {
  const begun: { jobs: string[]; reserved: number }[] = [];
  const worker: DirectWorker<unknown> & { begun: typeof begun } = {
    begun,
    overflow: () => undefined,
    reserve: (wanted) => ({ count: Math.min(wanted, count), isShort: wanted > count }),
    begin: (claimed, { count: reserved }) => void begun.push({ jobs: claimed.map(({ job }) => nameOf(job)), reserved }),
  };
  return worker;
}

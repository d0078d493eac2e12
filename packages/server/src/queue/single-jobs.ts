import type { Db } from '../db/db.ts';
import type { Log } from '../platform/log.ts';
import type { Job, QueueName } from './job.ts';
import type { Queue } from './queue.ts';
import { allOf, Worker } from './worker.ts';

const POLL_MS = 1_000;

export interface SingleJobsParts {
  db: Db;
  queue: Queue;
  log: Log;
  pollMs?: number;
}

/** Worker whose jobs are carried out one by one, each in a slot of its own. A job has at most one row in the store. */
export abstract class SingleJobs<Row> {
  /** Aborted when jobs in progress must end: at the deadline of a stop, or before by the class itself. */
  protected readonly stopping = new AbortController();
  readonly #worker: Worker<Row | undefined>;

  /** @param slots maximum number of running jobs of a process. */
  constructor({ db, queue, log, pollMs = POLL_MS }: SingleJobsParts, name: QueueName, slots: number) {
    this.#worker = new Worker<Row | undefined>({
      ...{ db, queue, log, name, pollMs },
      slots: () => slots,
      load: async (jobs) => {
        const subjects = jobs.map(({ subject }) => subject);
        const rows = await this.load(subjects);
        return subjects.map((subject) => rows.get(subject));
      },
      handle: (claimed, release) =>
        allOf(claimed.map(({ job, loaded }) => this.carryOut(job, loaded).finally(() => release(1)))),
    });
  }

  start(): void {
    this.#worker.start();
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  async stop(deadline: AbortSignal): Promise<void> {
    deadline.addEventListener('abort', () => this.stopping.abort(), { once: true });
    await this.#worker.stop(deadline);
  }

  /** @returns the rows of the jobs with these subjects, as far as the rows exist. */
  protected abstract load(subjects: readonly string[]): Promise<ReadonlyMap<string, Row>>;

  /** Carries out a job, and ends or postpones it. @param row undefined if the row does not exist any more. */
  protected abstract carryOut(job: Job, row: Row | undefined): Promise<void>;
}

/** Seconds to wait after a failed attempt. @param schedule seconds after each attempt. The last one repeats. */
export function delayAfter(attempt: number, schedule: readonly number[]): number {
  return schedule[Math.min(attempt, schedule.length) - 1] ?? 0;
}

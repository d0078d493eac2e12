import { batched } from '#db/batching/batch.ts';
import { asJson, type Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import { type Held, type Job, type Later, nameOf } from '#queue/job.ts';
import type { Queue } from '#queue/queue.ts';
import { type AttemptOutcome, RECORD } from './sql.ts';

/** One attempt to deliver an event, and its result. */
export interface Attempt {
  job: Job;
  outcome: AttemptOutcome;
  url: string;
  statusCode: number | null;
  error: string | null;
  /** More detail than `error`, for the log only. */
  reason: string | undefined;
  responseStart: string | null;
  durationMs: number;
  attemptedAt: Date;
  retryAt: Date | undefined;
  /** Pause of an overloaded endpoint. */
  pauseSeconds: number | undefined;
}

/** Result of a job: an attempt to record, an event without a target, or a return to the queue without an attempt. */
export type Work = Attempt | { job: Job; outcome: 'NOWHERE' } | { job: Job; outcome: 'GIVEN_BACK'; runAt: Date };

/**
 * @returns a function that records results of jobs, many in one commit, and reports whether a job was still held.
 *   Nothing is recorded for other jobs.
 */
export function createRecord({ db, clock, queue }: { db: Db; clock: Clock; queue: Queue }) {
  return batched<Work, boolean>({
    maxWeight: 500,
    lingerMs: 10,
    async run(work) {
      const now = new Date(clock.now());
      const done = work.filter(({ outcome }) => outcome !== 'RETRY' && outcome !== 'GIVEN_BACK').map(heldRow);
      const later = work.flatMap((item) => laterRow(item, now));
      const rows = await run(db, RECORD, asJson(done), asJson(later), queue.holderId);
      const held = new Set(rows.map(nameOf));
      return work.map(({ job }) => held.has(nameOf(job)));
    },
  });
}

/** Row of a held job, with the columns of its attempt if there was one. */
function heldRow({ job, ...attempt }: Work): Held {
  const { subject, ordinal, lease } = job;
  if (!('url' in attempt)) return { subject, ordinal, lease };
  return Object.assign({ subject, ordinal, lease, attempt: job.attempt }, attempt);
}

function laterRow(item: Work, now: Date): Later[] {
  if (item.outcome === 'GIVEN_BACK') {
    return [{ ...heldRow(item), runAt: item.runAt, counts: false }];
  }
  if (item.outcome === 'RETRY') return [{ ...heldRow(item), runAt: item.retryAt ?? now, counts: true }];
  return [];
}

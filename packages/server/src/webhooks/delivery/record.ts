import { batched } from '#db/batching/batch.ts';
import { asJson, type Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { type Held, type Job, type JobName, type Later, nameOf } from '#queue/job.ts';
import type { Queue } from '#queue/queue.ts';
import { finishing, postponing } from '#queue/sql.ts';

type AttemptOutcome = 'DELIVERED' | 'RETRY' | 'GIVEN_UP';

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

const ATTEMPT = `, attempt integer, outcome text, url text, "statusCode" integer, error text, "responseStart" text,
  "durationMs" integer, "attemptedAt" timestamptz`;

/**
 * Records attempts and the results of their jobs in one statement and one commit. Only jobs that are still held are
 * recorded.
 */
const RECORD = `
  with finished as (${finishing('$1', '$3', ATTEMPT)}), postponed as (${postponing('$2', '$3', ATTEMPT)}),
  attempted as (
    insert into webhook_attempts (message_id, sequence, attempt, outcome, url, status_code, error, response_start,
      duration_ms, attempted_at)
    select subject, ordinal, attempt, outcome, url, "statusCode", error, "responseStart", "durationMs", "attemptedAt"
    from finished where url is not null
    union all
    select subject, ordinal, attempt, outcome, url, "statusCode", error, "responseStart", "durationMs", "attemptedAt"
    from postponed where url is not null
    on conflict do nothing
  )
  select subject, ordinal from finished union all select subject, ordinal from postponed`;

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
      const params = [asJson(done), asJson(later), queue.holderId];
      const held = new Set((await db.query<JobName>(RECORD, params)).map(nameOf));
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

import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';
import { unknownParts } from '../messages/messages.ts';
import type { PartReport, Transitions } from '../messages/transition.ts';
import { countFinished, type Metrics } from '../metrics.ts';
import type { Claimed } from '../queue/claim.ts';
import { type Job, nameOf } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { Worker } from '../queue/worker.ts';
import { EXPIRED, OUTCOME_UNKNOWN } from './decide.ts';

const BATCH = 200;

/** Ends what no receipt ever resolved: at the deadline, parts that are unknown still are failed as OUTCOME_UNKNOWN. */
export function createOutcomes(parts: {
  db: Db;
  queue: Queue;
  transitions: Transitions;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  pollMs?: number;
}): Worker {
  const { db, queue, transitions, clock, log, metrics, pollMs = 1_000 } = parts;

  async function handle(claimed: Claimed<Job>[]): Promise<void> {
    const jobs = claimed.map(({ job }) => job);
    const unknown = await unknownParts(
      db,
      jobs.map(({ subject }) => subject),
    );
    const reports = unknown.map(
      (part): PartReport => ({
        ...part,
        state: 'FAILED',
        onlyFrom: 'UNKNOWN',
        carrierRef: null,
        error: OUTCOME_UNKNOWN,
      }),
    );
    const steps = await transitions.transact(async (tx, advance) => {
      const held = await queue.finish(tx, jobs);
      const ours = new Set(jobs.filter((job) => held.has(nameOf(job))).map(({ subject }) => subject));
      // Of a long one that expired, some parts were never handed over, and nobody will any more.
      const failures = [...ours].map((messageId) => ({
        messageId,
        error: EXPIRED,
        onlyFrom: ['QUEUED', 'SENDING'] as const,
      }));
      return advance(
        new Date(clock.now()),
        reports.filter(({ messageId }) => ours.has(messageId)),
        failures,
      );
    });
    for (const step of steps) {
      countFinished(metrics, step);
      log.warn({ event: 'outcome_deadline', messageId: step.messageId, status: step.to });
    }
  }

  const load = async (jobs: readonly Job[]) => jobs;
  return new Worker<Job>({ db, queue, log, name: 'outcomes', slots: () => BATCH, load, pollMs, handle });
}

import type { Db } from '../db/db.ts';
import { partsBesideDelivered, unknownParts } from '../messages/lifecycle/messages.ts';
import { countFinished, type MessageMetrics } from '../messages/lifecycle/metrics.ts';
import type { PartReport, Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Claimed } from '../queue/claim.ts';
import { type Job, nameOf, SEGMENTS } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { Worker } from '../queue/worker.ts';
import { EXPIRED, OUTCOME_UNKNOWN } from './decide.ts';

const BATCH = 200;

/**
 * Deadlines of submitted messages. Segments that are still unknown fail as OUTCOME_UNKNOWN. Segments without a receipt
 * count as delivered when the carrier has reported another segment of the message as delivered.
 */
export function createOutcomes(parts: {
  db: Db;
  queue: Queue;
  transitions: Transitions;
  clock: Clock;
  log: Log;
  metrics: MessageMetrics;
  pollMs?: number;
}): Worker {
  const { db, queue, transitions, clock, log, metrics, pollMs = 1_000 } = parts;

  /** Segments whose outcome is unknown at their deadline. */
  async function unanswered(jobs: readonly Job[]): Promise<PartReport[]> {
    const parts = await unknownParts(db, subjectsOf(jobs));
    return parts.map((part) => ({
      ...part,
      state: 'FAILED',
      onlyFrom: 'UNKNOWN',
      carrierRef: null,
      error: OUTCOME_UNKNOWN,
    }));
  }
  /** Segments without a receipt, of messages of which the carrier has reported another segment as delivered. */
  async function unreported(jobs: readonly Job[]): Promise<PartReport[]> {
    const parts = await partsBesideDelivered(db, subjectsOf(jobs));
    return parts.map((part) => ({ ...part, state: 'DELIVERED', onlyFrom: 'SENT', error: null }));
  }
  async function handle(claimed: Claimed<Job>[]): Promise<void> {
    const jobs = claimed.map(({ job }) => job);
    const [segments, outcomes] = [jobs.filter(isSegments), jobs.filter((job) => !isSegments(job))];
    const reports = [...(await unanswered(outcomes)), ...(await unreported(segments))];
    const steps = await transitions.transact(async (tx, advance) => {
      const held = await queue.finish(tx, jobs);
      const isHeld = (job: Job) => held.has(nameOf(job));
      const ours = new Set(subjectsOf(jobs.filter(isHeld)));
      // An expired message may have segments that were never submitted, and will not be submitted any more.
      const failures = subjectsOf(outcomes.filter(isHeld)).map((messageId) => ({
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
      if (step.to === 'DELIVERED') log.info({ event: 'segments_without_receipt', messageId: step.messageId });
      else log.warn({ event: 'outcome_deadline', messageId: step.messageId, status: step.to });
    }
  }
  const load = async (jobs: readonly Job[]) => jobs;
  return new Worker<Job>({ db, queue, log, name: 'outcomes', slots: () => BATCH, load, pollMs, handle });
}

function isSegments({ ordinal }: Job): boolean {
  return ordinal === SEGMENTS;
}

function subjectsOf(jobs: readonly Job[]): string[] {
  return jobs.map(({ subject }) => subject);
}

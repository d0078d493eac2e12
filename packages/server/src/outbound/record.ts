import { batched } from '../db/batching/batch.ts';
import { addAttempts, type EndedAttempt } from '../messages/attempts/attempts.ts';
import { setRoutes } from '../messages/lifecycle/messages.ts';
import type { Failure, PartReport, Step, Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import { type Held, type Lane, type Later, LOOK_UP, nameOf, OUTCOME } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';

/** Result of a job. */
export interface Outcome {
  job: Held;
  /** Lane of the message, if the message exists. */
  lane: Lane;
  reports: PartReport[];
  /** Attempts that ended and are followed by another one. */
  attempts: EndedAttempt[];
  failure: Failure | undefined;
  /** Absent: the job is done. */
  retry: Pick<Later, 'runAt' | 'counts' | 'excuses' | 'queue'> | undefined;
  /** Carrier that gets the message instead, and why. Absent: the carrier stays. */
  route?: { carrier: string; reason: string } | undefined;
  /** Time at which a segment fails if its outcome is still unknown. Absent: no segment is unknown. */
  outcomeDeadline: Date | undefined;
  /** Time of the first look-up of an unknown message. Absent: the carrier has no list, or no segment is unknown. */
  lookUpAt?: Date | undefined;
}

export interface Recorded {
  /** false: the job is fenced, and nothing was recorded. */
  held: boolean;
  step: Step | undefined;
}

/**
 * Records outcomes, many in one commit: the end of the job, the segments, the status and its events. Only for jobs
 * whose lease token is still valid. A worker that stalled beyond its lease must not record anything.
 */
export function createRecord(parts: { transitions: Transitions; queue: Queue; clock: Clock }) {
  const { transitions, queue, clock } = parts;
  return batched<Outcome, Recorded>({
    maxWeight: 500,
    lingerMs: 20,
    run: (outcomes) =>
      transitions.transact(async (tx, advance) => {
        const now = new Date(clock.now());
        const finished = outcomes.filter(({ retry }) => !retry).map(({ job }) => job);
        const postponed = outcomes.flatMap(({ job, retry }) => (retry ? [{ ...job, ...retry }] : []));
        const held = new Set([...(await queue.finish(tx, finished)), ...(await queue.postpone(tx, postponed))]);
        const ours = outcomes.filter(({ job }) => held.has(nameOf(job)));
        const reports = ours.flatMap((outcome) => outcome.reports);
        const failures = ours.flatMap(({ failure }) => failure ?? []);
        const steps = await advance(now, reports, failures);
        await addAttempts(
          tx,
          ours.flatMap(({ attempts }) => attempts),
          now,
        );
        await setRoutes(
          tx,
          ours.flatMap(({ job, route }) =>
            route === undefined ? [] : [{ subject: job.subject, reason: route.reason }],
          ),
        );
        await queue.add(tx, 'outcomes', ours.flatMap(unresolved));
        await queue.add(tx, 'lookups', ours.flatMap(toLookUp));
        const stepOf = new Map(steps.map((step) => [step.messageId, step]));
        return outcomes.map(({ job }) => ({ held: held.has(nameOf(job)), step: stepOf.get(job.subject) }));
      }),
  });
}

function unresolved({ job, lane, outcomeDeadline }: Outcome) {
  return outcomeDeadline ? [{ ...lane, subject: job.subject, ordinal: OUTCOME, runAt: outcomeDeadline }] : [];
}

function toLookUp({ job, lane, lookUpAt }: Outcome) {
  return lookUpAt ? [{ ...lane, subject: job.subject, ordinal: LOOK_UP, runAt: lookUpAt }] : [];
}

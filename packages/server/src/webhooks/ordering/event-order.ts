import type { Claimed } from '#queue/claim.ts';
import type { Job } from '#queue/job.ts';
import { nthOf } from '../delivery/schedule.ts';
import { AGAIN_MS, Deferred } from './deferred.ts';

/** A claimed event. */
export interface Ordered {
  /** Due time of the latest earlier event of its message that waits in the queue or runs in another process. */
  behind?: Date | undefined;
}

/**
 * Order of a message's events. The first attempts of its events begin one after another, by sequence:
 *
 * - Jobs of one claim begin by sequence (`sorted`).
 * - A first attempt waits for the earlier ones of this process (`next`).
 * - An event waits for an earlier one that was deferred before its first attempt, that waits in the queue, or that
 *   another process holds (`waitUntil`).
 *
 * Repeated attempts have no order. A receiver orders events by `sequence`.
 */
export class EventOrder {
  readonly #deferred = new Deferred();
  /** Latest first attempt under way for each message. */
  readonly #running = new Map<string, Promise<unknown>>();

  /** Sorts the events of each message by sequence, at the position of the message's first event. */
  sorted<E>(claimed: readonly Claimed<E>[]): Claimed<E>[] {
    const ofMessage = Map.groupBy(claimed, ({ job }) => job.subject);
    return [...ofMessage.values()].flatMap((of) => of.toSorted((a, b) => a.job.ordinal - b.job.ordinal));
  }

  /** Runs a first attempt after the earlier ones of its message in this process. Runs a repeated attempt at once. */
  async next<T>(job: Job, attempt: () => Promise<T>): Promise<T> {
    if (!isFirst(job)) return attempt();
    const before = this.#running.get(job.subject);
    const run = before ? before.then(attempt) : attempt();
    const done = run.catch(() => undefined);
    this.#running.set(job.subject, done);
    try {
      return await run;
    } finally {
      if (this.#running.get(job.subject) === done) this.#running.delete(job.subject);
    }
  }

  /**
   * Time at which an event that must wait for an earlier event of its message may be tried again. Undefined: no wait.
   * @param isDirect whether the event is directly dispatched.
   */
  waitUntil(job: Job, { behind }: Ordered, now: number, isDirect: boolean): number | undefined {
    if (!isFirst(job)) return undefined;
    const until = this.#deferred.behind(job, now, isDirect);
    return until ?? (behind && Math.max(behind.getTime(), now + AGAIN_MS));
  }

  /**
   * Due time of an event that returns to the queue without an attempt.
   * @param occurredAt RFC 3339. An event without a pause returns to its former place, before the next event.
   */
  dueTime(job: Job, occurredAt: string, now: number, pauseMs: number): Date {
    return isFirst(job) && pauseMs <= 0 ? new Date(occurredAt) : new Date(now + pauseMs);
  }

  /** Records that an event will return to the queue without an attempt. Later events wait for it. */
  deferred(job: Job, until: Date): void {
    if (isFirst(job)) this.#deferred.put(job, until.getTime());
  }

  /** Records that a deferred event is in the queue again. */
  returned(job: Job, now: number): void {
    this.#deferred.back(job, now);
  }

  /** Records that an event was attempted, has no target, or belongs to another process. */
  passed(job: Job): void {
    this.#deferred.done(job);
  }
}

function isFirst({ attempt }: Job): boolean {
  return nthOf(attempt) === 1;
}

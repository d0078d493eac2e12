import type { Carrier, ListedMessage, Report } from '../carriers/carrier.ts';
import { persist } from '../db/batching/persist.ts';
import { MOST_SIMILAR, similarSubmits, type UnknownSubmit, unknownSubmits } from '../messages/unknown/unknown.ts';
import type { Clock } from '../platform/clock.ts';
import { idFrom } from '../platform/ids.ts';
import type { Job } from '../queue/job.ts';
import { delayAfter, SingleJobs, type SingleJobsParts } from '../queue/single-jobs.ts';
import { matchListed } from './match-listed.ts';

/** Concurrent look-ups of a process. */
const SLOTS = 4;
/** Milliseconds from an unknown outcome to its first look-up. */
export const FIRST_LOOK_UP_MS = 60_000;
/** Seconds from each look-up to the next. The last one repeats until the outcome deadline. */
const SCHEDULE = [240, 1_500, 5_400, 21_600];
/** Difference of the clocks of a carrier and this server, in milliseconds. */
const CLOCKS_MS = 60_000;

export interface LookUpsParts extends SingleJobsParts {
  clock: Clock;
  /** @returns undefined for a carrier that is not configured. */
  carrierOf(name: string): Pick<Carrier, 'canLookUp' | 'lookUp'> | undefined;
  /** Applies the report of a carrier. */
  onReport(carrier: string, report: Report): Promise<unknown>;
  outcomeDeadlineSeconds: number;
}

/**
 * Looks up unknown messages in the lists of their carriers, until their outcome deadline. A message that is not in the list
 * stays unknown, because the absence proves nothing. A message is found only if no other submit can be meant (match-listed.ts).
 */
export class LookUps extends SingleJobs<UnknownSubmit> {
  readonly #parts: LookUpsParts;

  constructor(parts: LookUpsParts) {
    super(parts, 'lookups', SLOTS);
    this.#parts = parts;
  }

  protected async load(ids: readonly string[]): Promise<Map<string, UnknownSubmit>> {
    return new Map((await unknownSubmits(this.#parts.db, ids)).map((row) => [row.messageId, row]));
  }

  protected async carryOut(job: Job, submit: UnknownSubmit | undefined): Promise<void> {
    const { db, queue, clock, outcomeDeadlineSeconds } = this.#parts;
    const isFound = submit === undefined || (await this.#lookUp(submit));
    const runAt = clock.now() + delayAfter(job.attempt, SCHEDULE) * 1000;
    const deadline = submit ? submit.recordedAt.getTime() + outcomeDeadlineSeconds * 1000 : 0;
    const isOver = isFound || runAt >= deadline;
    const end = () =>
      isOver ? queue.finish(db, [job]) : queue.postpone(db, [{ ...job, runAt: new Date(runAt), counts: true }]);
    await persist(end, this.stopping.signal);
  }

  /** @returns whether the submit is resolved, or no look-up can resolve it. */
  async #lookUp(submit: UnknownSubmit): Promise<boolean> {
    const carrier = this.#parts.carrierOf(submit.carrier);
    if (!carrier?.canLookUp || !carrier.lookUp) return true;
    const { from, to, createdAt, recordedAt } = submit;
    const since = new Date(createdAt.getTime() - CLOCKS_MS);
    const until = new Date(recordedAt.getTime() + CLOCKS_MS);
    const listed = await carrier.lookUp({ from, to, since, until });
    if (!listed) return false;
    const isWithin = ({ createdAt: at }: ListedMessage) => at >= since && at <= until;
    return this.#resolve(submit, listed.filter(isWithin));
  }

  async #resolve(submit: UnknownSubmit, listed: readonly ListedMessage[]): Promise<boolean> {
    const { db, log, onReport } = this.#parts;
    const { messageId, carrier, attempt, createdAt } = submit;
    // Messages that were accepted earlier may have been submitted at the same time.
    const firstId = idFrom('msg', createdAt.getTime() - QUEUED_MS);
    const similar = await similarSubmits(db, submit, firstId);
    // Among more messages than were read, the listed one may belong to another.
    const found = similar.length < MOST_SIMILAR ? matchListed(messageId, similar, listed) : undefined;
    log.info({ event: 'look_up', carrier, messageId, listed: listed.length, found: found !== undefined });
    if (!found) return false;
    const { carrierRef, report } = found;
    await onReport(carrier, { carrierRef, reference: `${messageId}/1`, attempt, ...report });
    return true;
  }
}

/** Milliseconds for which a similar message may have waited before its submit. */
const QUEUED_MS = 86_400_000;

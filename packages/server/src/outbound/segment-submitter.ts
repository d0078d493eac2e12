import type { Carrier, SubmitResult, SubmittedFile } from '../carriers/carrier.ts';
import type { Outgoing } from '../messages/lifecycle/messages.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Job } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { type Decision, decide } from './decide.ts';
import type { InFlight } from './in-flight.ts';
import type { OutboundMetrics } from './metrics.ts';
import type { Split } from './parts.ts';

const LATIN1 = /^[\0-\u00ff]*$/;

export interface SegmentSubmitterParts {
  carrier: Pick<Carrier, 'name' | 'submit'>;
  queue: Queue;
  inFlight: InFlight;
  clock: Clock;
  log: Log;
  metrics: OutboundMetrics;
  /** Whether the API client has canceled the message. */
  isCanceled(messageId: string): boolean;
  /** Records the submits of this process. Absent: the store cannot lose commits. */
  journal?: SubmitJournal | undefined;
}

/** Record of submits outside of the store. */
export interface SubmitJournal {
  /** The message may leave now, in the attempt with this number. @returns false if it must not leave. */
  leaving(messageId: string, attempt: number): boolean;
  /** The carrier provably has not accepted the message. */
  returned(messageId: string): void;
}

/** Outcomes that prove that the carrier has not accepted the segment. */
const NOT_ACCEPTED = new Set<SubmitResult['outcome']>(['rejected', 'throttled', 'unreachable', 'misconfigured']);

/** Parts of a submission that all segments of a message share. */
export interface Shared {
  split: Split;
  campaignId: string | null;
  media: readonly SubmittedFile[] | null;
}

/** Rest of the validity of a message with a time of expiry of its own. */
function validSeconds({ hasExpiry, expiresAt }: Outgoing, now: number): number | null {
  return hasExpiry ? Math.max(1, Math.floor((expiresAt.getTime() - now) / 1000)) : null;
}

/** Submits single segments, and counts and logs the results. */
export class SegmentSubmitter {
  readonly #parts: SegmentSubmitterParts;

  constructor(parts: SegmentSubmitterParts) {
    this.#parts = parts;
  }

  async submit(job: Job, message: Outgoing, { split, campaignId, media }: Shared, part: number): Promise<Decision> {
    const { carrier, clock, queue, inFlight } = this.#parts;
    const { encoding, texts, segmentsEach: segments } = split;
    const { id, from, to, messageType } = message;
    const text = texts[part - 1] ?? null;
    const latin1 = message.text !== null && LATIN1.test(message.text);
    const whole = {
      reference: `${id}/${part}`,
      attempt: job.attempt,
      from,
      to,
      messageType,
      encoding,
      latin1,
      campaignId,
      media,
      validSeconds: validSeconds(message, clock.now()),
    };
    const submission = { ...whole, text, segments, part, parts: texts.length };
    const startedAt = clock.now();
    const mayLeave = () => {
      const isPermitted = queue.holds(job) && (part > 1 || !this.#parts.isCanceled(id));
      return isPermitted && (this.#parts.journal?.leaving(id, job.attempt) ?? true);
    };
    const result = await inFlight.submit(() => carrier.submit(submission, mayLeave));
    // An earlier segment of a long message may have been accepted.
    if (part === 1 && NOT_ACCEPTED.has(result.outcome)) this.#parts.journal?.returned(id);
    this.#report(job, message, submission, clock.now() - startedAt, result);
    return decide(result, job.attempt - job.excused, message.guarantee);
  }

  #report(
    { attempt }: Job,
    { id, apiClientId }: Outgoing,
    { part, parts }: { part: number; parts: number },
    ms: number,
    result: Awaited<ReturnType<Carrier['submit']>>,
  ): void {
    const { log, metrics, carrier } = this.#parts;
    metrics.submits.inc({ carrier: carrier.name, outcome: result.outcome });
    metrics.submitSeconds.observe({ carrier: carrier.name }, ms / 1000);
    log.info({
      event: 'submit',
      carrier: carrier.name,
      messageId: id,
      apiClientId,
      part,
      parts,
      attempt,
      ms,
      ...result,
    });
  }
}

import type { Carrier } from '../carriers/carrier.ts';
import { persist } from '../db/batching/persist.ts';
import { isEarlierAccepted } from '../messages/attempts/attempts.ts';
import { type LoadedOutgoing, loadOutgoing, type Outgoing } from '../messages/lifecycle/messages.ts';
import { countFinished, type MessageMetrics, notePossibleDuplicate } from '../messages/lifecycle/metrics.ts';
import { isFinal } from '../messages/lifecycle/status.ts';
import type { PartReport, Transitions } from '../messages/lifecycle/transition.ts';
import type { Claimed } from '../queue/claim.ts';
import type { Job, OutboundQueue } from '../queue/job.ts';
import type { QueueMetrics } from '../queue/metrics.ts';
import type { QueueShare } from '../queue/share.ts';
import { allOf, Worker } from '../queue/worker.ts';
import { Expiry } from './expiry.ts';
import { MessageSubmitter, type MessageSubmitterParts } from './message-submitter.ts';
import type { OutboundMetrics } from './metrics.ts';
import { RecipientOrder } from './order.ts';
import { createRecord, type Outcome, type Recorded } from './record.ts';

const POLL_MS = 250;
/**
 * Maximum number of messages of this process that wait for the pace of their number or campaign. Each waits only
 * briefly.
 */
const MOST_PACED = 256;

export interface OutboundParts extends MessageSubmitterParts {
  transitions: Transitions;
  metrics: OutboundMetrics & MessageMetrics & QueueMetrics;
  /** Queue of the messages for this carrier. */
  name: OutboundQueue;
  carrier: MessageSubmitterParts['carrier'] & Pick<Carrier, 'capacity' | 'rest'>;
  /** Limits the messages that begin while requests have priority. */
  share?: QueueShare | undefined;
  /** Called after segments or ended attempts were recorded, to apply their parked receipts. */
  onRecorded(about: readonly Pick<PartReport, 'messageId' | 'part' | 'carrierRef'>[]): Promise<void>;
  /** Records that the recipient of a message has opted out at the carrier. */
  onOptedOut(message: Outgoing): Promise<void>;
  pollMs?: number;
  expireEveryMs?: number;
}

/** Runs outbound jobs of one carrier: claims them, submits their messages in order, and records the outcomes. */
export class Outbound {
  readonly #parts: OutboundParts;
  readonly #record: (outcome: Outcome) => Promise<Recorded>;
  readonly #worker: Worker<LoadedOutgoing>;
  readonly #expiry: Expiry<LoadedOutgoing>;
  /** Aborted when no more work may begin. */
  readonly #ending = new AbortController();
  /** Aborted when all waits must end. */
  readonly #stopping = new AbortController();
  readonly #order = new RecipientOrder();
  readonly #submitter: MessageSubmitter;
  #running = 0;

  constructor(parts: OutboundParts) {
    const { db, queue, log, paces, share, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#record = createRecord(parts);
    this.#submitter = new MessageSubmitter(parts, { ending: this.#ending.signal, stopping: this.#stopping.signal });
    parts.inFlight.onFreed(() => this.look());
    this.#worker = new Worker({
      db,
      queue,
      log,
      name: parts.name,
      carrier: parts.carrier.name,
      slots: () => this.#slots(),
      load: loadOutgoing(db),
      // With direct dispatch, new messages would overtake those that wait for their pace.
      direct: !paces,
      allowance: paces && (() => paces.allowance()),
      share,
      pollMs,
      handle: (claimed, release) => this.#handle(claimed, release),
    });
    this.#expiry = new Expiry({
      ...{ queue, log, clock: parts.clock, name: parts.name, carrier: parts.carrier.name },
      load: loadOutgoing(db),
      ...(parts.expireEveryMs ? { everyMs: parts.expireEveryMs } : {}),
      handle: (claimed) => this.#handle(claimed, () => undefined),
    });
  }

  start(): void {
    this.#worker.start();
    this.#expiry.start();
  }

  #slots(): number {
    const { carrier, paces, inFlight } = this.#parts;
    const capacity = carrier.capacity();
    if (capacity === 0) return 0;
    // Messages that wait for their pace use none of the carrier's capacity.
    const room = capacity + Math.min(MOST_PACED, paces?.waiting ?? 0);
    return Math.max(0, room - inFlight.excess);
  }

  /** Whether messages are being submitted or recorded. */
  get isBusy(): boolean {
    return this.#running > 0;
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  /** Stops claims, and records the jobs in progress. `signal` ends the retries while the store is unavailable. */
  async stop(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    this.#ending.abort();
    this.#parts.carrier.rest?.();
    await Promise.all([this.#worker.stop(signal), this.#expiry.stop()]);
  }

  async #handle(claimed: Claimed<LoadedOutgoing>[], release: (count: number) => void): Promise<void> {
    const { inFlight } = this.#parts;
    const carryOut = ({ job, loaded }: Claimed<LoadedOutgoing>) =>
      inFlight.message(() => this.#submitAndRecord(job, loaded, () => release(1)));
    this.#running += claimed.length;
    await allOf(claimed.map(carryOut)).finally(() => {
      this.#running -= claimed.length;
    });
  }

  /** @param release frees the carrier's capacity for another message while this one is being recorded. */
  async #submitAndRecord(job: Job, message: LoadedOutgoing, release: () => void): Promise<void> {
    const outcome = await this.#inOrder(job, message).finally(release);
    // Suspends direct dispatch while a message returns to the queue, so that no later message overtakes it.
    if (outcome.retry) this.#suspendDirect(outcome.retry);
    const recorded = await this.#parts.inFlight.settles(persist(() => this.#record(outcome), this.#stopping.signal));
    // Repeated after the commit, because a claim in the meantime may have missed the job.
    if (outcome.retry) this.#suspendDirect(outcome.retry);
    if (outcome.retry?.queue) this.#parts.db.wake(outcome.retry.queue);
    this.#count(recorded, job, outcome);
    // A parked receipt about a refused attempt makes the next one unnecessary as well.
    const about = [...outcome.reports, ...outcome.attempts.map((attempt) => ({ ...attempt, carrierRef: null }))];
    if (!recorded.held || about.length === 0) return;
    if (message.id !== null && outcome.reports.some(isOptedOut)) await this.#optedOut(message);
    if (job.attempt > 1 && outcome.reports.some(({ state }) => state === 'SENT')) await this.#checkDuplicate(job);
    // A failure here is harmless, because the periodic sweep applies the receipts later.
    await this.#parts.onRecorded(about).catch((error) => {
      this.#parts.log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
    });
  }

  #suspendDirect({ queue }: NonNullable<Outcome['retry']>): void {
    this.#worker.overflow();
    if (queue) this.#parts.queue.overflow(queue);
  }

  /** Reports that an earlier attempt was accepted as well. Only AT_LEAST_ONCE submits again after an unknown attempt. */
  async #checkDuplicate({ subject: messageId }: Job): Promise<void> {
    const { db, carrier } = this.#parts;
    const isAccepted = await persist(() => isEarlierAccepted(db, messageId), this.#stopping.signal);
    if (isAccepted) notePossibleDuplicate(this.#parts, { messageId, carrier: carrier.name });
  }

  /** A failure here is harmless, because the carrier rejects the next message as well. */
  async #optedOut(message: Outgoing): Promise<void> {
    await this.#parts.onOptedOut(message).catch((error) => {
      this.#parts.log.warn({ event: 'opt_out_not_recorded', messageId: message.id, reason: (error as Error).message });
    });
  }

  /** Takes a place before any lookup, so that messages to one recipient are submitted in the order of their dispatch. */
  async #inOrder(job: Job, message: LoadedOutgoing): Promise<Outcome> {
    const place = this.#order.enter(message.id === null ? job.subject : `${message.numberId} ${message.to}`);
    try {
      return await this.#submitter.outcomeOf(job, message, place);
    } finally {
      place.leave();
    }
  }

  #count({ held, step }: Recorded, job: Job, { route }: Outcome): void {
    const { metrics, log, carrier } = this.#parts;
    if (!held) {
      metrics.fenced.inc({ queue: 'outbound' });
      log.warn({ event: 'outcome_fenced', messageId: job.subject, attempt: job.attempt });
    }
    if (held && route) metrics.rerouted.inc({ from: carrier.name, to: route.carrier });
    if (step?.to === 'UNKNOWN') metrics.unknown.inc();
    if (step && isFinal(step.to)) countFinished(metrics, step);
  }
}

function isOptedOut({ error }: PartReport): boolean {
  return error?.code === 'OPTED_OUT_AT_CARRIER';
}

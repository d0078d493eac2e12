import type { Carrier, MediaLimits, SubmittedFile } from '../carriers/carrier.ts';
import { persist } from '../db/batching/persist.ts';
import type { Db } from '../db/db.ts';
import type { Prepared } from '../media/deliverables.ts';
import { type LoadedOutgoing, loadOutgoing, type Outgoing, partStates } from '../messages/lifecycle/messages.ts';
import { countFinished, type MessageMetrics } from '../messages/lifecycle/metrics.ts';
import { isFinal, type PartState } from '../messages/lifecycle/status.ts';
import type { PartReport, Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { MessageError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Claimed } from '../queue/claim.ts';
import type { Job, OutboundQueue } from '../queue/job.ts';
import type { QueueMetrics } from '../queue/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueShare } from '../queue/share.ts';
import { allOf, Worker } from '../queue/worker.ts';
import { type Decision, EXPIRED, type Fact, SENDER_UNAVAILABLE } from './decide.ts';
import { Expiry, VALIDITY_MS } from './expiry.ts';
import type { InFlight } from './in-flight.ts';
import type { OutboundMetrics } from './metrics.ts';
import { RecipientOrder, type RecipientTicket } from './order.ts';
import type { Paces, Sender } from './pace.ts';
import { partsLeft, type Split, splitOf } from './parts.ts';
import { createRecord, type Outcome, type Recorded } from './record.ts';
import { Submitter } from './submitter.ts';

const POLL_MS = 250;
/**
 * Maximum number of messages of this process that wait for the pace of their number or campaign. Each waits only
 * briefly.
 */
const MOST_PACED = 256;

export interface OutboundParts {
  db: Db;
  queue: Queue;
  transitions: Transitions;
  clock: Clock;
  log: Log;
  metrics: OutboundMetrics & MessageMetrics & QueueMetrics;
  /** Queue of the messages for this carrier. */
  name: OutboundQueue;
  carrier: Pick<Carrier, 'name' | 'capacity' | 'submit' | 'longMessages' | 'wantsUcs2' | 'rest' | 'media'>;
  inFlight: InFlight;
  /** Paces per number and campaign. Absent: only the carrier limits the rate. */
  paces?: Paces | undefined;
  /** @returns the campaign of a number, or null when it is unknown. */
  campaignOf(numberId: string): Promise<string | null>;
  /** @returns why the message may not be submitted, as of now. */
  obstacle(message: Outgoing): Promise<MessageError | undefined>;
  /** Prepares the media of a message for the carrier. Returns within a moment. */
  prepare(apiClientId: string, media: NonNullable<Outgoing['media']>, limits: MediaLimits): Promise<Prepared>;
  /** Whether the API client may send through this process's carriers. Otherwise messages of the client fail. */
  maySend(apiClientId: string): boolean;
  outcomeDeadlineSeconds: number;
  /** Limits the messages that begin while requests have priority. */
  share?: QueueShare | undefined;
  /** Called after segments were recorded, to apply their parked receipts. */
  onRecorded(reports: readonly PartReport[]): Promise<void>;
  /** Records that the recipient of a message has opted out at the carrier. */
  onOptedOut(message: Outgoing): Promise<void>;
  pollMs?: number;
  expireEveryMs?: number;
}

/** Runs outbound jobs: load → still wanted? → route → submit → record. */
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
  readonly #submitter: Submitter;

  constructor(parts: OutboundParts) {
    const { db, queue, log, paces, share, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#record = createRecord(parts);
    this.#submitter = new Submitter(parts);
    parts.inFlight.onFreed(() => this.look());
    this.#worker = new Worker({
      db,
      queue,
      log,
      name: parts.name,
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
      ...{ queue, log, clock: parts.clock, name: parts.name },
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
    await allOf(claimed.map(carryOut));
  }

  /** @param release frees the carrier's capacity for another message while this one is being recorded. */
  async #submitAndRecord(job: Job, message: LoadedOutgoing, release: () => void): Promise<void> {
    const outcome = await this.#inOrder(job, message).finally(release);
    // Suspends direct dispatch while a message returns to the queue, so that no later message overtakes it.
    if (outcome.retry) this.#worker.overflow();
    const recorded = await this.#parts.inFlight.settles(persist(() => this.#record(outcome), this.#stopping.signal));
    // Repeated after the commit, because a claim in the meantime may have missed the job.
    if (outcome.retry) this.#worker.overflow();
    this.#count(recorded, job);
    if (!recorded.held || outcome.reports.length === 0) return;
    if (message.id !== null && outcome.reports.some(isOptedOut)) await this.#optedOut(message);
    // A failure here is harmless, because the periodic sweep applies the receipts later.
    await this.#parts.onRecorded(outcome.reports).catch((error) => {
      this.#parts.log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
    });
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
      return await this.#outcomeOf(job, message, place);
    } finally {
      place.leave();
    }
  }

  async #outcomeOf(job: Job, message: LoadedOutgoing, place: RecipientTicket): Promise<Outcome> {
    const { clock, queue } = this.#parts;
    const lane = message.id === null ? NOBODY : { client: message.apiClientId, lane: message.numberId };
    const nothing: Outcome = {
      job,
      lane,
      reports: [],
      failure: undefined,
      retry: undefined,
      outcomeDeadline: undefined,
    };
    if (message.id === null || isFinal(message.status)) return nothing;
    const states = await this.#states(job, message);
    const split = splitOf(message, states.size > 0, this.#parts.carrier);
    if (job.interrupted && message.guarantee === 'AT_MOST_ONCE') return this.#unknown(nothing, message, split, states);
    if (states.size === 0 && !this.#parts.maySend(message.apiClientId)) {
      return { ...nothing, failure: { messageId: message.id, error: SENDER_UNAVAILABLE } };
    }
    if (clock.now() - message.createdAt.getTime() > VALIDITY_MS) return this.#expired(nothing, message, states);
    // The lease has ended, so another process may have the job. Otherwise the next claim takes it.
    if (!queue.holds(job)) return { ...nothing, retry: this.#givenBack(job, message) };
    return this.#handOver(nothing, job, message, split, states, place);
  }

  /**
   * States of the segments, read after the claim instead of with it. A claim may return a job that was just returned to
   * the queue, together with segments of an older state.
   */
  #states(job: Job, { id, parts }: Outgoing): Promise<Map<number, PartState>> {
    if (parts === 1 && job.attempt === 1 && !job.interrupted) return Promise.resolve(new Map());
    return persist(() => partStates(this.#parts.db, id), this.#stopping.signal);
  }

  /**
   * Submits the segments one after the other. A message thus uses one unit of the carrier's capacity, its segments go
   * in order, and none follows a rejected one.
   */
  async #handOver(
    nothing: Outcome,
    job: Job,
    message: Outgoing,
    split: Split,
    states: Map<number, PartState>,
    place: RecipientTicket,
  ): Promise<Outcome> {
    const { carrier, queue } = this.#parts;
    const media = await this.#media(message);
    if (media.state === 'failed') return { ...nothing, failure: { messageId: message.id, error: media.error } };
    if (media.state === 'waiting') return { ...nothing, retry: { runAt: new Date(media.until), counts: false } };
    // Runs before the check of the lease, because no wait may come between that check and the submit.
    const campaignId = await persist(() => this.#parts.campaignOf(message.numberId), this.#stopping.signal);
    const reports: PartReport[] = [];
    let retry: Outcome['retry'];
    await place.turn('pace');
    const parts = partsLeft(message, split, states);
    const shared = { split, campaignId, media: media.files };
    for (const part of parts) {
      const pacing = this.#paced({ ...message, campaignId }, split.segmentsEach);
      place.pass('pace');
      const mayGo = await pacing;
      await place.turn('submit');
      // A message that was partly submitted is completed, because a handset cannot show an incomplete one.
      const begun = states.size + reports.length > 0;
      const obstacle = mayGo && !begun ? await this.#obstacle(message) : undefined;
      if (obstacle) return { ...nothing, failure: { messageId: message.id, error: obstacle } };
      // Also after a stop during the wait. A message that waits for its pace returns to the queue unchanged.
      if (!mayGo || !queue.holds(job)) {
        retry = this.#givenBack(job, message);
        break;
      }
      const submitting = this.#submitter.submit(job, message, shared, part);
      if (part === parts.at(-1)) place.pass('submit');
      const decision = await submitting;
      if (decision.report) reports.push(reportOf(message, split, part, carrier.name, decision.report));
      if (decision.kind === 'retry') retry = this.#later(decision, job, message);
      if (retry || decision.report?.state === 'FAILED') break;
    }
    return { ...nothing, reports, retry, outcomeDeadline: retry ? undefined : this.#deadline(reports, states) };
  }

  /** Media in the form for the carrier. An SMS has none, and a carrier without MMS rejects the message itself. */
  async #media({
    apiClientId,
    media,
  }: Outgoing): Promise<Prepared | { state: 'ready'; files: SubmittedFile[] | null }> {
    const { carrier, prepare } = this.#parts;
    if (media === null || !carrier.media) return { state: 'ready', files: null };
    const limits = carrier.media;
    return persist(() => prepare(apiClientId, media, limits), this.#stopping.signal);
  }

  #obstacle(message: Outgoing): Promise<MessageError | undefined> {
    return persist(() => this.#parts.obstacle(message), this.#stopping.signal);
  }

  #later({ afterMs, counts, report }: Extract<Decision, { kind: 'retry' }>, job: Job, message: Outgoing): Retry {
    // A submit that was throttled by the loss of its link keeps its place, because the result is unrelated to the
    // message.
    const keepsItsPlace = this.#ending.signal.aborted || (afterMs === 0 && !counts);
    if (keepsItsPlace && !report) return this.#givenBack(job, message);
    return { runAt: new Date(this.#parts.clock.now() + afterMs), counts };
  }

  /** Returns the job unchanged and to its place, so that later messages do not overtake it. */
  #givenBack(job: Job, { createdAt }: Outgoing): Retry {
    return { runAt: job.attempt === 1 ? createdAt : new Date(this.#parts.clock.now()), counts: false };
  }

  /** @returns false when a stop came before all `segments` were admitted. */
  async #paced(sender: Sender, segments: number): Promise<boolean> {
    const { paces } = this.#parts;
    for (let i = 0; paces && i < segments; i += 1) {
      if (!(await paces.turn(sender, this.#ending.signal))) return false;
    }
    return true;
  }

  /**
   * Marks segments that an interrupted job may have submitted as unknown, because the outcome of that job was not
   * recorded.
   */
  #unknown(nothing: Outcome, message: Outgoing, split: Split, states: Map<number, PartState>): Outcome {
    const { carrier, log } = this.#parts;
    const fact = { state: 'UNKNOWN', carrierRef: null, error: null } as const;
    const reports = partsLeft(message, split, states).map((part) => reportOf(message, split, part, carrier.name, fact));
    log.warn({
      event: 'submit',
      carrier: carrier.name,
      messageId: message.id,
      outcome: 'unknown',
      reason: 'interrupted',
    });
    return { ...nothing, reports, outcomeDeadline: this.#deadline(reports, states) };
  }

  /** Expires a message. Segments that may have been submitted, and have no receipt yet, wait for their deadline. */
  #expired(nothing: Outcome, message: Outgoing, states: Map<number, PartState>): Outcome {
    if (![...states.values()].includes('UNKNOWN')) {
      return { ...nothing, failure: { messageId: message.id, error: EXPIRED } };
    }
    return { ...nothing, outcomeDeadline: this.#deadline([], states) };
  }

  /** @returns when to fail segments that are unknown after this attempt, from this one or an earlier one. */
  #deadline(reports: PartReport[], states: Map<number, PartState>): Date | undefined {
    const now = new Map(states);
    for (const { part, state } of reports) now.set(part, state);
    if (![...now.values()].includes('UNKNOWN')) return undefined;
    return new Date(this.#parts.clock.now() + this.#parts.outcomeDeadlineSeconds * 1000);
  }

  #count({ held, step }: Recorded, job: Job): void {
    const { metrics, log } = this.#parts;
    if (!held) {
      metrics.fenced.inc({ queue: 'outbound' });
      log.warn({ event: 'outcome_fenced', messageId: job.subject, attempt: job.attempt });
    }
    if (step?.to === 'UNKNOWN') metrics.unknown.inc();
    if (step && isFinal(step.to)) countFinished(metrics, step);
  }
}

type Retry = NonNullable<Outcome['retry']>;

function isOptedOut({ error }: PartReport): boolean {
  return error?.code === 'OPTED_OUT_AT_CARRIER';
}

/** Lane of a job whose message no longer exists. */
const NOBODY = { client: '', lane: '' };

function reportOf({ id }: Outgoing, { texts }: Split, part: number, carrier: string, fact: Fact): PartReport {
  return { messageId: id, part, parts: texts.length, carrier, ...fact };
}

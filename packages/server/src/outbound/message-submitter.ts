import type { MediaCapabilities } from '../carriers/capabilities.ts';
import type { Carrier, MediaLimits, SubmittedFile } from '../carriers/carrier.ts';
import { persist } from '../db/batching/persist.ts';
import type { Db } from '../db/db.ts';
import type { Prepared } from '../media/deliverables.ts';
import type { EndedAttempt } from '../messages/attempts/attempts.ts';
import { CANCELED } from '../messages/cancel/error.ts';
import { type LoadedOutgoing, type Outgoing, partStates } from '../messages/lifecycle/messages.ts';
import { isFinal, type PartState } from '../messages/lifecycle/status.ts';
import type { PartReport } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { MessageError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { senderTypeOf } from '../platform/phone-numbers.ts';
import { SENDER_UNAVAILABLE } from '../policies/admission.ts';
import type { Job, OutboundQueue } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { type Decision, decide, EXPIRED, UNKNOWN } from './decide.ts';
import type { InFlight } from './in-flight.ts';
import { FIRST_LOOK_UP_MS } from './lookups.ts';
import type { OutboundMetrics } from './metrics.ts';
import type { RecipientTicket } from './order.ts';
import type { Paces, Sender } from './pace.ts';
import { partsLeft, type Split, splitOf } from './parts.ts';
import type { Outcome } from './record.ts';
import { SegmentSubmitter, type SegmentSubmitterParts } from './segment-submitter.ts';

export interface MessageSubmitterParts extends Pick<SegmentSubmitterParts, 'journal'> {
  db: Db;
  queue: Queue;
  clock: Clock;
  log: Log;
  metrics: OutboundMetrics;
  carrier: Pick<Carrier, 'name' | 'submit' | 'longMessages' | 'wantsUcs2' | 'canLookUp'> & {
    /** Undefined: no MMS. */
    readonly media?: MediaCapabilities | undefined;
  };
  inFlight: InFlight;
  /** Paces per number and campaign. Absent: only the carrier limits the rate. */
  paces?: Paces | undefined;
  /** @returns the campaign of a number, or null when it is unknown. */
  campaignOf(numberId: string): Promise<string | null>;
  /** @returns why the message may not be submitted, as of now. */
  obstacle(message: Outgoing): Promise<MessageError | undefined>;
  /** Time from which quiet hours permit the message, in milliseconds since the epoch. Undefined: now. */
  quietUntil(message: Outgoing): Promise<number | undefined>;
  /** Whether the API client has canceled the message. */
  isCanceled(messageId: string): boolean;
  /** Prepares the media of a message for the carrier. Returns within a moment. */
  prepare(apiClientId: string, media: NonNullable<Outgoing['media']>, limits: MediaLimits): Promise<Prepared>;
  /** Other carrier for a message that this one does not accept now. Undefined: the message waits for this carrier. */
  elsewhere(message: Outgoing, refusal: Refusal): Promise<Elsewhere | undefined>;
  /** Whether the carrier has reported the acceptance of a submit before its response was recorded. */
  isAccepted(submit: { messageId: string; part: number; attempt: number }): Promise<boolean>;
  /** Whether the API client may send through this process's carriers. Otherwise messages of the client fail. */
  maySend(apiClientId: string): boolean;
  outcomeDeadlineSeconds: number;
}

/** Attempts of a message that this carrier or others have refused. */
export interface Refusal {
  /** Whether this carrier has refused the message for a reason that other carriers need not share. */
  isRefused: boolean;
  /** Whether the message had earlier attempts. */
  hasEarlier: boolean;
}

/** Queue of another carrier, with the reason for the change. */
export interface Elsewhere {
  carrier: string;
  queue: OutboundQueue;
  reason: string;
}

/** Signals of a stop. */
export interface Stop {
  /** Aborted when no more work may begin. */
  ending: AbortSignal;
  /** Aborted when all waits must end. */
  stopping: AbortSignal;
}

/** Carries out the job of one message: decides whether to submit, submits its segments, and returns the outcome. */
export class MessageSubmitter {
  readonly #parts: MessageSubmitterParts;
  readonly #stop: Stop;
  readonly #segments: SegmentSubmitter;

  constructor(parts: MessageSubmitterParts, stop: Stop) {
    this.#parts = parts;
    this.#stop = stop;
    this.#segments = new SegmentSubmitter(parts);
  }

  /** @param place place among the messages to the same recipient. */
  async outcomeOf(job: Job, message: LoadedOutgoing, place: RecipientTicket): Promise<Outcome> {
    const outcome = await this.#doubted(await this.#carryOut(job, message, place));
    // With AT_LEAST_ONCE, a listed message may belong to any of the attempts.
    const isOnce = message.id !== null && message.guarantee === 'AT_MOST_ONCE';
    const isUnknown = isOnce && outcome.reports.some(({ state }) => state === 'UNKNOWN');
    if (!isUnknown || !this.#parts.carrier.canLookUp) return outcome;
    return { ...outcome, lookUpAt: new Date(this.#parts.clock.now() + FIRST_LOOK_UP_MS) };
  }

  /**
   * A refusal does not count if the carrier has reported the acceptance of the same submit. The outcome is then unknown, and the
   * report decides.
   */
  async #doubted(outcome: Outcome): Promise<Outcome> {
    const refused = outcome.reports.find(({ state }) => state === 'FAILED');
    const { messageId, part, attempt } = refused ?? {};
    if (messageId === undefined || part === undefined || attempt === undefined) return outcome;
    const isAccepted = await persist(() => this.#parts.isAccepted({ messageId, part, attempt }), this.#stop.stopping);
    if (!isAccepted) return outcome;
    const reports = outcome.reports.map((report) => (report === refused ? { ...report, ...UNKNOWN } : report));
    return { ...outcome, reports, outcomeDeadline: this.#deadline(reports, new Map()) };
  }

  async #carryOut(job: Job, message: LoadedOutgoing, place: RecipientTicket): Promise<Outcome> {
    const { clock, queue } = this.#parts;
    const lane = message.id === null ? NO_LANE : { client: message.apiClientId, lane: message.numberId };
    const nothing: Outcome = {
      job,
      lane,
      reports: [],
      attempts: [],
      failure: undefined,
      retry: undefined,
      outcomeDeadline: undefined,
    };
    if (message.id === null || isFinal(message.status)) return nothing;
    const states = await this.#states(job, message);
    const split = splitOf(message, states.size > 0, this.#parts.carrier);
    if (job.interrupted) return this.#interrupted(nothing, job, message, split, states);
    if (states.size === 0 && !this.#parts.maySend(message.apiClientId)) {
      return { ...nothing, failure: { messageId: message.id, error: SENDER_UNAVAILABLE } };
    }
    if (clock.now() >= message.expiresAt.getTime()) return this.#expired(nothing, message, states);
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
    return persist(() => partStates(this.#parts.db, id), this.#stop.stopping);
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
    const campaignId = await persist(() => this.#parts.campaignOf(message.numberId), this.#stop.stopping);
    const reports: PartReport[] = [];
    const attempts: EndedAttempt[] = [];
    let retry: Outcome['retry'];
    let hasLeft = false;
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
      const quietUntil = mayGo && !begun ? await this.#quietUntil(message) : undefined;
      if (quietUntil !== undefined) return { ...nothing, retry: { runAt: new Date(quietUntil), counts: false } };
      // No wait may come between this check and the submit.
      if (!begun && this.#parts.isCanceled(message.id)) {
        return { ...nothing, failure: { messageId: message.id, error: CANCELED } };
      }
      // Also after a stop during the wait. A message that waits for its pace returns to the queue unchanged.
      if (!mayGo || !queue.holds(job)) {
        retry = this.#givenBack(job, message);
        break;
      }
      const submitting = this.#segments.submit(job, message, shared, part);
      if (part === parts.at(-1)) place.pass('submit');
      const decision = await submitting;
      // The journal keeps the number of this attempt, also if the carrier did not accept a later segment.
      hasLeft ||= begun;
      const name = { messageId: message.id, part, attempt: job.attempt, carrier: carrier.name };
      const rerouted = begun ? undefined : await this.#reroute(decision, job, message);
      if (rerouted)
        return { ...nothing, ...rerouted, attempts: rerouted.ended ? [{ ...name, ...rerouted.ended }] : [] };
      if (decision.report) reports.push({ ...name, parts: split.texts.length, ...decision.report });
      if (decision.kind === 'retry') {
        retry = this.#later(decision, job, message);
        if (decision.ended) attempts.push({ ...name, ...decision.ended });
      }
      if (retry || decision.report?.state === 'FAILED') break;
    }
    return {
      ...nothing,
      reports,
      attempts,
      retry: retry && (hasLeft || reports.length > 0) ? partlySubmitted(retry) : retry,
      outcomeDeadline: retry ? undefined : this.#deadline(reports, states),
    };
  }

  /**
   * Finds another carrier for a message that provably was not accepted. @returns the changed part of the outcome, or undefined.
   */
  async #reroute(decision: Decision, job: Job, message: Outgoing) {
    const isRefused = decision.kind === 'record';
    const ended = isRefused ? decision.elsewhere : decision.ended;
    if (isRefused && !ended) return undefined;
    // With AT_LEAST_ONCE, an unknown submit is repeated by the same carrier.
    if (decision.report?.state === 'UNKNOWN' || this.#stop.ending.aborted) return undefined;
    const refusal = { isRefused, hasEarlier: job.attempt > 1 };
    const elsewhere = await persist(() => this.#parts.elsewhere(message, refusal), this.#stop.stopping);
    if (!elsewhere) return undefined;
    const { queue, ...route } = elsewhere;
    const counts = ended !== undefined;
    const runAt = message.createdAt;
    return { ended, route, retry: { runAt, counts, excuses: counts, queue } };
  }

  /** Media in the form for the carrier. Null for an SMS. A carrier without MMS rejects the message itself. */
  async #media({
    apiClientId,
    from,
    media,
  }: Outgoing): Promise<Prepared | { state: 'ready'; files: SubmittedFile[] | null }> {
    const { carrier, prepare } = this.#parts;
    if (media === null || !carrier.media) return { state: 'ready', files: null };
    const limits = carrier.media.limits(senderTypeOf(from));
    return persist(() => prepare(apiClientId, media, limits), this.#stop.stopping);
  }

  #obstacle(message: Outgoing): Promise<MessageError | undefined> {
    return persist(() => this.#parts.obstacle(message), this.#stop.stopping);
  }

  #quietUntil(message: Outgoing): Promise<number | undefined> | undefined {
    return message.quietZone === null ? undefined : persist(() => this.#parts.quietUntil(message), this.#stop.stopping);
  }

  #later({ afterMs, isExcused, report, ended }: Again, job: Job, message: Outgoing): Retry {
    // A submit that was throttled by the loss of its link keeps its place, because the result is unrelated to the
    // message.
    const keepsItsPlace = this.#stop.ending.aborted || (afterMs === 0 && isExcused);
    const isGivenBack = keepsItsPlace && !report;
    // A submit that left has a number of its own, so that a late report of the carrier is not about the next attempt.
    const counts = isGivenBack ? ended?.proof === 'REFUSED' : ended !== undefined;
    const use = { counts, excuses: counts && isExcused };
    if (isGivenBack) return { ...this.#givenBack(job, message), ...use };
    return { runAt: new Date(this.#parts.clock.now() + afterMs), ...use };
  }

  /** Returns the job unchanged and to its place, so that later messages do not overtake it. */
  #givenBack(job: Job, { createdAt }: Outgoing): Retry {
    return { runAt: job.attempt === 1 ? createdAt : new Date(this.#parts.clock.now()), counts: false };
  }

  /** @returns false when a stop came before all `segments` were admitted. */
  async #paced(sender: Sender, segments: number): Promise<boolean> {
    const { paces } = this.#parts;
    for (let i = 0; paces && i < segments; i += 1) {
      if (!(await paces.turn(sender, this.#stop.ending))) return false;
    }
    return true;
  }

  /**
   * Records that segments may have been submitted by an interrupted job, whose outcome was not recorded. The attempt
   * remains unknown under its own carrier. With AT_LEAST_ONCE, a later claim makes another attempt.
   */
  #interrupted(nothing: Outcome, job: Job, message: Outgoing, split: Split, states: Map<number, PartState>): Outcome {
    const { log, clock } = this.#parts;
    const { attempt } = job;
    const { id: messageId, guarantee } = message;
    const carrier = job.previousCarrier ?? this.#parts.carrier.name;
    log.warn({ event: 'submit', carrier, messageId, attempt, outcome: 'unknown', reason: INTERRUPTED });
    const names = partsLeft(message, split, states).map((part) => ({ messageId, part, attempt, carrier }));
    const reports = names.map((name) => ({ ...name, parts: split.texts.length, ...UNKNOWN }));
    const decision = decide({ outcome: 'unknown', reason: INTERRUPTED }, attempt - job.excused, guarantee);
    if (decision.kind !== 'retry') return { ...nothing, reports, outcomeDeadline: this.#deadline(reports, states) };
    const { afterMs, ended } = decision;
    const attempts = ended ? names.map((name) => ({ ...name, ...ended })) : [];
    return { ...nothing, reports, attempts, retry: { runAt: new Date(clock.now() + afterMs), counts: true } };
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
}

const INTERRUPTED = 'the process ended before the result was recorded';

type Again = Extract<Decision, { kind: 'retry' }>;
type Retry = NonNullable<Outcome['retry']>;

/** An attempt in which a segment may have left took place, so that the next one has another number. */
function partlySubmitted(retry: Retry): Retry {
  return retry.counts ? retry : { ...retry, counts: true, excuses: true };
}

/** Lane of a job whose message no longer exists. */
const NO_LANE = { client: '', lane: '' };

import type { Carrier, SubmitResult } from '../carriers/carrier.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { persist } from '../db/persist.ts';
import type { Log } from '../log.ts';
import { type LoadedOutgoing, loadOutgoing, type Outgoing, partStates } from '../messages/messages.ts';
import { OPTED_OUT, reachesOptedOut } from '../messages/purpose.ts';
import { isFinal, type PartState } from '../messages/status.ts';
import type { PartReport, Transitions } from '../messages/transition.ts';
import { countFinished, type Metrics } from '../metrics.ts';
import type { Claimed } from '../queue/claim.ts';
import type { Job } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueShare } from '../queue/share.ts';
import { allOf, Worker } from '../queue/worker.ts';
import { type Decision, decide, EXPIRED, type Fact, SENDER_UNAVAILABLE } from './decide.ts';
import { Expiry, VALIDITY_MS } from './expiry.ts';
import type { Paces, Sender } from './pace.ts';
import { partsLeft, type Split, splitOf } from './parts.ts';
import { createRecord, type Outcome, type Recorded } from './record.ts';

const POLL_MS = 250;
/** Messages that may wait for their number's or campaign's pace in this process, each for a moment. */
const MOST_PACED = 256;
/** Answers and receipts that are not recorded yet; beyond that no more is handed over, or they would come later and later. */
const MOST_UNSETTLED = 512;
const LATIN1 = /^[\0-\u00ff]*$/;

export interface OutboundParts {
  db: Db;
  queue: Queue;
  transitions: Transitions;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  carrier: Pick<Carrier, 'name' | 'capacity' | 'submit' | 'longMessages' | 'wantsUcs2' | 'rest'>;
  /** What the carrier takes of one number and of one campaign; absent: as much as it takes. */
  paces?: Paces | undefined;
  /** Under which campaign a number sends; null: none that is known. */
  campaignOf(numberId: string): Promise<string | null>;
  /** Whether the recipient wants no more messages from the number, as of now. */
  optedOut(message: Outgoing): Promise<boolean>;
  /** Whether the API client may send through this process's carriers. Its messages fail otherwise. */
  maySend(apiClientId: string): boolean;
  outcomeDeadlineSeconds: number;
  /** Limits the messages that begin while requests have priority. */
  share?: QueueShare | undefined;
  /** Called after parts were recorded: receipts that came before may be waiting for them. */
  onRecorded(reports: readonly PartReport[]): Promise<void>;
  pollMs?: number;
  expireEveryMs?: number;
}

/** From job to carrier: load → still wanted? → route → submit → record. */
export class Outbound {
  readonly #parts: OutboundParts;
  readonly #record: (outcome: Outcome) => Promise<Recorded>;
  readonly #worker: Worker<LoadedOutgoing>;
  readonly #expiry: Expiry<LoadedOutgoing>;
  /** No more is begun. */
  readonly #ending = new AbortController();
  /** Nothing is waited for any longer. */
  readonly #stopping = new AbortController();
  #submitting = 0;
  /** One promise for each message between its claim and its record. */
  readonly #underWay = new Set<Promise<void>>();
  #unsettled = 0;

  constructor(parts: OutboundParts) {
    const { db, queue, log, paces, share, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#record = createRecord(parts);
    this.#worker = new Worker({
      db,
      queue,
      log,
      name: 'outbound',
      slots: () => this.#slots(),
      load: loadOutgoing(db),
      // Nobody comes straight past those who wait for their pace.
      direct: !paces,
      allowance: paces && (() => paces.allowance()),
      share,
      pollMs,
      handle: (claimed, release) => this.#handle(claimed, release),
    });
    this.#expiry = new Expiry({
      ...{ queue, log, clock: parts.clock },
      load: loadOutgoing(db),
      ...(parts.expireEveryMs ? { everyMs: parts.expireEveryMs } : {}),
      handle: (claimed) => this.#handle(claimed, () => undefined),
    });
  }

  start(): void {
    this.#worker.start();
    this.#expiry.start();
  }

  /** Whether it is the carrier that what waits is waiting for, and not this process. */
  waitsForCarrier(): boolean {
    const { carrier, paces } = this.#parts;
    return paces !== undefined || this.#submitting >= carrier.capacity() / 2;
  }

  /** Counts what came back from a carrier until it is recorded: it goes before what is still to be handed over. */
  async settles<T>(recording: Promise<T>): Promise<T> {
    this.#unsettled += 1;
    try {
      return await recording;
    } finally {
      this.#unsettled -= 1;
      if (this.#unsettled === MOST_UNSETTLED) this.look();
    }
  }

  #slots(): number {
    const { carrier, paces } = this.#parts;
    const capacity = carrier.capacity();
    if (capacity === 0) return 0;
    // What waits for its pace takes no place with the carrier.
    const room = capacity + Math.min(MOST_PACED, paces?.waiting ?? 0);
    return Math.max(0, room - Math.max(0, this.#unsettled - MOST_UNSETTLED));
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  /** Claims no more; what is under way is recorded. `signal` ends the patience with a store that is out of reach. */
  async stop(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    this.#ending.abort();
    this.#parts.carrier.rest?.();
    await Promise.all([this.#worker.stop(signal), this.#expiry.stop()]);
  }

  async #handle(claimed: Claimed<LoadedOutgoing>[], release: (count: number) => void): Promise<void> {
    await allOf(claimed.map(({ job, loaded }) => this.#carryOut(job, loaded, () => release(1))));
  }

  /** Messages that are being submitted or recorded. */
  get inFlight(): number {
    return this.#underWay.size;
  }

  /** Resolves when the messages that are in flight now are recorded. */
  settled(): Promise<unknown> {
    return Promise.all(this.#underWay);
  }

  async #carryOut(job: Job, message: LoadedOutgoing, release: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.add(promise);
    try {
      await this.#submitAndRecord(job, message, release);
    } finally {
      this.#underWay.delete(promise);
      resolve();
    }
  }

  /** @param release what it has with the carrier is free for another while this is being recorded. */
  async #submitAndRecord(job: Job, message: LoadedOutgoing, release: () => void): Promise<void> {
    const outcome = await this.#outcomeOf(job, message).finally(release);
    // Later messages must not begin directly before one that returns to its place: neither while that is being recorded …
    if (outcome.retry) this.#worker.overflow();
    const recorded = await this.settles(persist(() => this.#record(outcome), this.#stopping.signal));
    // … nor because a claim did not see it.
    if (outcome.retry) this.#worker.overflow();
    this.#count(recorded, job);
    if (!recorded.held || outcome.reports.length === 0) return;
    // A sweep stands behind it.
    await this.#parts.onRecorded(outcome.reports).catch((error) => {
      this.#parts.log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
    });
  }

  async #outcomeOf(job: Job, message: LoadedOutgoing): Promise<Outcome> {
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
    // Perhaps somebody else's by now; if not, it is for whoever claims it next.
    if (!queue.holds(job)) return { ...nothing, retry: this.#givenBack(job, message) };
    return this.#handOver(nothing, job, message, split, states);
  }

  /**
   * The parts' states, read anew after the claim, not along with it: a claim may see a job that was given back just now,
   * and beside it the parts as they were before.
   */
  #states(job: Job, { id, parts }: Outgoing): Promise<Map<number, PartState>> {
    if (parts === 1 && job.attempt === 1 && !job.interrupted) return Promise.resolve(new Map());
    return persist(() => partStates(this.#parts.db, id), this.#stopping.signal);
  }

  /** One part after the other: so a message takes one place with the carrier, its parts go in order, and none follows one
   * that was refused. */
  async #handOver(
    nothing: Outcome,
    job: Job,
    message: Outgoing,
    split: Split,
    states: Map<number, PartState>,
  ): Promise<Outcome> {
    const { carrier, queue } = this.#parts;
    // Before the look whether the job is still held: nothing must be waited for between that and the submit.
    const campaignId = await persist(() => this.#parts.campaignOf(message.numberId), this.#stopping.signal);
    const reports: PartReport[] = [];
    let retry: Outcome['retry'];
    for (const part of partsLeft(message, split, states)) {
      const mayGo = await this.#paced({ ...message, campaignId }, split.segmentsEach);
      // Of what is partly with the carrier the rest goes too: a piece of a message helps nobody.
      const begun = states.size + reports.length > 0;
      if (mayGo && !begun && (await this.#optedOut(message))) {
        return { ...nothing, failure: { messageId: message.id, error: OPTED_OUT } };
      }
      // Also when it stopped meanwhile: what waits for its pace is given back as it was.
      if (!mayGo || !queue.holds(job)) {
        retry = this.#givenBack(job, message);
        break;
      }
      const decision = await this.#submit(job, message, split, part, campaignId);
      if (decision.report) reports.push(reportOf(message, split, part, carrier.name, decision.report));
      if (decision.kind === 'retry') retry = this.#later(decision, job, message);
      if (retry || decision.report?.state === 'FAILED') break;
    }
    return { ...nothing, reports, retry, outcomeDeadline: retry ? undefined : this.#deadline(reports, states) };
  }

  /** Whoever opted out after the accept must not get what was waiting then. */
  async #optedOut(message: Outgoing): Promise<boolean> {
    if (reachesOptedOut(message.purpose)) return false;
    return persist(() => this.#parts.optedOut(message), this.#stopping.signal);
  }

  #later({ afterMs, counts, report }: Extract<Decision, { kind: 'retry' }>, job: Job, message: Outgoing): Retry {
    // A link that was lost while it was throttled says nothing about the message.
    const keepsItsPlace = this.#ending.signal.aborted || (afterMs === 0 && !counts);
    if (keepsItsPlace && !report) return this.#givenBack(job, message);
    return { runAt: new Date(this.#parts.clock.now() + afterMs), counts };
  }

  /** As it was, and where it was: what came after it must not overtake it. */
  #givenBack(job: Job, { createdAt }: Outgoing): Retry {
    return { runAt: job.attempt === 1 ? createdAt : new Date(this.#parts.clock.now()), counts: false };
  }

  /** @returns false when it stopped before so many segments might go. */
  async #paced(sender: Sender, segments: number): Promise<boolean> {
    const { paces } = this.#parts;
    for (let i = 0; paces && i < segments; i += 1) {
      if (!(await paces.turn(sender, this.#ending.signal))) return false;
    }
    return true;
  }

  async #submit(
    job: Job,
    message: Outgoing,
    { encoding, texts, segmentsEach: segments }: Split,
    part: number,
    campaignId: string | null,
  ): Promise<Decision> {
    const { carrier, log, metrics, clock, queue } = this.#parts;
    const { id, from, to, messageType, media } = message;
    const text = texts[part - 1] ?? null;
    const parts = texts.length;
    const reference = `${id}/${part}`;
    const latin1 = message.text !== null && LATIN1.test(message.text);
    const whole = { reference, from, to, messageType, encoding, latin1, campaignId, media };
    const submission = { ...whole, text, segments, part, parts };
    const startedAt = clock.now();
    this.#submitting += 1;
    const result = await carrier
      .submit(submission, () => queue.holds(job))
      .finally(() => {
        this.#submitting -= 1;
      });
    const ms = clock.now() - startedAt;
    metrics.submits.inc({ carrier: carrier.name, outcome: result.outcome });
    metrics.submitSeconds.observe({ carrier: carrier.name }, ms / 1000);
    log.info({
      event: 'submit',
      carrier: carrier.name,
      messageId: id,
      apiClientId: message.apiClientId,
      part,
      parts,
      attempt: job.attempt,
      ms,
      ...told(result),
    });
    return decide(result, job.attempt, message.guarantee);
  }

  /** Whoever held the job before may have handed these parts over, and can't be asked. */
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

  /** Too late to be handed over. Parts that may have been, and have no receipt yet, still have until their deadline. */
  #expired(nothing: Outcome, message: Outgoing, states: Map<number, PartState>): Outcome {
    if (![...states.values()].includes('UNKNOWN')) {
      return { ...nothing, failure: { messageId: message.id, error: EXPIRED } };
    }
    return { ...nothing, outcomeDeadline: this.#deadline([], states) };
  }

  /** When to give up what is unknown after this attempt, of an earlier one or of this. */
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

/** A job whose message is gone. */
const NOBODY = { client: '', lane: '' };

function reportOf({ id }: Outgoing, { texts }: Split, part: number, carrier: string, fact: Fact): PartReport {
  return { messageId: id, part, parts: texts.length, carrier, ...fact };
}

/** What the log says of an answer. */
function told(result: SubmitResult) {
  const { outcome, ...rest } = result;
  return { outcome, ...rest };
}

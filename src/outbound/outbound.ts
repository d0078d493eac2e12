import type { Carrier, SubmitResult } from '../carriers/carrier.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { persist } from '../db/persist.ts';
import type { Log } from '../log.ts';
import { type LoadedOutgoing, OUTGOING, type Outgoing, partsDone } from '../messages/messages.ts';
import { segment } from '../messages/segments.ts';
import { isFinal } from '../messages/status.ts';
import type { PartReport } from '../messages/transition.ts';
import type { Metrics } from '../metrics.ts';
import type { Claimed, Job, Queue } from '../queue/queue.ts';
import { Worker } from '../queue/worker.ts';
import { type Decision, decide, EXPIRED } from './decide.ts';
import { createRecord, type Outcome, type Recorded } from './record.ts';

/** Longer than any submit takes; shorter than anybody would wait for a crashed process. */
const LEASE_MS = 30_000;
const POLL_MS = 250;
/** After this a message that no carrier could be given is reported as failed: it would surprise whoever got it. */
const VALIDITY_MS = 24 * 3_600_000;

export interface OutboundParts {
  db: Db;
  queue: Queue;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  carrier: Carrier;
  outcomeDeadlineSeconds: number;
  /** Called after parts were recorded: receipts that came before may be waiting for them. */
  onRecorded(reports: readonly PartReport[]): Promise<void>;
  pollMs?: number;
}

/** From job to carrier: load → still wanted? → route → submit → record. */
export class Outbound {
  readonly #parts: OutboundParts;
  readonly #record: (outcome: Outcome) => Promise<Recorded>;
  readonly #worker: Worker<LoadedOutgoing>;
  readonly #stopping = new AbortController();

  constructor(parts: OutboundParts) {
    const { db, queue, log, carrier, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#record = createRecord(parts);
    this.#worker = new Worker({
      db,
      queue,
      log,
      name: 'outbound',
      slots: () => carrier.capacity(),
      leaseMs: LEASE_MS,
      load: OUTGOING,
      pollMs,
      handle: (claimed, release) => this.#handle(claimed, release),
    });
  }

  start(): void {
    this.#worker.start();
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  /** Claims no more; what is under way is recorded. `signal` ends the patience with a store that is out of reach. */
  async stop(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    await this.#worker.stop();
  }

  async #handle(claimed: Claimed<LoadedOutgoing>[], release: (count: number) => void): Promise<void> {
    await Promise.all(
      claimed.map(async ({ job, loaded }) => {
        await this.#carryOut(job, loaded);
        release(1);
      }),
    );
  }

  async #carryOut(job: Job, message: LoadedOutgoing): Promise<void> {
    const outcome = await this.#outcomeOf(job, message);
    if (!outcome) return;
    const recorded = await persist(() => this.#record(outcome), this.#stopping.signal);
    this.#count(recorded, job);
    if (!recorded.held || outcome.reports.length === 0) return;
    await persist(() => this.#parts.onRecorded(outcome.reports), this.#stopping.signal);
  }

  /** @returns undefined when the lease is over: the job is somebody else's. */
  async #outcomeOf(job: Job, message: LoadedOutgoing): Promise<Outcome | undefined> {
    const { clock } = this.#parts;
    const nothing: Outcome = { job, reports: [], failure: undefined, retry: undefined, outcomeDeadline: undefined };
    if (message.id === null || isFinal(message.status)) return nothing;
    const left = await this.#partsLeft(job, message);
    if (job.interrupted && message.guarantee === 'AT_MOST_ONCE') return this.#unknown(nothing, message, left);
    if (clock.now() - message.createdAt.getTime() > VALIDITY_MS) {
      return { ...nothing, failure: { messageId: message.id, error: EXPIRED } };
    }
    if (clock.now() >= job.leaseEndsAt) return undefined;
    const texts = message.text === null || message.messageType === 'MMS' ? null : segment(message.text).segments;
    const decisions = await Promise.all(
      left.map(async (part) => ({ part, decision: await this.#submit(job, message, part, texts) })),
    );
    return this.#outcome(nothing, message, decisions);
  }

  /**
   * Read anew after the claim, not along with it: a claim may see a job that was given back just now, and beside it the
   * parts as they were before.
   */
  async #partsLeft(job: Job, { id, parts }: Outgoing): Promise<number[]> {
    const all = Array.from({ length: parts }, (_, i) => i + 1);
    if (parts === 1 || (job.attempt === 1 && !job.interrupted)) return all;
    const done = await persist(() => partsDone(this.#parts.db, id), this.#stopping.signal);
    return all.filter((part) => !done.has(part));
  }

  async #submit(job: Job, message: Outgoing, part: number, texts: string[] | null): Promise<Decision> {
    const { carrier, log, metrics, clock } = this.#parts;
    const { id, from, to, messageType, media, parts } = message;
    const text = texts ? (texts[part - 1] ?? '') : message.text;
    const startedAt = clock.now();
    const result = await carrier.submit({
      reference: `${id}/${part}`,
      from,
      to,
      messageType,
      text,
      media,
      part,
      parts,
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

  #outcome(nothing: Outcome, message: Outgoing, decisions: { part: number; decision: Decision }[]): Outcome {
    const { carrier, clock } = this.#parts;
    const reports: PartReport[] = [];
    let retry: Outcome['retry'];
    for (const { part, decision } of decisions) {
      if (decision.kind === 'record') {
        reports.push({ messageId: message.id, part, carrier: carrier.name, ...decision.report });
        continue;
      }
      const runAt = new Date(clock.now() + decision.afterMs);
      retry = { runAt, counts: decision.counts || (retry?.counts ?? false) };
    }
    // One refused part fails the message: the others are not worth another try.
    if (reports.some(({ state }) => state === 'FAILED')) retry = undefined;
    return { ...nothing, reports, retry, outcomeDeadline: this.#deadline(reports) };
  }

  /** Whoever held the job before may have handed these parts over, and can't be asked. */
  #unknown(nothing: Outcome, message: Outgoing, left: number[]): Outcome {
    const { carrier, log } = this.#parts;
    const reports = left.map((part) => ({
      messageId: message.id,
      part,
      state: 'UNKNOWN' as const,
      carrier: carrier.name,
      carrierRef: null,
      error: null,
    }));
    log.warn({
      event: 'submit',
      carrier: carrier.name,
      messageId: message.id,
      outcome: 'unknown',
      reason: 'interrupted',
    });
    return { ...nothing, reports, outcomeDeadline: this.#deadline(reports) };
  }

  #deadline(reports: PartReport[]): Date | undefined {
    if (!reports.some(({ state }) => state === 'UNKNOWN')) return undefined;
    return new Date(this.#parts.clock.now() + this.#parts.outcomeDeadlineSeconds * 1000);
  }

  #count({ held, step }: Recorded, job: Job): void {
    const { metrics, log } = this.#parts;
    if (!held) {
      metrics.fenced.inc({ queue: 'outbound' });
      log.warn({ event: 'outcome_fenced', messageId: job.subject, attempt: job.attempt });
    }
    if (step?.to === 'UNKNOWN') metrics.unknown.inc();
    if (step && isFinal(step.to)) metrics.finished.inc({ status: step.to });
  }
}

/** What the log says of an answer. */
function told(result: SubmitResult) {
  const { outcome, ...rest } = result;
  return { outcome, ...rest };
}

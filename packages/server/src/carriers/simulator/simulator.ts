import type { Clock } from '#platform/clock.ts';
import type { Ids } from '#platform/ids.ts';
import type { Carrier, CarrierHandlers, MediaLimits, Report, Submission, SubmitResult } from '../carrier.ts';
import { Ledger, type Taken } from './ledger.ts';
import { Pauses } from './pauses.ts';
import { type Script, scriptFor } from './scripts.ts';

const CAPACITY = 256;
const THROTTLE_MS = 500;
/** Retry delay in milliseconds for a segment that the ledger has no room for. */
const LEDGER_RETRY_MS = 1_000;
const NO_ANSWER_MS = 100;
const REPLY_MS = 300;
/** Delay in milliseconds before a failed report is repeated. */
const RETRY_MS = 1_000;

/** Bytes that all US carriers deliver. The simulator shows how media are adapted to a real carrier. */
const MMS_BYTES = 600_000;
export const SIMULATOR_MEDIA: MediaLimits = { totalBytes: MMS_BYTES, accepts: () => true };

export interface SimulatorOptions {
  name: string;
  ledgerFile: string;
  clock: Clock;
  ids: Ids;
  /** Factor of every delay. Tests that do not depend on delays set 0. */
  pace?: number;
}

/**
 * Carrier without a network, which otherwise behaves like a real one. Keeps its own ledger, and continues to report
 * after a crash. Responses, receipts and replies follow the script of the destination.
 */
export class Simulator implements Carrier {
  readonly name: string;
  readonly #options: SimulatorOptions;
  readonly #ledger: Ledger;
  readonly #throttled = new Set<string>();
  readonly #pauses = new Pauses();
  readonly #running = new Set<Promise<void>>();
  #handlers: CarrierHandlers | undefined;

  constructor(options: SimulatorOptions) {
    this.name = options.name;
    this.#options = options;
    this.#ledger = new Ledger(options.ledgerFile);
  }

  async start(handlers: CarrierHandlers): Promise<void> {
    this.#handlers = handlers;
    for (const taken of this.#ledger.open()) this.#inBackground(() => this.#follow(taken, scriptFor(taken.to)));
  }

  async stop(): Promise<void> {
    this.#pauses.end();
    await Promise.all(this.#running);
    this.#ledger.close();
  }

  state() {
    return this.#handlers && !this.#pauses.ended ? ('up' as const) : ('down' as const);
  }

  capacity(): number {
    return this.state() === 'up' ? CAPACITY : 0;
  }

  async submit(submission: Submission, mayLeave: () => boolean = () => true): Promise<SubmitResult> {
    if (this.state() !== 'up') return { outcome: 'unreachable', reason: 'the simulator is stopped' };
    if (!mayLeave()) return { outcome: 'unreachable', reason: 'not sent' };
    const script = scriptFor(submission.to);
    if (script.answer === 'reject') {
      return { outcome: 'rejected', permanent: true, carrierCode: 'SIM_REJECTED', reason: 'Destination is barred' };
    }
    if (script.answer === 'throttle-once' && !this.#throttled.delete(submission.reference)) {
      this.#throttled.add(submission.reference);
      const retryAfterMs = THROTTLE_MS * (this.#options.pace ?? 1);
      return { outcome: 'throttled', retryAfterMs, carrierCode: 'SIM_THROTTLED' };
    }
    return this.#take(submission, script);
  }

  async #take({ reference, attempt, from, to, messageType, media }: Submission, script: Script): Promise<SubmitResult> {
    const { clock, ids } = this.#options;
    const carrierRef = ids.next('msg').replace('msg_', 'sim-').toLowerCase();
    const hashes = media && { media: media.map(({ hash }) => hash) };
    const at = new Date(clock.now()).toISOString();
    const taken: Taken = { carrierRef, reference, attempt, from, to, messageType, at, ...hashes };
    try {
      this.#ledger.taken(taken);
    } catch {
      // A segment that is not in the ledger was not accepted.
      return { outcome: 'throttled', retryAfterMs: LEDGER_RETRY_MS };
    }
    if (script.receiptFirst) {
      const reported = await this.#follow(taken, { ...script, receiptDelayMs: 0 }).then(
        () => true,
        () => false,
      );
      if (!reported) return { outcome: 'unknown', reason: 'the simulator was stopped before its response' };
      return { outcome: 'accepted', carrierRef };
    }
    this.#inBackground(() => this.#follow(taken, script));
    if (script.answer !== 'silent') return { outcome: 'accepted', carrierRef };
    await this.#wait(NO_ANSWER_MS).catch(() => undefined);
    return { outcome: 'unknown', reason: 'no response from the simulator' };
  }

  /** Sends the receipts and the reply for an accepted segment. */
  async #follow(taken: Taken, script: Script): Promise<void> {
    for (let i = 0; i < script.receipts; i += 1) {
      await this.#wait(script.receiptDelayMs);
      await this.#untilTaken((handlers) => handlers.onReport(this.name, receipt(taken, script)));
    }
    if (script.replies) {
      await this.#wait(REPLY_MS);
      await this.#untilTaken((handlers) => handlers.onInbound(this.name, reply(taken)));
    }
    this.#ledger.done(taken.carrierRef);
  }

  async #untilTaken(tell: (handlers: CarrierHandlers) => Promise<unknown>): Promise<void> {
    while (this.#handlers) {
      const refused = await tell(this.#handlers).then(
        () => false,
        () => true,
      );
      if (!refused) return;
      await this.#pauses.wait(RETRY_MS);
    }
  }

  #inBackground(work: () => Promise<void>): void {
    // Rejects only when the simulator stops. The ledger then has the pending reports.
    const run: Promise<void> = work()
      .catch(() => undefined)
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #wait(ms: number): Promise<void> {
    const paced = ms * (this.#options.pace ?? 1);
    if (paced > 0 || this.#pauses.ended) await this.#pauses.wait(paced);
  }
}

function receipt({ carrierRef, reference, attempt }: Taken, { receiptState: state }: Script): Report {
  const error =
    state === 'FAILED'
      ? {
          code: 'UNDELIVERABLE',
          message: 'The carrier could not deliver the message',
          details: { carrierCode: 'SIM_UNDELIVERABLE' },
        }
      : null;
  return {
    carrierRef,
    reference,
    attempt: attempt ?? null,
    state,
    error,
    raw: `id:${carrierRef} stat:${state === 'FAILED' ? 'UNDELIV' : 'DELIVRD'}`,
  };
}

function reply({ carrierRef, from, to }: Taken) {
  return {
    carrierRef: `${carrierRef}-reply`,
    from: to,
    to: from,
    messageType: 'SMS' as const,
    text: 'Thank you, got it.',
    media: null,
  };
}

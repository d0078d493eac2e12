import type { Report } from '../carriers/carrier.ts';
import { batched } from '../db/batching/batch.ts';
import { asJson, type Queryable, storableValue } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { MessageMetrics } from '../messages/lifecycle/metrics.ts';
import type { PartReport, Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Queue } from '../queue/queue.ts';
import { apply, countApplied, placeOf } from './apply.ts';
import { createJoin, firstIdAt, type Join, PARKED_MS } from './join.ts';
import { matchReceipts, type Spellings } from './match.ts';
import type { ReceiptMetrics } from './metrics.ts';
import { parkedAbout } from './parked.ts';
import { KEEP } from './sql.ts';
import { ParkedSweep } from './sweep.ts';

/** Submit of a segment. */
export interface Submitted {
  messageId: string;
  part: number;
  attempt: number;
}

interface Taken {
  carrier: string;
  report: Report;
}

type About = Pick<Report, 'carrierRef' | 'reference'>;

/** `parked`: the receipt is stored, but its segment is not known yet. */
export type Taking = 'matched' | 'parked';

const LINGER_MS = 20;
/** Time after the last parked receipt in which recorded segments are checked at once. Later ones wait for the sweep. */
const PARKED_LATELY_MS = 60_000;

export interface ReceiptsParts {
  db: Queryable;
  transitions: Transitions;
  queue: Pick<Queue, 'add' | 'attemptsInProgress'>;
  clock: Clock;
  log: Log;
  metrics: ReceiptMetrics & MessageMetrics;
  /** Whether a carrier's receipts always arrive in the process that submitted the message. */
  isAlone(): boolean;
  /** Messages that this process is submitting. `settled` resolves when they are recorded. */
  inFlight: { readonly messages: number; settled(): Promise<unknown> };
}

/** Processes receipts: finds the segments of each receipt, and applies the new state. */
export class Receipts {
  readonly #parts: ReceiptsParts;
  readonly #join: Join;
  readonly #sweep: ParkedSweep;
  /** Joins of parked receipts that wait for the submits in progress. */
  readonly #following = new Set<Promise<void>>();
  #parkedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ReceiptsParts) {
    this.#parts = parts;
    this.#join = createJoin(parts);
    this.#sweep = new ParkedSweep(this.#join, parts);
  }

  /**
   * Resolves when the receipt is committed, matched or parked. A repeated receipt is stored and changes nothing. Replaces
   * characters that the store does not accept in every field, since the texts of carriers may have any.
   */
  async take(carrier: string, report: Report): Promise<Taking> {
    const [taking] = await this.#takeBatch([{ carrier, report: storableValue(report) }]);
    return taking as Taking;
  }

  /** Like `take`, for receipts that arrived together. Either all of them are committed or none. */
  takeTogether(carrier: string, reports: readonly Report[]): Promise<Taking[]> {
    return this.#takeBatch(reports.map((report) => ({ carrier, report: storableValue(report) })));
  }

  /** Matches parked receipts of a segment that was just recorded. Skipped when there can be none, which is usual. */
  async joinRecorded(report: Pick<PartReport, 'messageId' | 'part' | 'carrierRef'>): Promise<void> {
    const { isAlone, clock } = this.#parts;
    if (isAlone() && clock.now() - this.#parkedAt > PARKED_LATELY_MS) return;
    await this.#joinBatch(report);
  }

  /**
   * Whether a carrier has reported the acceptance of a submit, whose response has not been recorded yet. Concurrent calls share
   * one query.
   */
  readonly isAccepted = batched<Submitted, boolean>({
    maxWeight: 500,
    run: async (submits) => {
      const references = submits.map(referenceOf);
      const since = new Date(this.#parts.clock.now() - PARKED_MS);
      const parked = await parkedAbout(this.#parts.db, { carrierRefs: [], references }, since);
      const accepted = parked.filter(({ state }) => state === 'SENT' || state === 'DELIVERED');
      return submits.map((submit) =>
        accepted.some(({ reference, attempt }) => reference === referenceOf(submit) && attempt === submit.attempt),
      );
    },
  });

  /** Starts the sweep, which within seconds matches receipts that a crash between two commits left parked. */
  start(): void {
    this.#sweep.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#sweep.stop(), ...this.#following]);
  }

  /** For tests that have changed the clock. */
  sweep(): Promise<void> {
    return this.#sweep.now();
  }

  readonly #takeBatch = batched<readonly Taken[], Taking[]>({
    maxWeight: 500,
    weigh: ({ length }) => length,
    lingerMs: LINGER_MS,
    run: async (together) => {
      const takings = await this.#takeAll(together.flat());
      let first = 0;
      return together.map(({ length }) => {
        first += length;
        return takings.slice(first - length, first);
      });
    },
  });

  async #takeAll(taken: readonly Taken[]): Promise<Taking[]> {
    const { transitions, clock, metrics } = this.#parts;
    const now = new Date(clock.now());
    const spellings = this.#spellingsNow();
    const { steps, rows, matches, matched } = await transitions.transact(async (tx, advance) => {
      const rows = taken.map(({ carrier, report }) => ({ carrier, ...report }));
      const matches = await matchReceipts(tx, rows, firstIdAt(now), spellings);
      const kept = rows.map((row, n) => ({ ...row, ...placeOf(matches.get(n)) }));
      await run(tx, KEEP, asJson(kept), now);
      const matched = rows.flatMap((row, n) => {
        const match = matches.get(n);
        return match ? [{ row, match }] : [];
      });
      return { steps: await apply(this.#parts, tx, advance, matched), rows, matches, matched };
    });
    countApplied(this.#parts, steps, matched);
    rows.forEach(({ carrier, state }, n) => {
      metrics.receipts.inc({ carrier, state, match: matches.has(n) ? 'part' : 'parked' });
    });
    const parked = rows.filter((_, n) => !matches.has(n));
    if (parked.length > 0) await this.#afterParking(parked);
    return rows.map((_, n) => (matches.has(n) ? 'matched' : 'parked'));
  }

  /**
   * Spellings that count now. The receipt of a submit in progress may arrive before its response. The id of such a
   * receipt must not match another spelling of a recorded id, so other spellings count only when no submit is in
   * progress.
   */
  #spellingsNow(): Spellings {
    const { isAlone, inFlight } = this.#parts;
    return isAlone() && inFlight.messages === 0 ? 'all' : 'exact';
  }

  /**
   * Tries again to match parked receipts, because their segments may have been recorded concurrently. The receipts are
   * committed. A failure here is left to the sweep, and the carrier need not repeat the receipt.
   */
  async #afterParking(parked: readonly About[]): Promise<void> {
    const { isAlone, clock, inFlight, log } = this.#parts;
    const failed = (error: unknown) => log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
    this.#parkedAt = clock.now();
    await this.#joinAbout(parked, 'exact').catch(failed);
    if (!isAlone()) return;
    const run: Promise<void> = inFlight
      .settled()
      .then(() => this.#joinAbout(parked, 'all'))
      .then(() => undefined, failed)
      .finally(() => this.#following.delete(run));
    this.#following.add(run);
  }

  /** Batches concurrent calls into one look-up. */
  readonly #joinBatch = batched<Pick<PartReport, 'messageId' | 'part' | 'carrierRef'>, void>({
    maxWeight: 1000,
    lingerMs: LINGER_MS,
    run: async (reports) => {
      const about = reports.map(({ carrierRef, messageId, part }) => ({
        carrierRef,
        reference: `${messageId}/${part}`,
      }));
      await this.#joinAbout(about, 'exact');
      return reports.map(() => undefined);
    },
  });

  #joinAbout(about: readonly About[], spellings: Spellings): Promise<unknown> {
    const carrierRefs = about.flatMap(({ carrierRef }) => carrierRef ?? []);
    const references = about.flatMap(({ reference }) => reference ?? []);
    const since = new Date(this.#parts.clock.now() - PARKED_MS);
    return this.#join((tx) => parkedAbout(tx, { carrierRefs, references }, since), spellings);
  }
}

function referenceOf({ messageId, part }: Submitted): string {
  return `${messageId}/${part}`;
}

import type { Report } from '../carriers/carrier.ts';
import { batched } from '../db/batching/batch.ts';
import { asJson, type Queryable, storable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { isFinal } from '../messages/lifecycle/status.ts';
import type { Advance, PartReport, Step, Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import type { MessageError } from '../platform/errors.ts';
import { idFrom } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { countFinished, type Metrics } from '../platform/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import type { Match } from './identity.ts';
import { awaitOtherSegments } from './incomplete.ts';
import { matchReceipts, type Spellings } from './match.ts';
import { type Parked, parkedAbout, parkedWithCandidate, parkedWithin, settle, type Window } from './parked.ts';
import { KEEP, PAGE } from './sql.ts';

interface Taken {
  carrier: string;
  report: Report;
}

/** `parked`: the receipt is stored, but its segment is not known yet. */
export type Taking = 'matched' | 'parked';

/** Time after a submit in which a receipt matches by carrier message id. Later receipts match only by our reference. */
const REF_KNOWN_MS = 7 * 86_400_000;
const SWEEP_MS = 10_000;
const LINGER_MS = 20;
/** Time after the last parked receipt in which recorded segments are checked at once. Later ones wait for the sweep. */
const PARKED_LATELY_MS = 60_000;
/** Time after which a parked receipt is no longer matched. The receipt stays stored. */
const PARKED_MS = 86_400_000;
/** Age up to which a parked receipt is checked by every sweep. Older ones are checked by every sixtieth sweep. */
const FRESH_MS = 600_000;
const ALL_EVERY = 60;
/** Time by which the submit response is recorded, so that another spelling cannot match a wrong segment. */
const RESPONSE_MS = 15_000;
/** Time after `RESPONSE_MS` in which the frequent sweeps try other spellings. */
const SPELLINGS_MS = 60_000;

export interface ReceiptsParts {
  transitions: Transitions;
  queue: Pick<Queue, 'add'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Whether a carrier's receipts always arrive in the process that submitted the message. */
  alone: boolean;
  /** Messages that this process is submitting. `settled` resolves when they are recorded. */
  inFlight: { readonly messages: number; settled(): Promise<unknown> };
}

export type Receipts = ReturnType<typeof createReceipts>;

/** Processes receipts: finds the segments of each receipt, and applies the new state. */
export function createReceipts(parts: ReceiptsParts) {
  const { transitions, queue, clock, log, metrics, alone, inFlight } = parts;
  const following = new Set<Promise<void>>();
  let parkedAt = Number.NEGATIVE_INFINITY;
  let sweeping: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  let sweeps = 0;

  function follow(steps: readonly Step[]): void {
    for (const step of steps) if (isFinal(step.to)) countFinished(metrics, step);
  }

  /**
   * Spellings that count now. The receipt of a submit in progress may arrive before its response. Its id must not match
   * another spelling of a recorded id, so other spellings count only when no submit is in progress.
   */
  function spellingsNow(): Spellings {
    return alone && inFlight.messages === 0 ? 'all' : 'exact';
  }

  /** Applies matched receipts to their messages, within the transaction that stores the receipts. */
  async function apply(tx: Queryable, advance: Advance, reports: readonly PartReport[]): Promise<Step[]> {
    const now = new Date(clock.now());
    const steps = await advance(now, reports);
    await awaitOtherSegments(tx, queue, now, reports, steps);
    return steps;
  }

  const takeBatch = batched<Taken, Taking>({
    maxWeight: 500,
    lingerMs: LINGER_MS,
    async run(taken) {
      const now = new Date(clock.now());
      const spellings = spellingsNow();
      const { steps, rows, matches } = await transitions.transact(async (tx, advance) => {
        const rows = taken.map(({ carrier, report }) => ({ carrier, ...report }));
        const matches = await matchReceipts(tx, rows, known(now), spellings);
        const kept = rows.map((row, n) => ({ ...row, ...placeOf(matches.get(n)) }));
        await run(tx, KEEP, asJson(kept), now);
        const reports = rows.flatMap((row, n) => partReports(row, matches.get(n)));
        return { steps: await apply(tx, advance, reports), rows, matches };
      });
      follow(steps);
      rows.forEach(({ carrier, state }, n) => {
        metrics.receipts.inc({ carrier, state, match: matches.has(n) ? 'part' : 'parked' });
      });
      const parked = rows.filter((_, n) => !matches.has(n));
      if (parked.length > 0) await afterParking(parked);
      return rows.map((_, n) => (matches.has(n) ? 'matched' : 'parked'));
    },
  });

  /**
   * Tries again to match parked receipts, because their segments may have been recorded concurrently. The receipts are
   * committed. A failure here is left to the sweep, and the carrier need not repeat the receipt.
   */
  async function afterParking(parked: readonly About[]): Promise<void> {
    parkedAt = clock.now();
    await joinAbout(parked, 'exact').catch(joinFailed);
    if (!alone) return;
    const run: Promise<void> = inFlight
      .settled()
      .then(() => joinAbout(parked, 'all'))
      .then(() => undefined, joinFailed)
      .finally(() => following.delete(run));
    following.add(run);
  }

  function joinFailed(error: unknown): void {
    log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
  }

  /** Matches the parked receipts that `read` finds. @returns the page that was read. */
  async function join(
    read: (tx: Queryable) => Promise<readonly Parked[]>,
    spellings: Spellings,
  ): Promise<readonly Parked[]> {
    const { page, steps } = await transitions.transact(async (tx, advance) => {
      const page = await read(tx);
      if (page.length === 0) return { page, steps: [] };
      const matches = await matchReceipts(tx, page, known(new Date(clock.now())), spellings);
      const found = page.flatMap((row, n) => {
        const match = matches.get(n);
        return match ? [{ row, match }] : [];
      });
      const settledIds = await settle(
        tx,
        found.map(({ row, match }) => ({ ...row, ...placeOf(match) })),
      );
      const matched = found.filter(({ row }) => settledIds.has(row.id));
      const reports = matched.flatMap(({ row, match }) => partReports(row, match));
      return { page, steps: await apply(tx, advance, reports) };
    });
    follow(steps);
    return page;
  }

  function joinAbout(about: readonly About[], spellings: Spellings): Promise<unknown> {
    const carrierRefs = about.flatMap(({ carrierRef }) => carrierRef ?? []);
    const references = about.flatMap(({ reference }) => reference ?? []);
    const since = new Date(clock.now() - PARKED_MS);
    return join((tx) => parkedAbout(tx, { carrierRefs, references }, since), spellings);
  }

  /** Batches concurrent calls into one look-up. */
  const joinBatch = batched<PartReport, void>({
    maxWeight: 1000,
    lingerMs: LINGER_MS,
    async run(reports) {
      const about = reports.map(({ carrierRef, messageId, part }) => ({
        carrierRef,
        reference: `${messageId}/${part}`,
      }));
      await joinAbout(about, 'exact');
      return reports.map(() => undefined);
    },
  });

  async function joinPages(
    window: Omit<Window, 'after'>,
    spellings: Spellings,
    read: (tx: Queryable, window: Window) => Promise<Parked[]>,
  ): Promise<void> {
    for (let after: Window['after'], full = true; full; ) {
      const page = await join((tx) => read(tx, { ...window, after }), spellings);
      after = page.at(-1);
      full = page.length === PAGE;
    }
  }

  async function joinAll(): Promise<void> {
    const now = clock.now();
    const everything = sweeps % ALL_EVERY === 0;
    const since = (ms: number) => new Date(now - ms);
    const firstId = known(new Date(now));
    const fresh = { since: since(everything ? PARKED_MS : FRESH_MS), until: new Date(now) };
    await joinPages(fresh, 'exact', (tx, window) => parkedWithCandidate(tx, window, firstId));
    const answered = { since: since(everything ? PARKED_MS : RESPONSE_MS + SPELLINGS_MS), until: since(RESPONSE_MS) };
    await joinPages(answered, 'all', parkedWithin);
  }

  /** Runs one sweep at a time, because a sweep may take long when many receipts are parked. */
  function sweep(): Promise<void> {
    underWay ??= joinAll()
      .catch((error) => log.warn({ event: 'receipts_sweep_failed', reason: (error as Error).message }))
      .finally(() => {
        sweeps += 1;
        underWay = undefined;
      });
    return underWay;
  }

  return {
    /** Resolves when the receipt is committed, matched or parked. A repeated receipt is stored and changes nothing. */
    take: (carrier: string, report: Report): Promise<Taking> => takeBatch({ carrier, report: storableReport(report) }),
    /** Matches parked receipts of a segment that was just recorded. Skipped when there can be none, which is usual. */
    async joinRecorded(report: PartReport): Promise<void> {
      if (alone && clock.now() - parkedAt > PARKED_LATELY_MS) return;
      await joinBatch(report);
    },
    /** Starts the sweep, which within seconds matches receipts that a crash between two commits left parked. */
    startSweeping(): void {
      sweeping = setInterval(() => void sweep(), SWEEP_MS);
      void sweep();
    },
    async stopSweeping(): Promise<void> {
      clearInterval(sweeping);
      await Promise.all([underWay, ...following]);
    },
    /** For tests that have changed the clock. */
    sweep,
  };
}

type About = Pick<Report, 'carrierRef' | 'reference'>;

function known(now: Date): string {
  return idFrom('msg', now.getTime() - REF_KNOWN_MS);
}

/** Replaces the characters that the store does not accept: U+0000 and lone surrogates. */
function storableReport(report: Report): Report {
  const { carrierRef, reference, raw } = report;
  return {
    ...report,
    carrierRef: carrierRef === null ? null : storable(carrierRef),
    reference: reference === null ? null : storable(reference),
    raw: storable(raw),
  };
}

/** Message and segment under which a receipt is stored: the first of its segments. */
function placeOf(match: Match): { messageId: string; part: number };
function placeOf(match: Match | undefined): { messageId: string | null; part: number | null };
function placeOf(match: Match | undefined) {
  return { messageId: match?.messageId ?? null, part: match?.parts[0] ?? null };
}

function partReports(
  row: { carrier: string; carrierRef: string | null; state: Report['state']; error: MessageError | null },
  match: Match | undefined,
): PartReport[] {
  const { carrier, state, error } = row;
  if (!match || state === 'PENDING') return [];
  // The spelling of the submit response. Without a response, the spelling of the receipt.
  const carrierRef = match.carrierRef ?? row.carrierRef;
  const failure = error ?? { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };
  const { messageId, parts } = match;
  return parts.map((part) => ({
    messageId,
    part,
    state,
    carrier,
    carrierRef,
    error: state === 'FAILED' ? failure : null,
  }));
}

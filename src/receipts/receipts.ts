import type { Report } from '../carriers/carrier.ts';
import type { Clock } from '../clock.ts';
import { batched } from '../db/batch.ts';
import { span } from '../db/days.ts';
import { asJson, storable } from '../db/db.ts';
import type { MessageError } from '../errors.ts';
import { idFrom } from '../ids.ts';
import type { Log } from '../log.ts';
import { isFinal } from '../messages/status.ts';
import type { PartReport, Step, Transitions } from '../messages/transition.ts';
import { countFinished, type Metrics } from '../metrics.ts';
import { joinParked, type Which } from './parked.ts';

interface Taken {
  carrier: string;
  report: Report;
}

interface Match {
  n: number;
  messageId: string;
  part: number;
  carrierRef: string | null;
}

/** A carrier that reports later than this after a submit is only understood by our own reference. */
const REF_KNOWN_MS = 7 * 86_400_000;

/**
 * The part that a report is about: by our reference; else by the carrier's, in the likeliest spelling, the latest if it used
 * one twice. A reference says nothing of the day, so each day's partition is asked: $2 leaves but the last few. OFFSET 0: each by
 * the index, whatever the statistics of a table say; once they had it that reading all of it by several workers was less.
 */
const match = (byReference: string) => `
  select distinct on (n) n, "messageId", part, "carrierRef" from (
    select r.n, spelled.rank, p.message_id as "messageId", p.part, p.carrier_ref as "carrierRef", p.submitted_at
    from json_to_recordset($1::json) as r (n integer, carrier text, refs json)
    cross join lateral json_array_elements_text(r.refs) with ordinality as spelled (ref, rank)
    cross join lateral (
      select * from message_parts where carrier_ref = spelled.ref and carrier = r.carrier and message_id >= $2 offset 0
    ) as p
    ${byReference}
  ) as matches order by n, rank, submitted_at desc`;

/** For when none has a reference of ours: a carrier gives it in all of its reports or in none, and each way is planned anew. */
const MATCH_THEIRS = match('');

const MATCH = match(`
    union all
    select r.n, 0, p.message_id, p.part, p.carrier_ref, p.submitted_at
    from json_to_recordset($1::json) as r (n integer, carrier text, "messageId" text, part integer)
    cross join lateral (
      select * from message_parts
      where message_id = r."messageId" and part = r.part and carrier = r.carrier and message_id between $3 and $4 offset 0
    ) as p`);

const KEEP = `
  insert into receipts (carrier, carrier_ref, other_refs, reference, state, error, raw, received_at, message_id, part)
  select carrier, refs ->> 0, case when "messageId" is null and json_array_length(refs) > 1 then
      (select array_agg(ref) from json_array_elements_text(refs) as ref) end,
    reference, state, error, raw, $2, "messageId", part
  from json_to_recordset($1::json) as r (carrier text, refs json, reference text, state text, error json,
    raw text, "messageId" text, part integer)`;

const REFERENCE = /^(msg_[0-9A-Za-z]+)\/(\d{1,3})$/;
const SWEEP_MS = 10_000;
const GATHER_MS = 20;
/** A receipt that came before its submit's answer comes shortly before it; what is older is for the sweep. */
const PARKED_LATELY_MS = 60_000;
/** A report that matched nothing in a day never will; it is kept, but no longer looked at. */
const PARKED_MS = 86_400_000;
/** Most find their part soon: those are looked at at each sweep, the others at every sixtieth. */
const FRESH_MS = 600_000;
const ALL_EVERY = 60;

export interface ReceiptsParts {
  transitions: Transitions;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Whether what a carrier reports of a part comes to the process that handed it over: then only that parks it. */
  alone: boolean;
}

/** From a carrier's report to the part that it is about, and to the status that follows. */
export function createReceipts(parts: ReceiptsParts) {
  const { transitions, clock, log, metrics, alone } = parts;
  let parkedAt = Number.NEGATIVE_INFINITY;
  let sweeping: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  let sweeps = 0;

  function follow(steps: readonly Step[]): void {
    for (const step of steps) if (isFinal(step.to)) countFinished(metrics, step);
  }

  const takeBatch = batched<Taken, string | null>({
    maxWeight: 500,
    gatherMs: GATHER_MS,
    async run(taken) {
      const now = new Date(clock.now());
      const { steps, parked, found } = await transitions.transact(async (tx, advance) => {
        const rows = taken.map(({ carrier, report }, n) => ({
          n,
          carrier,
          ...row(report),
          ...ourPart(report.reference),
        }));
        const ours = rows.flatMap((row) => ('messageId' in row ? [row.messageId] : []));
        const theirs = [asJson(rows), known(now)];
        const found =
          ours.length === 0
            ? await tx.query<Match>(MATCH_THEIRS, theirs)
            : await tx.query<Match>(MATCH, [...theirs, ...span(ours)]);
        const matches = new Map(found.map((match) => [match.n, match]));
        const kept = rows.map((row) => ({ ...row, messageId: null, part: null, ...matches.get(row.n) }));
        await tx.query(KEEP, [asJson(kept), now]);
        const reports = rows.flatMap((row) => partReport(row, matches.get(row.n)));
        const parked = kept.filter((row) => row.messageId === null);
        return {
          steps: await advance(now, reports),
          parked,
          found: kept.map(({ messageId, carrierRef, refs }) =>
            messageId === null ? null : (carrierRef ?? refs[0] ?? null),
          ),
        };
      });
      follow(steps);
      taken.forEach(({ carrier, report: { state } }, n) => {
        metrics.receipts.inc({ carrier, state, match: parked.some((row) => row.n === n) ? 'parked' : 'part' });
      });
      // The part may have been recorded while this was being parked, neither seeing the other. The reports are committed:
      // what goes wrong here is for the sweep, and not for the carrier to repeat.
      if (parked.length > 0) {
        parkedAt = clock.now();
        await joinAbout(parked).catch((error) => {
          log.warn({ event: 'receipts_join_failed', reason: (error as Error).message });
        });
      }
      return found;
    },
  });

  async function join(which: Which, sinceMs: number): Promise<void> {
    const steps = await transitions.transact(async (tx, advance) => {
      const now = new Date(clock.now());
      const found = await joinParked(tx, which, known(now), new Date(now.getTime() - sinceMs));
      return advance(
        now,
        found.flatMap((row) => partReport(row, row)),
      );
    });
    follow(steps);
  }

  /** Takes parked reports up again for parts that were recorded just now. */
  function joinAbout(about: readonly { carrierRef: string | null; reference: string | null }[]): Promise<void> {
    const carrierRefs = about.flatMap(({ carrierRef }) => carrierRef ?? []);
    const references = about.flatMap(({ reference }) => reference ?? []);
    return join({ carrierRefs, references }, PARKED_MS);
  }

  /** Many calls of one moment make one look. */
  const joinBatch = batched<PartReport, void>({
    maxWeight: 1000,
    gatherMs: GATHER_MS,
    async run(reports) {
      await joinAbout(
        reports.map(({ carrierRef, messageId, part }) => ({ carrierRef, reference: `${messageId}/${part}` })),
      );
      return reports.map(() => undefined);
    },
  });

  /** One at a time: it may take long when many are parked. */
  function sweep(): Promise<void> {
    underWay ??= join('all', sweeps % ALL_EVERY === 0 ? PARKED_MS : FRESH_MS)
      .catch((error) => log.warn({ event: 'receipts_sweep_failed', reason: (error as Error).message }))
      .finally(() => {
        sweeps += 1;
        underWay = undefined;
      });
    return underWay;
  }

  return {
    /**
     * Resolves when the report is committed, matched or parked; a repeat of one is kept and changes nothing.
     * @returns the carrier's reference of the part that it was found to be about.
     */
    take: (carrier: string, report: Report): Promise<string | null> =>
      takeBatch({ carrier, report: storableReport(report) }),

    /** Looks for parked reports about a part that was recorded just now, where there can be any: rarely. */
    async joinRecorded(report: PartReport): Promise<void> {
      if (alone && clock.now() - parkedAt > PARKED_LATELY_MS) return;
      await joinBatch(report);
    },

    /** The net below: whatever a crash kept from being joined is joined within seconds. */
    startSweeping(): void {
      sweeping = setInterval(() => void sweep(), SWEEP_MS);
      void sweep();
    },

    async stopSweeping(): Promise<void> {
      clearInterval(sweeping);
      await underWay;
    },
  };
}

function known(now: Date): string {
  return idFrom('msg', now.getTime() - REF_KNOWN_MS);
}

/** Carriers send anything; the store takes any text but U+0000 and broken surrogates. */
function storableReport(report: Report): Report {
  const { carrierRef, otherRefs = [], reference, raw } = report;
  return {
    ...report,
    carrierRef: carrierRef === null ? null : storable(carrierRef),
    otherRefs: otherRefs.map(storable),
    reference: reference === null ? null : storable(reference),
    raw: storable(raw),
  };
}

function row({ carrierRef, otherRefs = [], reference, state, error, raw }: Report) {
  return { carrierRef, refs: carrierRef === null ? [] : [carrierRef, ...otherRefs], reference, state, error, raw };
}

function ourPart(reference: string | null) {
  const [, messageId, part] = REFERENCE.exec(reference ?? '') ?? [];
  return messageId ? { messageId, part: Number(part) } : {};
}

function partReport(
  row: { carrier: string; carrierRef: string | null; state: Report['state']; error: MessageError | null },
  match: { messageId: string; part: number; carrierRef: string | null } | undefined,
): PartReport[] {
  const { carrier, state, error } = row;
  if (!match || state === 'PENDING') return [];
  // As the submit's answer spelled it; without one, as it was reported.
  const carrierRef = match.carrierRef ?? row.carrierRef;
  const failure = error ?? { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };
  const { messageId, part } = match;
  return [{ messageId, part, state, carrier, carrierRef, error: state === 'FAILED' ? failure : null }];
}

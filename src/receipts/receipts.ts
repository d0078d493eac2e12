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
import type { Metrics } from '../metrics.ts';

interface Taken {
  carrier: string;
  report: Report;
}

interface Match {
  n: number;
  messageId: string;
  part: number;
}

interface Parked extends Omit<Match, 'n'> {
  id: number;
  carrier: string;
  carrierRef: string | null;
  state: 'DELIVERED' | 'FAILED';
  error: MessageError | null;
}

/** A carrier that reports later than this after a submit is only understood by our own reference. */
const REF_KNOWN_MS = 7 * 86_400_000;

/**
 * The part that a report is about: by the carrier's reference, the latest if it used one twice; else by ours. A reference
 * says nothing of the day, so each day's partition is asked: $2 leaves but the last few.
 */
const MATCH = `
  select distinct on (n) n, "messageId", part from (
    select r.n, p.message_id as "messageId", p.part, p.submitted_at
    from json_to_recordset($1::json) as r (n integer, carrier text, "carrierRef" text)
    join message_parts p on p.carrier = r.carrier and p.carrier_ref = r."carrierRef" and p.message_id >= $2
    union all
    select r.n, p.message_id, p.part, p.submitted_at
    from json_to_recordset($1::json) as r (n integer, carrier text, "messageId" text, part integer)
    join message_parts p on p.message_id = r."messageId" and p.part = r.part and p.carrier = r.carrier
      and p.message_id between $3 and $4
  ) as matches order by n, submitted_at desc`;

const KEEP = `
  insert into receipts (carrier, carrier_ref, reference, state, error, raw, received_at, message_id, part)
  select carrier, "carrierRef", reference, state, error, raw, $2, "messageId", part
  from json_to_recordset($1::json) as r (carrier text, "carrierRef" text, reference text, state text, error json,
    raw text, "messageId" text, part integer)`;

/** Parked reports for which there is a part by now, and locks them. The others, however many, are not in the way. */
const JOIN = (condition: string) => `
  with candidate as materialized (
    select r.id, p.message_id, p.part, p.submitted_at
    from receipts r join message_parts p on p.carrier = r.carrier and p.carrier_ref = r.carrier_ref
      and p.message_id >= $1
    where r.message_id is null and (${condition})
    union all
    select r.id, p.message_id, p.part, p.submitted_at
    from receipts r join message_parts p on p.carrier = r.carrier
      and p.message_id = split_part(r.reference, '/', 1) and p.part::text = split_part(r.reference, '/', 2)
    where r.message_id is null and (${condition})
    limit 1000
  ), parked as materialized (
    select id, carrier, carrier_ref, state, error from receipts
    where id in (select id from candidate) and message_id is null order by id for update skip locked
  )
  select distinct on (r.id) r.id, r.carrier, r.carrier_ref as "carrierRef", r.state, r.error,
    c.message_id as "messageId", c.part
  from parked r join candidate c on c.id = r.id order by r.id, c.submitted_at desc`;

const SETTLE = `
  update receipts r set message_id = m."messageId", part = m.part
  from json_to_recordset($1::json) as m (id bigint, "messageId" text, part integer) where r.id = m.id`;

const REFERENCE = /^(msg_[0-9A-Za-z]+)\/(\d{1,3})$/;
const SWEEP_MS = 10_000;
/** A report that matched nothing in a day never will; it is kept, but no longer looked at. */
const PARKED_MS = 86_400_000;

/** From a carrier's report to the part that it is about, and to the status that follows. */
export function createReceipts(parts: { transitions: Transitions; clock: Clock; log: Log; metrics: Metrics }) {
  const { transitions, clock, log, metrics } = parts;
  let sweeping: NodeJS.Timeout | undefined;

  function follow(steps: readonly Step[]): void {
    for (const { to } of steps) if (isFinal(to)) metrics.finished.inc({ status: to });
  }

  const takeBatch = batched<Taken, void>({
    maxWeight: 500,
    async run(taken) {
      const now = new Date(clock.now());
      const { steps, parked } = await transitions.transact(async (tx, advance) => {
        const rows = taken.map(({ carrier, report }, n) => ({ n, carrier, ...report, ...ourPart(report.reference) }));
        const ours = rows.flatMap((row) => ('messageId' in row ? [row.messageId] : []));
        const matches = new Map(
          (await tx.query<Match>(MATCH, [asJson(rows), known(now), ...span(ours)])).map((match) => [match.n, match]),
        );
        const kept = rows.map((row) => ({ ...row, messageId: null, part: null, ...matches.get(row.n) }));
        await tx.query(KEEP, [asJson(kept), now]);
        const reports = rows.flatMap((row) => partReport(row, matches.get(row.n)));
        return { steps: await advance(now, reports), parked: kept.filter((row) => row.messageId === null) };
      });
      follow(steps);
      taken.forEach(({ carrier, report: { state } }, n) => {
        metrics.receipts.inc({ carrier, state, match: parked.some((row) => row.n === n) ? 'parked' : 'part' });
      });
      // The part may have been recorded while this was being parked, neither seeing the other.
      if (parked.length > 0) await join(parked);
      return taken.map(() => undefined);
    },
  });

  async function joinWhere(condition: string, params: unknown[]): Promise<void> {
    const steps = await transitions.transact(async (tx, advance) => {
      const found = await tx.query<Parked>(JOIN(condition), [known(new Date(clock.now())), ...params]);
      if (found.length === 0) return [];
      await tx.query(SETTLE, [asJson(found.map(({ id, messageId, part }) => ({ id, messageId, part })))]);
      return advance(
        new Date(clock.now()),
        found.flatMap((row) => partReport(row, row)),
      );
    });
    follow(steps);
  }

  /** Takes parked reports up again for parts that were recorded just now. */
  async function join(about: readonly { carrierRef: string | null; reference: string | null }[]): Promise<void> {
    const carrierRefs = about.flatMap(({ carrierRef }) => carrierRef ?? []);
    const references = about.flatMap(({ reference }) => reference ?? []);
    await joinWhere('r.carrier_ref = any($2) or r.reference = any($3)', [carrierRefs, references]);
  }

  async function sweep(): Promise<void> {
    await joinWhere('r.received_at > $2', [new Date(clock.now() - PARKED_MS)]).catch((error) => {
      log.warn({ event: 'receipts_sweep_failed', reason: (error as Error).message });
    });
  }

  return {
    /** Resolves when the report is committed, matched or parked; a repeat of one is kept and changes nothing. */
    take: (carrier: string, report: Report): Promise<void> => takeBatch({ carrier, report: storableReport(report) }),

    /** @see join; many calls of one moment make one look. */
    joinRecorded: batched<PartReport, void>({
      maxWeight: 1000,
      async run(reports) {
        await join(
          reports.map(({ carrierRef, messageId, part }) => ({ carrierRef, reference: `${messageId}/${part}` })),
        );
        return reports.map(() => undefined);
      },
    }),

    /** The net below: whatever a crash kept from being joined is joined within seconds. */
    startSweeping(): void {
      sweeping = setInterval(() => void sweep(), SWEEP_MS);
      void sweep();
    },

    stopSweeping: () => clearInterval(sweeping),
  };
}

function known(now: Date): string {
  return idFrom('msg', now.getTime() - REF_KNOWN_MS);
}

/** Carriers send anything; the store takes any text but U+0000 and broken surrogates. */
function storableReport(report: Report): Report {
  const { carrierRef, reference, raw } = report;
  return {
    ...report,
    carrierRef: carrierRef === null ? null : storable(carrierRef),
    reference: reference === null ? null : storable(reference),
    raw: storable(raw),
  };
}

function ourPart(reference: string | null) {
  const [, messageId, part] = REFERENCE.exec(reference ?? '') ?? [];
  return messageId ? { messageId, part: Number(part) } : {};
}

function partReport(
  row: { carrier: string; carrierRef: string | null; state: 'DELIVERED' | 'FAILED'; error: MessageError | null },
  match: { messageId: string; part: number } | undefined,
): PartReport[] {
  if (!match) return [];
  const { carrier, carrierRef, state, error } = row;
  const failure = error ?? { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };
  const { messageId, part } = match;
  return [{ messageId, part, state, carrier, carrierRef, error: state === 'FAILED' ? failure : null }];
}

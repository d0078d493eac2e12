import type { CarrierBooks } from './books.ts';
import type { Member } from './member.ts';
import type { Received } from './receiver-process.ts';
import { type Accepted, BARRED, REPLIES, UNDELIVERABLE } from './senders.ts';
import type { EventRow, MessageRow, Stored } from './store.ts';

/** Effects of a scenario that excuse certain findings. */
export interface Excuses {
  /** A process was killed, stopped or disconnected, possibly during a submit. */
  unknown: boolean;
  /** The store was unavailable, which a process may log as an error. */
  store: boolean;
  /**
   * A stopped process held the link. The simulator sends no receipts for segments that the process then added to the
   * ledger.
   */
  stale: boolean;
  /** Replication was asynchronous, so that a failover has lost the last commits. */
  lossy: boolean;
}

/** All data after the end of the work. */
export interface Evidence {
  accepted: readonly Accepted[];
  stored: Stored;
  carrier: CarrierBooks;
  received: readonly Received[];
  members: readonly Member[];
  excuses: Excuses;
}

export interface Findings {
  messages: number;
  delivered: number;
  failed: number;
  unknown: number;
  /** Segments with AT_LEAST_ONCE that were submitted more than once, which is allowed. */
  repeated: number;
  /** Accepted messages that a failover with asynchronous replication has lost. */
  missing: number;
  lost: string[];
  doubled: string[];
  problems: string[];
}

const FINAL = new Set(['DELIVERED', 'FAILED']);
const STORE_ERRORS = /^(DatabaseUnavailable)$/;

/** Compares the records of all participants: senders, store, carrier, receiver. */
export function judge(evidence: Evidence): Findings {
  const { accepted, stored } = evidence;
  const outbound = stored.messages.filter(({ direction }) => direction === 'OUTBOUND');
  const statuses = (status: string) => outbound.filter((message) => message.status === status).length;
  const lost: string[] = [];
  const doubled: string[] = [];
  const problems: string[] = [];
  const rows = new Map(outbound.map((message) => [message.id, message]));
  const missing = judgeMessages(evidence, rows, lost, doubled, problems);
  const repeated = judgeParts(evidence, lost, doubled, problems);
  if (!evidence.excuses.lossy) judgeEvents(evidence, lost, problems);
  judgeReplies(evidence, doubled, lost);
  judgeLeases(evidence, problems);
  judgeLogs(evidence, problems);
  if (statuses('UNKNOWN') > 0 && !evidence.excuses.unknown)
    problems.push(`${statuses('UNKNOWN')} messages are UNKNOWN without a reason`);
  return {
    messages: accepted.reduce((sum, { messages }) => sum + messages.length, 0),
    delivered: statuses('DELIVERED'),
    failed: statuses('FAILED'),
    unknown: statuses('UNKNOWN'),
    repeated,
    missing,
    lost,
    doubled,
    problems,
  };
}

/**
 * Every accepted message exists exactly once with a final status, and no other message exists.
 * @returns number of messages that may be missing.
 */
function judgeMessages(
  { accepted, excuses }: Evidence,
  rows: Map<string, MessageRow>,
  lost: string[],
  doubled: string[],
  problems: string[],
): number {
  const seen = new Set<string>();
  let missing = 0;
  for (const { key, guarantee, parts, messages } of accepted) {
    for (const { id, to } of messages) {
      const row = rows.get(id);
      if (seen.has(id)) problems.push(`${id} was in the responses to two keys`);
      seen.add(id);
      if (!row) {
        if (excuses.lossy) missing += 1;
        else lost.push(`${id} of ${key} is not stored`);
        continue;
      }
      if (row.to !== to || row.guarantee !== guarantee || row.parts !== parts)
        problems.push(`${id} differs from the request of ${key}`);
      // The carrier does not repeat a receipt that was lost after its response.
      const isReceiptLost = row.status === 'SENT' && excuses.lossy;
      if (!FINAL.has(row.status) && row.status !== 'UNKNOWN' && !isReceiptLost)
        lost.push(`${id} is ${row.status} for ever`);
      const reason = row.status === 'FAILED' ? row.error?.code : undefined;
      const expected = to === BARRED ? 'CARRIER_REJECTED' : to === UNDELIVERABLE ? 'UNDELIVERABLE' : undefined;
      if (reason !== undefined && reason !== expected) problems.push(`${id} to ${to} has failed with ${reason}`);
      if (row.status === 'DELIVERED' && expected) problems.push(`${id} to ${to} is DELIVERED instead of ${expected}`);
    }
  }
  // A lost key is free again, and a repeated request is a new one.
  for (const id of rows.keys())
    if (!seen.has(id) && !excuses.lossy) doubled.push(`${id} has a key whose response has another id`);
  return missing;
}

/** Every segment was submitted as often as its guarantee allows. @returns the number of repeated segments. */
function judgeParts(
  { stored, carrier, excuses }: Evidence,
  lost: string[],
  doubled: string[],
  problems: string[],
): number {
  const times = new Map<string, number>();
  for (const { reference } of carrier.taken) times.set(reference, (times.get(reference) ?? 0) + 1);
  const reported = new Set(
    carrier.taken.filter(({ carrierRef }) => carrier.done.has(carrierRef)).map(({ reference }) => reference),
  );
  let repeated = 0;
  const known = new Set<string>();
  for (const { id, direction, parts, status, guarantee } of stored.messages) {
    if (direction === 'INBOUND') continue;
    const references = Array.from({ length: parts }, (_, i) => `${id}/${i + 1}`);
    for (const reference of references) {
      known.add(reference);
      const count = times.get(reference) ?? 0;
      if (count > 1 && guarantee === 'AT_MOST_ONCE') doubled.push(`${reference} was submitted ${count} times`);
      if (count > 1 && guarantee === 'AT_LEAST_ONCE') repeated += 1;
      if (count === 0 && status === 'DELIVERED') lost.push(`${reference} is DELIVERED, but was never submitted`);
    }
    // A receipt that was lost after its response is not repeated.
    if (status === 'UNKNOWN' && !excuses.lossy && references.every((reference) => reported.has(reference))) {
      problems.push(`${id} is UNKNOWN although the carrier has reported all of its segments`);
    }
  }
  for (const reference of times.keys())
    if (!known.has(reference) && !excuses.lossy) problems.push(`${reference} was submitted, but belongs to no message`);
  const open = carrier.taken.filter(({ carrierRef }) => !carrier.done.has(carrierRef));
  if (open.length > 0 && !excuses.stale)
    problems.push(`the carrier has unsent reports of ${namesOf(open.map(({ reference }) => reference))}`);
  return repeated;
}

/** Every status change has an event, and every event was received unchanged. */
function judgeEvents({ stored, received }: Evidence, lost: string[], problems: string[]): void {
  const rows = new Map<string, EventRow>(stored.events.map((row) => [eventId(row), row]));
  const sequences = new Map<string, number[]>();
  for (const { messageId, sequence } of stored.events) {
    sequences.set(messageId, [...(sequences.get(messageId) ?? []), sequence]);
  }
  for (const { id, sequence, status } of stored.messages) {
    const has = sequences.get(id) ?? [];
    if (has.length !== sequence || has.some((n, i) => n !== i + 1))
      problems.push(`${id} (${status}) has the events ${has} of ${sequence}`);
  }
  const arrived = new Map<string, Received>();
  for (const line of received) {
    const row = rows.get(line.eventId);
    const first = arrived.get(line.eventId);
    if (line.kind === 'invalid') problems.push(`${line.eventId} arrived with a wrong signature: ${line.reason}`);
    if (!row) problems.push(`${line.eventId} arrived, but is not an event`);
    else if (row.type !== line.type || row.status !== line.status)
      problems.push(`${line.eventId} arrived as ${line.type} ${line.status}`);
    if (first && first.hash !== line.hash) problems.push(`${line.eventId} arrived with different bytes`);
    if (line.kind === 'event' || !first) arrived.set(line.eventId, line);
  }
  for (const [id, { type }] of rows) {
    if (arrived.get(id)?.kind !== 'event') lost.push(`the event ${id} (${type}) never arrived`);
  }
  if (stored.givenUp > 0) problems.push(`${stored.givenUp} events were given up`);
}

/** A message from a handset is stored once, even if the carrier delivered it several times. */
function judgeReplies({ stored, carrier, excuses }: Evidence, doubled: string[], lost: string[]): void {
  const times = new Map<string, number>();
  for (const { direction, carrierRef } of stored.messages) {
    if (direction === 'INBOUND' && carrierRef) times.set(carrierRef, (times.get(carrierRef) ?? 0) + 1);
  }
  for (const { to, carrierRef } of carrier.taken) {
    if (to !== REPLIES || !carrier.done.has(carrierRef)) continue;
    const count = times.get(`${carrierRef}-reply`) ?? 0;
    if (count === 0 && !excuses.lossy) lost.push(`the reply to ${carrierRef} is missing`);
    if (count > 1) doubled.push(`the reply to ${carrierRef} exists ${count} times`);
  }
}

/** No ended process holds a lease or a link, and no lease remains when all work is done. */
function judgeLeases({ stored: { jobs, binds, processes } }: Evidence, problems: string[]): void {
  for (const job of jobs) {
    if (job.leasedBy !== null || job.queue !== 'outcomes') problems.push(`left: ${JSON.stringify(job)}`);
  }
  const living = new Set(processes.map(({ id }) => id));
  for (const { heldBy } of binds) {
    if (heldBy !== null && !living.has(heldBy)) problems.push(`the link is held by ${heldBy}, which has ended`);
  }
}

function judgeLogs({ members, excuses }: Evidence, problems: string[]): void {
  const seen = new Map<string, number>();
  for (const member of members) {
    if (member.unwantedEnd) problems.push(member.unwantedEnd);
    for (const { level, event, err, reason } of member.lines) {
      if (level !== 'error' && level !== 'fatal') continue;
      if (excuses.store && (err === undefined ? event === 'claim_failed' : STORE_ERRORS.test(err.name))) continue;
      const text = `${event}: ${err ? `${err.name} ${err.message} ${err.stack?.split('\n').slice(1, 3).join(' ').trim()}` : reason}`;
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
  }
  for (const [text, count] of seen) problems.push(`logged ${count} times: ${text}`);
}

function eventId({ messageId, sequence }: EventRow): string {
  return `evt_${messageId.slice(messageId.indexOf('_') + 1)}_${sequence}`;
}

function namesOf(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

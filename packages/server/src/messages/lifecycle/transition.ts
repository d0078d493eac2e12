import { asJson, type Db, type Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { type EventRow, eventIdOf } from '#events/events.ts';
import type { MessageError } from '#platform/errors.ts';
import { idFrom } from '#platform/ids.ts';
import { newJob } from '#queue/job.ts';
import type { Queue, Reservation } from '#queue/queue.ts';
import { ADD_LATE_PARTS, ADVANCE, type Current, LOCK, LOCKED_PARTS, type Update } from './sql.ts';
import {
  advance,
  advancePart,
  eventsBetween,
  fromParts,
  isFinal,
  type MessageStatus,
  type PartState,
} from './status.ts';

/** Reported state of one segment. */
export interface PartReport {
  messageId: string;
  part: number;
  /** Number of the attempt with this result. Absent for a report of the carrier. */
  attempt?: number;
  state: PartState;
  carrier: string;
  carrierRef: string | null;
  error: MessageError | null;
  /** Number of segments of the submit. Carriers differ in how they take a long message. Absent: unchanged. */
  parts?: number;
  /** Applied only if the segment is still in this state. For deadlines, which any other report overrides. */
  onlyFrom?: PartState;
}

/** Failure of a message for a reason other than a carrier's response. */
export interface Failure {
  messageId: string;
  error: MessageError;
  /** Applied only if the message is in one of these states, after the reports of the same call. */
  onlyFrom?: readonly MessageStatus[];
}

/** A status change of a message. */
export interface Step {
  messageId: string;
  from: MessageStatus;
  to: MessageStatus;
  carrier: string | null;
  /** Code of the error, when the message failed. */
  code: string | null;
}

interface MessageChange {
  id: string;
  status: MessageStatus;
  sequence: number;
  parts: number;
  error: MessageError | null;
  providerMessageRef: string | null;
  carrier: string | null;
  sent: boolean;
  finished: boolean;
}

export type Transitions = ReturnType<typeof createTransitions>;

/** Applies reports and failures within one transaction. @returns the status changes. */
export type Advance = (now: Date, reports: readonly PartReport[], failures?: readonly Failure[]) => Promise<Step[]>;

/**
 * The only place that changes the status of an outbound message. Writes the segment states, the status, the events and
 * their webhook jobs in one transaction. The rows stay locked until the commit, so concurrent reports are applied one
 * after the other. Reports of an earlier status change nothing.
 */
export function createTransitions({ db, queue }: { db: Db; queue: Queue }) {
  async function take(
    tx: Queryable,
    made: Made[],
    now: Date,
    reports: readonly PartReport[],
    failures: readonly Failure[],
  ): Promise<Step[]> {
    const ids = [...new Set([...reports, ...failures].map(({ messageId }) => messageId))];
    if (ids.length === 0) return [];
    const current = await run(tx, LOCK, ids);
    const draft = new Draft(current, await partStates(tx, current), now);
    for (const report of reports) draft.report(report);
    for (const failure of failures) draft.fail(failure);
    const { changes, partRows, events, steps } = draft.result();
    if (partRows.length + changes.length === 0) return [];
    const webhooks = queue.reserve<EventRow>('webhooks', events.length);
    const one: Made = { events, direct: [], webhooks };
    made.push(one);
    const rows = events.map((event, i) => eventRow(event, i < webhooks.count ? webhooks.lease : null));
    const written = [asJson(changes), asJson(partRows), asJson(rows)] as const;
    const late = latePartsOf(partRows, now);
    if (late.length > 0) await run(tx, ADD_LATE_PARTS, asJson(late), now);
    const leased = new Set((await run(tx, ADVANCE, ...written, now, queue.holderId, ids)).map(eventIdOf));
    one.direct = events.filter((event) => leased.has(eventIdOf(event)));
    return steps;
  }

  /** Starts the jobs created under a lease, and wakes the workers for the others. */
  function deliver({ events, direct, webhooks }: Made): void {
    webhooks.begin(
      direct.map((loaded) => ({ job: newJob(loaded.messageId, loaded.sequence, webhooks.lease), loaded })),
    );
    if (events.length > direct.length) db.wake('webhooks');
  }

  /** Runs `work` in one transaction, with a function that applies reports in it. */
  async function transact<T>(work: (tx: Queryable, advance: Advance) => Promise<T>): Promise<T> {
    const made: Made[] = [];
    try {
      const result = await db.transaction((tx) =>
        work(tx, (now, reports, failures = []) => take(tx, made, now, reports, failures)),
      );
      for (const one of made) deliver(one);
      return result;
    } catch (error) {
      for (const { webhooks } of made) webhooks.fail(error);
      throw error;
    }
  }

  return { transact };
}

/** `after` is the position of the message's previous event. */
type NewEvent = EventRow & { messageId: string; after: number };

/** Events of a transaction, and the capacity reserved for their direct dispatch. */
interface Made {
  events: NewEvent[];
  /** Events created under the lease. */
  direct: NewEvent[];
  webhooks: Reservation<EventRow>;
}

function eventRow(event: NewEvent, lease: number | null) {
  const { messageId, sequence, type, status, providerMessageRef, error, apiClientId, numberId, after } = event;
  return { messageId, sequence, type, status, providerMessageRef, error, apiClientId, numberId, lease, after };
}

/** Age of a message at its submit, in milliseconds, from which on receipts do not find its segments by the age of its id. */
const LATE_MS = 25 * 3_600_000;

/** Segments with a carrier message id whose message was created long ago. */
function latePartsOf(parts: readonly PartReport[], now: Date) {
  const first = idFrom('msg', now.getTime() - LATE_MS);
  return parts.flatMap(({ messageId, carrier, carrierRef, state }) =>
    carrierRef !== null && state === 'SENT' && messageId < first ? [{ messageId, carrier, carrierRef }] : [],
  );
}

/** States of the segments. The state of a single segment follows from the status of its message, without a query. */
async function partStates(tx: Queryable, messages: readonly Current[]): Promise<Map<string, Map<number, PartState>>> {
  const states = new Map(messages.map(({ id, status }) => [id, singlePart(status)]));
  const several = messages.filter(({ parts }) => parts > 1).map(({ id }) => id);
  if (several.length === 0) return states;
  for (const id of several) states.set(id, new Map());
  const rows = await run(tx, LOCKED_PARTS, several);
  for (const { messageId, part, state } of rows) states.get(messageId)?.set(part, state);
  return states;
}

function singlePart(status: MessageStatus): Map<number, PartState> {
  return status === 'QUEUED' || status === 'SENDING' ? new Map() : new Map([[1, status]]);
}

/** Changes of one call, collected in memory. Several reports of one message make one change of its row. */
class Draft {
  readonly #messages: Map<string, Current & { error: MessageError | null; carrier: string | null; first: Current }>;
  readonly #parts: Map<string, Map<number, PartState>>;
  readonly #partRows = new Map<string, PartReport & { finished: boolean }>();
  readonly #events: NewEvent[] = [];
  readonly #now: Date;

  constructor(current: readonly Current[], parts: Map<string, Map<number, PartState>>, now: Date) {
    this.#now = now;
    this.#messages = new Map(current.map((row) => [row.id, { ...row, error: null, carrier: null, first: row }]));
    this.#parts = parts;
  }

  report(report: PartReport): void {
    const message = this.#messages.get(report.messageId);
    const states = this.#parts.get(report.messageId);
    if (!message || !states) return;
    const before = states.get(report.part);
    if (report.onlyFrom && report.onlyFrom !== before) return;
    const after = advancePart(before, report.state);
    // A further unknown attempt changes no state, but later reports name its number.
    const isUnknownAgain = before === 'UNKNOWN' && report.state === 'UNKNOWN' && report.attempt !== undefined;
    if (after === before && !isUnknownAgain) return;
    states.set(report.part, after);
    this.#partRows.set(`${report.messageId}/${report.part}`, {
      ...report,
      finished: after === 'DELIVERED' || after === 'FAILED',
    });
    message.carrier = report.carrier;
    message.parts = report.parts ?? message.parts;
    if (report.part === 1) message.providerMessageRef = report.carrierRef ?? message.providerMessageRef;
    this.#step(message, fromParts([...states.values()], message.parts), report.error);
  }

  fail({ messageId, error, onlyFrom }: Failure): void {
    const message = this.#messages.get(messageId);
    if (!message || (onlyFrom && !onlyFrom.includes(message.status))) return;
    this.#step(message, 'FAILED', error);
  }

  #step(message: Current & { error: MessageError | null }, reported: MessageStatus, error: MessageError | null): void {
    const to = advance(message.status, reported);
    if (to === message.status) return;
    for (const type of eventsBetween(message.status, to)) {
      message.sequence += 1;
      this.#events.push({
        ...toUpdate(message),
        messageId: message.id,
        sequence: message.sequence,
        after: message.position,
        type,
        occurredAt: this.#now,
        status: type === 'message.sent' ? 'SENT' : to,
        error: to === 'FAILED' ? error : null,
        text: null,
        media: null,
        keyword: null,
        optOutType: null,
      });
    }
    message.status = to;
    message.error = to === 'FAILED' ? error : null;
  }

  result() {
    const changes: MessageChange[] = [];
    const steps: Step[] = [];
    for (const { first, id, status, sequence, parts, error, providerMessageRef, carrier } of this.#messages.values()) {
      const same = status === first.status && providerMessageRef === first.providerMessageRef && parts === first.parts;
      if (same) continue;
      const sent = status === 'SENT' || status === 'DELIVERED';
      changes.push({
        id,
        status,
        sequence,
        parts,
        error,
        providerMessageRef,
        carrier,
        sent,
        finished: isFinal(status),
      });
      if (status === first.status) continue;
      steps.push({ messageId: id, from: first.status, to: status, carrier, code: error?.code ?? null });
    }
    return { changes, partRows: [...this.#partRows.values()], events: this.#events, steps };
  }
}

function toUpdate(message: Current): Update {
  const { apiClientId, externalReference, numberId, from, to, messageType, segments, purpose, providerMessageRef } =
    message;
  return { apiClientId, externalReference, numberId, from, to, messageType, segments, purpose, providerMessageRef };
}

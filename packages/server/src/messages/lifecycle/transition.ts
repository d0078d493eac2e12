import { asJson, type Db, type Queryable } from '#db/db.ts';
import { appendEvents, HERE } from '#events/append.ts';
import { type EventKey, type EventRow, eventIdOf } from '#events/events.ts';
import type { MessageError } from '#platform/errors.ts';
import { newJob } from '#queue/job.ts';
import type { Queue, Reservation } from '#queue/queue.ts';
import { stepBefore } from '#queue/sql.ts';
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

/** Fields that every event of a message carries. */
type Update = Pick<
  EventRow,
  | 'apiClientId'
  | 'externalReference'
  | 'numberId'
  | 'from'
  | 'to'
  | 'messageType'
  | 'segments'
  | 'purpose'
  | 'providerMessageRef'
>;

interface Current extends Update {
  id: string;
  status: MessageStatus;
  sequence: number;
  /** Position of its latest event. */
  position: number;
  parts: number;
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

/**
 * Selects ids with `= any` instead of a join. In a transaction (db/drivers/server.ts) the statement is planned for these ids,
 * and so for the partitions of their days. The plan always uses the index, even if the statistics still describe an
 * empty table.
 */
const LOCK = `
  select m.id, m.status, m.sequence, m.position, m.parts, m.provider_message_ref as "providerMessageRef",
    m.api_client_id as "apiClientId", m.external_reference as "externalReference", m.number_id as "numberId",
    m.from_address as "from", m.to_address as "to", m.message_type as "messageType", m.segments, m.purpose
  from messages m where m.id = any($1) and m.direction = 'OUTBOUND' order by m.id for update`;

const PARTS = `
  select p.message_id as "messageId", p.part, p.state
  from message_parts p where p.message_id = any($1)`;

const WRITE = `
  with changed as (
    update messages m set status = c.status, sequence = c.sequence, parts = c.parts, error = coalesce(c.error, m.error), carrier = coalesce(c.carrier, m.carrier),
      provider_message_ref = c."providerMessageRef", position = greatest(m.position, ${HERE}),
      sent_at = case when c.sent then coalesce(m.sent_at, $4) else m.sent_at end,
      finished_at = case when c.finished then coalesce(m.finished_at, $4) end
    from json_to_recordset($1::json) as c (id text, status text, sequence integer, parts integer, error json,
      "providerMessageRef" text, carrier text, sent boolean, finished boolean)
    where m.id = c.id and m.id = any($6)
  ), part as (
    insert into message_parts as p (message_id, part, state, carrier, carrier_ref, error, submitted_at, finished_at)
    select "messageId", part, state, carrier, "carrierRef", error, $4, case when finished then $4 end
    from json_to_recordset($2::json) as r ("messageId" text, part integer, state text, carrier text,
      "carrierRef" text, error json, finished boolean)
    on conflict (message_id, part) do update set state = excluded.state, carrier = excluded.carrier,
      carrier_ref = coalesce(excluded.carrier_ref, p.carrier_ref), error = excluded.error,
      finished_at = excluded.finished_at
  ), ${appendEvents(
    `select "messageId" as message_id, sequence, type, status, "providerMessageRef" as provider_message_ref, error,
       $4::timestamptz as occurred_at, "apiClientId" as client, "numberId" as lane,
       case when not ${stepBefore('e."messageId"', 'e.sequence', '$5')} then lease end as lease, after
     from json_to_recordset($3::json) as e ("messageId" text, sequence integer, type text, status text,
       "providerMessageRef" text, error json, "apiClientId" text, "numberId" text, lease bigint, after bigint)`,
    '$5',
  )}
  select message_id as "messageId", sequence from event where lease is not null`;

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
    const current = await tx.query<Current>(LOCK, [ids]);
    const draft = new Draft(current, await partStates(tx, current), now);
    for (const report of reports) draft.report(report);
    for (const failure of failures) draft.fail(failure);
    const { changes, partRows, events, steps } = draft.result();
    if (partRows.length + changes.length === 0) return [];
    const webhooks = queue.reserve<EventRow>('webhooks', events.length);
    const one: Made = { events, direct: [], webhooks };
    made.push(one);
    const rows = events.map((event, i) => eventRow(event, i < webhooks.count ? webhooks.lease : null));
    const params = [asJson(changes), asJson(partRows), asJson(rows), now, queue.holderId, ids];
    const leased = new Set((await tx.query<EventKey>(WRITE, params)).map(eventIdOf));
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

/** States of the segments. The state of a single segment follows from the status of its message, without a query. */
async function partStates(tx: Queryable, messages: readonly Current[]): Promise<Map<string, Map<number, PartState>>> {
  const states = new Map(messages.map(({ id, status }) => [id, singlePart(status)]));
  const several = messages.filter(({ parts }) => parts > 1).map(({ id }) => id);
  if (several.length === 0) return states;
  for (const id of several) states.set(id, new Map());
  const rows = await tx.query<{ messageId: string; part: number; state: PartState }>(PARTS, [several]);
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
    if (after === before) return;
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

import { batched } from '#db/batching/batch.ts';
import { asJson, type Db } from '#db/db.ts';
import { run, runUrgent } from '#db/statement.ts';
import type { EventRow } from '#events/events.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Claimed } from '#queue/claim.ts';
import { newJob, OUTBOUND, type OutboundQueue } from '#queue/job.ts';
import type { Queue, Reservation } from '#queue/queue.ts';
import { ACCEPT, ACCEPT_BULK, ACCEPT_REJECTING } from './accept-sql.ts';
import type { LoadedOutgoing } from './messages.ts';
import { RESPONSES } from './sql.ts';
import {
  laneOf,
  outgoingOf,
  queuedEvent,
  type Recipient,
  type Row,
  requestRow,
  type Scope,
  type Stored,
  type Submission,
  scope,
  underLeases,
} from './submission.ts';

/** Maximum rows per commit. Larger batches gain nothing and delay other requests. */
const MAX_ROWS = 1_000;

export interface SubmissionsParts {
  db: Db;
  queue: Queue;
  backlog: Pick<Backlog, 'add'>;
  clock: Clock;
}

/** Reserved slots for the messages of each queue. */
type Outbound = ReadonlyMap<OutboundQueue, Reservation<LoadedOutgoing>>;

/** Stores accepted requests, many in one commit: the keys, messages, jobs, first events and rejected recipients. */
export class Submissions {
  readonly #parts: SubmissionsParts;

  /**
   * Stores a submission. @returns the stored response of its key: its own when the key was new, else that of the earlier
   * request. Undefined: its bulk send is canceled, and nothing was stored.
   */
  readonly store: (submission: Submission) => Promise<Stored | undefined>;

  constructor(parts: SubmissionsParts) {
    this.#parts = parts;
    this.store = batched<Submission, Stored | undefined>({
      run: (submissions) => this.#storeAll(submissions),
      maxWeight: MAX_ROWS,
      weigh: ({ recipients, rejections }) => recipients.length + rejections.length + 1,
    });
  }

  /** @returns the stored responses of the keys that have one, by `scope`. */
  async stored(keys: readonly Scope[]): Promise<Map<string, Stored>> {
    const wanted = keys.map(({ apiClientId, route, key }) => ({ apiClientId, route, key }));
    // Not urgent. Most of these look-ups are for rejected requests, which must not delay the workers.
    const rows = await run(this.#parts.db, RESPONSES, asJson(wanted));
    return new Map(rows.map((row) => [scope(row), row]));
  }

  async #storeAll(submissions: Submission[]): Promise<(Stored | undefined)[]> {
    const { db, queue, clock } = this.#parts;
    const now = new Date(clock.now());
    const count = submissions.reduce((sum, { recipients }) => sum + recipients.length, 0);
    const outbound = this.#reserve(submissions);
    const webhooks = queue.reserve<EventRow>('webhooks', count);
    const rows = underLeases(submissions, outbound, webhooks);
    const requests = asJson(rows.map(requestRow));
    const [won] = await runUrgent(
      db,
      statementFor(submissions),
      requests,
      now,
      queue.holderId,
      submissions.length,
    ).catch((error) => {
      for (const reserved of outbound.values()) reserved.fail(error);
      webhooks.fail(error);
      throw error;
    });
    if (won?.count === submissions.length) {
      this.#begin(rows, now, outbound, webhooks);
      return submissions;
    }
    const newKeys = new Set((won?.keys ?? []).map(scope));
    const made = rows.filter(({ submission }) => newKeys.has(scope(submission)));
    this.#begin(made, now, outbound, webhooks);
    return this.#standing(submissions, newKeys, new Set((won?.closed ?? []).map(scope)));
  }

  /** Reserves slots for the messages of each queue. */
  #reserve(submissions: readonly Submission[]): Outbound {
    const counts = countsOf(submissions);
    return new Map([...counts].map(([name, count]) => [name, this.#parts.queue.reserve<LoadedOutgoing>(name, count)]));
  }

  /** Passes jobs created under leases to the workers by direct dispatch, and wakes workers for the other jobs. */
  #begin(made: Row[], now: Date, outbound: Outbound, webhooks: Reservation<EventRow>): void {
    const { db, backlog } = this.#parts;
    const toSend = new Map<OutboundQueue, Claimed<LoadedOutgoing>[]>([...outbound.keys()].map((queue) => [queue, []]));
    const toTell: Claimed<EventRow>[] = [];
    for (const { submission, recipients } of made) {
      for (const recipient of recipients) {
        const { id, queue, outboundLease, webhookLease } = recipient;
        if (webhookLease) {
          toTell.push({ job: newJob(id, 1, webhookLease), loaded: queuedEvent(submission, recipient, now) });
        }
        if (outboundLease) {
          const loaded = outgoingOf(submission, recipient, now);
          toSend.get(queue)?.push({ job: newJob(id, OUTBOUND, outboundLease), loaded });
        }
      }
      const waiting = recipients.filter(({ outboundLease, releaseAt }) => !outboundLease && releaseAt === null);
      for (const [number, count] of byNumber(waiting)) backlog.add(laneOf(submission, { number }), count);
    }
    for (const [name, reserved] of outbound) reserved.begin(toSend.get(name) ?? []);
    webhooks.begin(toTell);
    const count = made.reduce((sum, { recipients }) => sum + recipients.length, 0);
    for (const name of waitingIn(made)) db.wake(name);
    if (toTell.length < count) db.wake('webhooks');
  }

  /** @param closed keys of requests whose bulk send is canceled. */
  async #standing(
    submissions: Submission[],
    newKeys: ReadonlySet<string>,
    closed: ReadonlySet<string>,
  ): Promise<(Stored | undefined)[]> {
    const lost = submissions.filter((submission) => !newKeys.has(scope(submission)));
    const earlier = await this.stored(lost);
    // A key that conflicted and is gone now expired between the two statements. Store its request as new.
    const expired = lost.filter((submission) => !earlier.has(scope(submission)) && !closed.has(scope(submission)));
    const again = expired.length > 0 ? await this.#storeAll(expired) : [];
    const later = new Map(again.flatMap((stands) => (stands ? [[scope(stands), stands]] : [])));
    return submissions.map((submission) => {
      const ofKey = scope(submission);
      return newKeys.has(ofKey) ? submission : (earlier.get(ofKey) ?? later.get(ofKey));
    });
  }
}

function statementFor(submissions: readonly Submission[]) {
  if (submissions.some(({ request }) => request.bulkSendId !== undefined)) return ACCEPT_BULK;
  return submissions.some(({ rejections }) => rejections.length > 0) ? ACCEPT_REJECTING : ACCEPT;
}

/** Number of messages for each queue that are due at once. */
function countsOf(submissions: readonly Pick<Submission, 'recipients'>[]): Map<OutboundQueue, number> {
  const counts = new Map<OutboundQueue, number>();
  for (const { recipients } of submissions) {
    for (const { queue, releaseAt } of recipients) {
      if (releaseAt === null) counts.set(queue, (counts.get(queue) ?? 0) + 1);
    }
  }
  return counts;
}

/** Number of recipients for each number. */
function byNumber(recipients: readonly Recipient[]): Map<PhoneNumber, number> {
  const counts = new Map<PhoneNumber, number>();
  for (const { number } of recipients) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/** Queues in which messages wait for a claim. */
function waitingIn(made: readonly Row[]): Set<OutboundQueue> {
  const waiting = made.flatMap(({ recipients }) =>
    recipients.filter(({ outboundLease, releaseAt }) => !outboundLease && releaseAt === null),
  );
  return new Set(waiting.map(({ queue }) => queue));
}

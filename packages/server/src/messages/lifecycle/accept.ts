import { batched } from '#db/batching/batch.ts';
import { asJson, type Db } from '#db/db.ts';
import { runUrgent } from '#db/statement.ts';
import type { EventRow } from '#events/events.ts';
import type { Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { OptOuts } from '#optouts/optouts.ts';
import type { Clock } from '#platform/clock.ts';
import { type ApiError, conflict } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Claimed } from '#queue/claim.ts';
import { type Lane, newJob, OUTBOUND } from '#queue/job.ts';
import type { Queue, Reservation } from '#queue/queue.ts';
import { fingerprint } from '../request/idempotency.ts';
import { type QueueLimits, refusalFor } from '../request/limits.ts';
import { type Purpose, reachesOptedOut } from '../request/purpose.ts';
import { type Content, checkSender, readContent, readRecipients, type SendRequest } from '../request/send-request.ts';
import type { LoadedOutgoing } from './messages.ts';
import { ACCEPT, RESPONSES } from './sql.ts';
import {
  laneOf,
  outgoingOf,
  queuedEvent,
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

export interface Accepted {
  /** Body of the 202 response. A repeat returns the same bytes. */
  body: string;
  replayed: boolean;
  messages: number;
}

export interface AcceptParts {
  db: Db;
  queue: Queue;
  backlog: Backlog;
  limits: QueueLimits;
  /** Seconds until the waiting messages of a number are submitted. undefined: unknown. */
  delaySeconds(lane: Lane): number | undefined;
  numbers: Numbers;
  optOuts: Pick<OptOuts, 'among'>;
  ids: Ids;
  clock: Clock;
}

export type Accept = ReturnType<typeof createAccept>;

export function createAccept({ db, queue, backlog, limits, delaySeconds, numbers, optOuts, ids, clock }: AcceptParts) {
  const underWay = new Map<string, Promise<Stored>>();

  const stored = async (keys: readonly Scope[]): Promise<Map<string, Stored>> => {
    const wanted = keys.map(({ apiClientId, route, key }) => ({ apiClientId, route, key }));
    const rows = await runUrgent(db, RESPONSES, asJson(wanted));
    return new Map(rows.map((row) => [scope(row), row]));
  };

  /**
   * @returns for each submission the stored response: its own when its key was new, else that of the earlier request.
   */
  async function storeAll(submissions: Submission[]): Promise<Stored[]> {
    const now = new Date(clock.now());
    const count = submissions.reduce((sum, { recipients }) => sum + recipients.length, 0);
    const outbound = queue.reserve<LoadedOutgoing>('outbound', count);
    const webhooks = queue.reserve<EventRow>('webhooks', count);
    const rows = underLeases(submissions, outbound, webhooks);
    const requests = asJson(rows.map(requestRow));
    const [won] = await runUrgent(db, ACCEPT, requests, now, queue.holderId, submissions.length).catch((error) => {
      outbound.fail(error);
      webhooks.fail(error);
      throw error;
    });
    if (won?.count === submissions.length) {
      begin(rows, now, outbound, webhooks);
      return submissions;
    }
    const newKeys = new Set((won?.keys ?? []).map(scope));
    const made = rows.filter(({ submission }) => newKeys.has(scope(submission)));
    begin(made, now, outbound, webhooks);
    return standing(submissions, newKeys);
  }

  /** Passes jobs created under leases to the workers by direct dispatch, and wakes workers for the other jobs. */
  function begin(made: Row[], now: Date, outbound: Reservation<LoadedOutgoing>, webhooks: Reservation<EventRow>): void {
    const toSend: Claimed<LoadedOutgoing>[] = [];
    const toTell: Claimed<EventRow>[] = [];
    for (const { submission, recipients } of made) {
      let waiting = 0;
      for (const { id, to, outboundLease, webhookLease } of recipients) {
        if (webhookLease) {
          toTell.push({ job: newJob(id, 1, webhookLease), loaded: queuedEvent(submission, id, to, now) });
        }
        if (outboundLease) {
          toSend.push({ job: newJob(id, OUTBOUND, outboundLease), loaded: outgoingOf(submission, id, to, now) });
        } else waiting += 1;
      }
      if (waiting > 0) backlog.add(laneOf(submission), waiting);
    }
    outbound.begin(toSend);
    webhooks.begin(toTell);
    const count = made.reduce((sum, { recipients }) => sum + recipients.length, 0);
    if (toSend.length < count) db.wake('outbound');
    if (toTell.length < count) db.wake('webhooks');
  }

  async function standing(submissions: Submission[], newKeys: ReadonlySet<string>): Promise<Stored[]> {
    const lost = submissions.filter((submission) => !newKeys.has(scope(submission)));
    const earlier = await stored(lost);
    // A key that conflicted and is gone now expired between the two statements. Store its request as new.
    const expired = lost.filter((submission) => !earlier.has(scope(submission)));
    const again = expired.length > 0 ? await storeAll(expired) : [];
    const later = new Map(again.map((stands) => [scope(stands), stands]));
    return submissions.map((submission) => {
      const ofKey = scope(submission);
      return newKeys.has(ofKey) ? submission : ((earlier.get(ofKey) ?? later.get(ofKey)) as Stored);
    });
  }

  const store = batched<Submission, Stored>({
    run: storeAll,
    maxWeight: MAX_ROWS,
    weigh: ({ recipients }) => recipients.length + 1,
  });

  async function prepare(
    ofKey: Scope,
    request: SendRequest,
    content: Content,
    number: PhoneNumber,
    purpose: Purpose | null,
  ) {
    const { accepted, refused } = await recipientsOf(ofKey.apiClientId, request, purpose);
    const recipients = accepted.map((to) => ({ id: ids.next('msg'), to }));
    const results = recipients.map(({ id, to }) => ({ to, messageId: id, status: 'QUEUED' }));
    const body = JSON.stringify({ results, errors: refused });
    return { ...ofKey, fingerprint: fingerprint(request), body, number, request, content, purpose, recipients };
  }

  async function recipientsOf(apiClientId: string, { sendFrom, to }: SendRequest, purpose: Purpose | null) {
    const all = readRecipients(to);
    if (reachesOptedOut(purpose)) return all;
    const optedOut = await optOuts.among({ apiClientId, numberId: sendFrom, recipients: all.accepted });
    return optedOut.size > 0 ? readRecipients(to, optedOut) : all;
  }

  /**
   * @returns the idempotent response if the rejected request repeats an accepted one.
   * @throws the given error otherwise.
   */
  async function storedOr(refusal: unknown, ofKey: Scope): Promise<Stored> {
    const earlier = (await stored([ofKey])).get(scope(ofKey));
    if (earlier) return earlier;
    throw refusal;
  }

  async function checkedSender(ofKey: Scope, request: SendRequest): Promise<PhoneNumber | Stored> {
    const number = await numbers.byId(request.sendFrom);
    try {
      return checkSender(number, ofKey.apiClientId, request.messageType);
    } catch (refusal) {
      return storedOr(refusal, ofKey);
    }
  }

  /**
   * Accepts a send request. When this resolves with `replayed` false, the messages are committed and will be submitted.
   * @param refused error for new requests. A repeat still gets its idempotent response.
   * @param purpose set for an automatic reply. Its keys are separate from the client's own keys.
   * @throws ApiError when the contract rejects the request. In this case nothing is stored, and the key stays unused.
   */
  async function accept(
    apiClientId: string,
    key: string,
    request: SendRequest,
    refused?: ApiError,
    purpose: Purpose | null = null,
  ): Promise<Accepted> {
    const content = readContent(request);
    const ofKey: Scope = { apiClientId, route: purpose ? 'auto-replies' : 'messages.send', key };
    const name = scope(ofKey);
    const first = underWay.get(name);
    if (first) {
      const earlier = await first.catch(() => undefined);
      return earlier ? replay(earlier, fingerprint(request)) : accept(apiClientId, key, request, refused, purpose);
    }
    const carriedOut = carryOut(ofKey, request, content, purpose, refused);
    const result = carriedOut.then((outcome) => outcome.result);
    result.catch(() => undefined);
    underWay.set(name, result);
    try {
      const { submission, result: stands } = await carriedOut;
      if (stands !== submission) return replay(stands, fingerprint(request));
      return { body: submission.body, replayed: false, messages: submission.recipients.length };
    } finally {
      underWay.delete(name);
    }
  }

  async function carryOut(
    ofKey: Scope,
    request: SendRequest,
    content: Content,
    purpose: Purpose | null,
    refused?: ApiError,
  ) {
    const sender = await checkedSender(ofKey, request);
    if (!('numberId' in sender)) return { submission: undefined, result: sender };
    const submission: Submission = await prepare(ofKey, request, content, sender, purpose);
    const lane = laneOf(submission);
    const count = submission.recipients.length;
    const refusal = refused ?? refusalFor({ backlog, limits, delaySeconds }, lane, count);
    if (refusal) return { submission: undefined, result: await storedOr(refusal, submission) };
    // Requests checked before this commit must count these messages.
    const release = backlog.hold(lane, count);
    try {
      return { submission, result: await store(submission) };
    } finally {
      release();
    }
  }

  return accept;
}

/** @throws ApiError CONFLICT when the key was used for something else. */
function replay(earlier: Stored, sent: string): Accepted {
  if (earlier.fingerprint !== sent) {
    throw conflict('Idempotency-Key was already used with a different payload');
  }
  return { body: earlier.body, replayed: true, messages: 0 };
}

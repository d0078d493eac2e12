import type { Db } from '#db/db.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import { conflict } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Admission } from '#policies/admission.ts';
import type { Purpose } from '#policies/purpose.ts';
import { isPoolId } from '#pools/pools.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Queue } from '#queue/queue.ts';
import { type BulkSends, canceledBulkSend } from '../bulk/bulk-sends.ts';
import { fingerprint } from '../request/idempotency.ts';
import { type Content, readContent, type SendRequest } from '../request/send-request.ts';
import { waitingBefore } from './messages.ts';
import { planRecipients, type QuietRules } from './plan.ts';
import { type Assigned, assignCarriers, type WaitingFor } from './routes.ts';
import { admitAll, checkedNumber, checkedPool, type Sender, type SenderParts } from './sender.ts';
import { type Scope, type Stored, type Submission, scope } from './submission.ts';
import { Submissions } from './submissions.ts';

export interface Accepted {
  /** Body of the 202 response. A repeat returns the same bytes. */
  body: string;
  replayed: boolean;
  messages: number;
  /** Error codes of the rejected recipients that were stored. */
  rejected: readonly string[];
}

export interface AcceptParts extends SenderParts {
  db: Db;
  queue: Queue;
  backlog: Backlog;
  admission: Admission;
  numbers: Pick<Numbers, 'byId'>;
  ids: Ids;
  clock: Clock;
  quietHours: QuietRules;
  bulkSends: Pick<BulkSends, 'requireOpen'>;
}

export type Accept = ReturnType<typeof createAccept>;

export function createAccept({
  admission,
  numbers,
  poolSenders,
  media,
  routing,
  ids,
  quietHours,
  bulkSends,
  ...parts
}: AcceptParts) {
  const submissions = new Submissions(parts);
  const senderParts = { poolSenders, media, routing };
  const planParts = { admission, quietHours, clock: parts.clock };
  const underWay = new Map<string, Promise<Stored>>();

  async function prepare(
    ofKey: Scope,
    request: SendRequest,
    content: Content,
    sender: Sender,
    purpose: Purpose | null,
  ): Promise<Submission> {
    const plan = await planRecipients(planParts, ofKey.apiClientId, request, sender, purpose);
    const { refused, sendAt, quietZone } = plan;
    const timed = plan.timed.map((one) => ({ id: ids.next('msg'), ...one }));
    const { poolId } = sender;
    const kind = { ...content, messageType: request.messageType };
    const { assigned, refused: unassigned } =
      sender.poolId === null
        ? { assigned: timed.map((one) => ({ ...one, number: sender.number })), refused: [] }
        : await poolSenders.assign(sender, kind, timed);
    const waitingFor = await waiting(ofKey.apiClientId, assigned);
    const { routed: recipients, refused: unroutable } = assignCarriers(routing, poolId, kind, assigned, waitingFor);
    const errors = [...refused, ...unassigned, ...unroutable];
    const body = JSON.stringify({ results: resultsOf(recipients), errors });
    const number = sender.poolId === null ? sender.number : null;
    // A client does not request its automatic replies. The log reports those that are rejected.
    const rejections = purpose ? [] : errors.map((error) => ({ id: ids.next('rej'), ...error }));
    const { priority = purpose === null ? 'NORMAL' : 'HIGH' } = request;
    return {
      ...{ ...ofKey, fingerprint: fingerprintOf(request), body, request, content, purpose },
      ...{ number, poolId, recipients, rejections, sendAt, priority, quietZone },
    };
  }

  /** Looks up earlier messages only while some may wait for another carrier, since a look-up per send is not free. */
  async function waiting(apiClientId: string, recipients: readonly Assigned[]): Promise<WaitingFor> {
    if (!routing.isUnsettled()) return () => undefined;
    const conversations = recipients.map(({ to, number: { numberId } }) => ({ numberId, to }));
    const queueOf = await waitingBefore(parts.db, apiClientId, conversations, parts.clock.now());
    return (numberId, to) => {
      const queue = queueOf({ numberId, to });
      return queue && routing.carrierOf(queue);
    };
  }

  /**
   * @returns the idempotent response if the rejected request repeats an accepted one.
   * @throws the given error otherwise.
   */
  async function storedOr(refusal: unknown, ofKey: Scope): Promise<Stored> {
    const earlier = (await submissions.stored([ofKey])).get(scope(ofKey));
    if (earlier) return earlier;
    throw refusal;
  }

  /** Checks the sender, the media and the bulk send. All depend on the current state, so a repeat is not rejected for them. */
  async function checkedSender(ofKey: Scope, request: SendRequest, content: Content): Promise<Sender | Stored> {
    const isPool = isPoolId(request.sendFrom);
    const number = isPool ? undefined : await numbers.byId(request.sendFrom);
    try {
      await bulkSends.requireOpen(ofKey.apiClientId, request.bulkSendId);
      return isPool
        ? await checkedPool(senderParts, ofKey.apiClientId, request, content)
        : await checkedNumber(senderParts, number, ofKey.apiClientId, request, content);
    } catch (refusal) {
      return storedOr(refusal, ofKey);
    }
  }

  /**
   * Accepts a send request. If `replayed` is false in the result, the messages are committed and will be submitted.
   * @param purpose set for an automatic reply. Keys of replies are separate from the client's own keys.
   * @throws ApiError when the contract or the policies reject the request. In this case nothing is stored, and the key
   *   stays unused. A repeat of an accepted request still gets its idempotent response.
   */
  async function accept(
    apiClientId: string,
    key: string,
    request: SendRequest,
    purpose: Purpose | null = null,
  ): Promise<Accepted> {
    const content = readContent(request);
    const ofKey: Scope = { apiClientId, route: purpose ? 'auto-replies' : 'messages.send', key };
    const name = scope(ofKey);
    const first = underWay.get(name);
    if (first) {
      const earlier = await first.catch(() => undefined);
      return earlier ? replay(earlier, fingerprintOf(request)) : accept(apiClientId, key, request, purpose);
    }
    const carriedOut = carryOut(ofKey, request, content, purpose);
    const result = carriedOut.then((outcome) => outcome.result);
    result.catch(() => undefined);
    underWay.set(name, result);
    try {
      const { submission, result: stands } = await carriedOut;
      if (stands !== submission) return replay(stands, fingerprintOf(request));
      const { body, recipients, rejections } = submission;
      return {
        body,
        replayed: false,
        messages: recipients.length,
        rejected: rejections.map(({ error }) => error.code),
      };
    } finally {
      underWay.delete(name);
    }
  }

  async function carryOut(ofKey: Scope, request: SendRequest, content: Content, purpose: Purpose | null) {
    const sender = await checkedSender(ofKey, request, content);
    if (!('poolId' in sender)) return { submission: undefined, result: sender };
    const submission = await prepare(ofKey, request, content, sender, purpose).catch((refusal) =>
      storedOr(refusal, ofKey),
    );
    if (!('recipients' in submission)) return { submission: undefined, result: submission };
    const admitted = await admitAll(admission, submission, sender);
    if ('refusal' in admitted) return { submission: undefined, result: await storedOr(admitted.refusal, submission) };
    try {
      const result = await submissions.store(submission);
      if (result !== submission) admitted.undo();
      if (!result) throw canceledBulkSend();
      return { submission, result };
    } catch (error) {
      admitted.undo();
      throw error;
    } finally {
      admitted.release();
    }
  }

  return accept;
}

/** A repeat may belong to another bulk send, such as that of a copied file. */
function fingerprintOf({ bulkSendId: _, ...payload }: SendRequest): string {
  return fingerprint(payload);
}

/** Results of accepted recipients, as in the response. */
function resultsOf(recipients: Submission['recipients']) {
  return recipients.map(({ id, to }) => ({ to, messageId: id, status: 'QUEUED' }));
}

/** @throws ApiError CONFLICT when the key was used for something else. */
function replay(earlier: Stored, sent: string): Accepted {
  if (earlier.fingerprint !== sent) {
    throw conflict('Idempotency-Key was already used with a different payload');
  }
  return { body: earlier.body, replayed: true, messages: 0, rejected: [] };
}

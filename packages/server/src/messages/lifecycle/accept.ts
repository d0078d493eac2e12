import type { Db } from '#db/db.ts';
import type { Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import { conflict, invalidRequest } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Admission } from '#policies/admission.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { OutboundQueue } from '#queue/job.ts';
import type { Queue } from '#queue/queue.ts';
import { fingerprint } from '../request/idempotency.ts';
import {
  type Content,
  checkSender,
  type Media,
  readContent,
  readRecipients,
  type SendRequest,
} from '../request/send-request.ts';
import { laneOf, type Scope, type Stored, type Submission, scope } from './submission.ts';
import { Submissions } from './submissions.ts';

export interface Accepted {
  /** Body of the 202 response. A repeat returns the same bytes. */
  body: string;
  replayed: boolean;
  messages: number;
}

/** Carrier that messages are routed to. */
export interface Route {
  queue: OutboundQueue;
  /** Whether the carrier supports MMS. */
  hasMms: boolean;
}

export interface AcceptParts {
  db: Db;
  queue: Queue;
  backlog: Backlog;
  admission: Admission;
  numbers: Numbers;
  media: {
    /** Checks the media of a send, and keeps their files until the messages are sent. @throws ApiError */
    claim(apiClientId: string, media: readonly Media[]): Promise<void>;
  };
  /** @returns carrier for messages of a number, or undefined if the carrier of the number is not configured. */
  routeOf(number: PhoneNumber): Route | undefined;
  ids: Ids;
  clock: Clock;
}

export type Accept = ReturnType<typeof createAccept>;

export function createAccept({ admission, numbers, media, routeOf, ids, ...parts }: AcceptParts) {
  const submissions = new Submissions(parts);
  const underWay = new Map<string, Promise<Stored>>();

  async function prepare(
    ofKey: Scope,
    request: SendRequest,
    content: Content,
    number: PhoneNumber,
    purpose: Purpose | null,
  ): Promise<Submission> {
    const route = routeOf(number);
    const { accepted, refused } = route
      ? await recipientsOf(ofKey.apiClientId, request, purpose)
      : withoutRoute(request);
    const recipients = accepted.map((to) => ({ id: ids.next('msg'), to }));
    const body = JSON.stringify({ results: resultsOf(recipients), errors: refused });
    const queue = route?.queue ?? 'outbound';
    return { ...ofKey, fingerprint: fingerprint(request), body, number, queue, request, content, purpose, recipients };
  }

  async function recipientsOf(apiClientId: string, { sendFrom, to }: SendRequest, purpose: Purpose | null) {
    const all = readRecipients(to);
    const excluded = await admission.excluded({ apiClientId, numberId: sendFrom, purpose }, all.accepted);
    return excluded.size > 0 ? readRecipients(to, excluded) : all;
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

  /** Checks the sender and the media. Both depend on the current state, so a repeat is not rejected for them. */
  async function checkedSender(ofKey: Scope, request: SendRequest): Promise<PhoneNumber | Stored> {
    const number = await numbers.byId(request.sendFrom);
    try {
      const sender = checkSender(number, ofKey.apiClientId, request.messageType);
      requireMms(request, routeOf(sender));
      if (request.media) await media.claim(ofKey.apiClientId, request.media);
      return sender;
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
      return earlier ? replay(earlier, fingerprint(request)) : accept(apiClientId, key, request, purpose);
    }
    const carriedOut = carryOut(ofKey, request, content, purpose);
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

  async function carryOut(ofKey: Scope, request: SendRequest, content: Content, purpose: Purpose | null) {
    const sender = await checkedSender(ofKey, request);
    if (!('numberId' in sender)) return { submission: undefined, result: sender };
    const submission = await prepare(ofKey, request, content, sender, purpose);
    const lane = laneOf(submission);
    const messages = submission.recipients.length;
    const admitted = await admission.admit({ ...lane, purpose, messages });
    if ('refusal' in admitted) return { submission: undefined, result: await storedOr(admitted.refusal, submission) };
    try {
      return { submission, result: await submissions.store(submission) };
    } finally {
      admitted.release();
    }
  }

  return accept;
}

/** @throws ApiError INVALID_REQUEST if the carrier of the number does not support MMS. */
function requireMms({ messageType }: SendRequest, route: Route | undefined): void {
  if (messageType === 'MMS' && route?.hasMms === false) throw invalidRequest('No configured carrier supports MMS');
}

/** Results of accepted recipients, as in the response. */
function resultsOf(recipients: Submission['recipients']) {
  return recipients.map(({ id, to }) => ({ to, messageId: id, status: 'QUEUED' }));
}

/** Rejects each valid recipient, because the carrier of the number is not configured. */
function withoutRoute({ to }: SendRequest) {
  const { accepted, refused } = readRecipients(to);
  const error = { code: 'NO_ROUTE', message: 'No configured carrier can send this message', details: {} };
  return { accepted: [], refused: [...refused, ...accepted.map((recipient) => ({ to: recipient, error }))] };
}

/** @throws ApiError CONFLICT when the key was used for something else. */
function replay(earlier: Stored, sent: string): Accepted {
  if (earlier.fingerprint !== sent) {
    throw conflict('Idempotency-Key was already used with a different payload');
  }
  return { body: earlier.body, replayed: true, messages: 0 };
}

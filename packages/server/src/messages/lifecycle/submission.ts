import type { EventRow } from '#events/events.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Lane, OutboundQueue } from '#queue/job.ts';
import type { Reservation } from '#queue/queue.ts';
import { type Priority, RANK } from '#queue/scheduled.ts';
import { VALIDITY_MS } from '../request/schedule.ts';
import type { Content, DeliveryGuarantee, RefusedRecipient, SendRequest } from '../request/send-request.ts';
import type { LoadedOutgoing, Outgoing } from './messages.ts';

/** Scope of a key. A key of a client never equals a key of an automatic reply. */
type Route = 'messages.send' | 'auto-replies';

/** An accepted recipient, with the selected number and carrier. */
export interface Recipient {
  id: string;
  to: string;
  number: PhoneNumber;
  carrier: string;
  /** Queue of the carrier. */
  queue: OutboundQueue;
  /** Why this carrier was selected. Null: the default carrier, which accepts messages. */
  reason: string | null;
  /** Time from which the message may be submitted. Null: at once. */
  releaseAt: Date | null;
  /** Time after which the message is not submitted any more. Null: 24 hours after its creation. */
  expiresAt: Date | null;
}

/** A checked send request that is ready to be stored. */
export interface Submission {
  apiClientId: string;
  route: Route;
  key: string;
  fingerprint: string;
  body: string;
  request: SendRequest;
  content: Content;
  purpose: Purpose | null;
  /** Number that the request has named. Null: the request has named a pool. */
  number: PhoneNumber | null;
  /** Pool that has selected the numbers. Null: the request has named the number. */
  poolId: string | null;
  /** Requested time of the submit. Null: at once. */
  sendAt: Date | null;
  priority: Priority;
  /** Time zone in which quiet hours apply, as in the table `messages`. Null: no quiet hours. */
  quietZone: string | null;
  recipients: Recipient[];
  rejections: readonly (RefusedRecipient & { id: string })[];
}

/** Idempotent response stored under a key. */
export interface Stored {
  apiClientId: string;
  route: Route;
  key: string;
  fingerprint: string;
  body: string;
}

export type Scope = Pick<Stored, 'apiClientId' | 'route' | 'key'>;

/** @returns the scope as a key for maps. */
export function scope({ apiClientId, route, key }: Scope): string {
  return `${apiClientId}\n${route}\n${key}`;
}

/** A request of a batch, as it is stored. */
export interface Row {
  submission: Submission;
  recipients: (Recipient & {
    /** Id of the message of this request that has the content. null: this message has it. */
    contentOf: string | null;
    outboundLease: number | null;
    webhookLease: number | null;
  })[];
}

/**
 * Assigns leases to the first messages of each queue, as many as were reserved. The other messages wait in the queue.
 */
export function underLeases(
  submissions: readonly Submission[],
  outbound: ReadonlyMap<OutboundQueue, Reservation<LoadedOutgoing>>,
  webhooks: Reservation<EventRow>,
): Row[] {
  let nth = 0;
  const begun = new Map<OutboundQueue, number>();
  return submissions.map((submission) => {
    const [first] = submission.recipients;
    const shared = submission.request.messageType === 'MMS' ? first?.id : undefined;
    const recipients = submission.recipients.map((recipient) => {
      const { id, queue, releaseAt } = recipient;
      const { lease = 0, count = 0 } = outbound.get(queue) ?? {};
      const nthOfQueue = begun.get(queue) ?? 0;
      if (releaseAt === null) begun.set(queue, nthOfQueue + 1);
      const outboundLease = releaseAt === null && nthOfQueue < count ? lease : null;
      const webhookLease = nth < webhooks.count ? webhooks.lease : null;
      nth += 1;
      const contentOf = shared === undefined || shared === id ? null : shared;
      return { ...recipient, contentOf, outboundLease, webhookLease };
    });
    return { submission, recipients };
  });
}

/**
 * Row of a request, in the shape that the storing statement expects. Number and carrier are those of the first recipient. Other
 * recipients name theirs only if these differ.
 */
export function requestRow({ submission, recipients }: Row) {
  const { apiClientId, route, key, fingerprint, body, request, content, purpose, poolId } = submission;
  const { sendAt, priority, quietZone, rejections } = submission;
  const [first] = recipients;
  const { number = submission.number, queue = 'outbound', carrier = '', reason = null } = first ?? {};
  // Absent times mean at once, so recipients with different times each have their own.
  const hasOwnTimes = first !== undefined && !recipients.every((recipient) => hasTimesOf(recipient, first));
  return {
    apiClientId,
    route,
    key,
    fingerprint,
    body,
    numberId: number?.numberId ?? '',
    queue,
    carrier,
    reason,
    from: number?.e164 ?? '',
    messageType: request.messageType,
    ...content,
    externalReference: request.externalReference ?? null,
    guarantee: guaranteeOf(request),
    purpose,
    ...(poolId === null ? {} : { poolId }),
    ...(sendAt === null ? {} : { sendAt }),
    ...(priority === 'NORMAL' ? {} : { priority, rank: RANK[priority] }),
    ...(quietZone === null ? {} : { quietZone }),
    ...(request.bulkSendId === undefined ? {} : { bulkSendId: request.bulkSendId }),
    ...keepRow(recipients),
    ...(hasOwnTimes ? {} : timesRow(first)),
    recipients: recipients.map((recipient) => ({
      ...recipientRow(recipient, first as Recipient),
      ...(hasOwnTimes ? timesRow(recipient) : {}),
    })),
    ...(rejections.length === 0 ? {} : { rejections }),
  };
}

/** Time until which the key is kept at least. Absent for messages that are due at once. */
function keepRow(recipients: readonly Recipient[]) {
  const last = Math.max(
    ...recipients.map(({ releaseAt, expiresAt }) => (releaseAt && expiresAt ? expiresAt.getTime() : 0)),
  );
  return last > 0 ? { keepUntil: new Date(last) } : {};
}

/** Times of a recipient. Absent for a message that is due at once. */
function timesRow({ releaseAt, expiresAt }: Times = NO_TIMES) {
  return { ...(releaseAt === null ? {} : { runAt: releaseAt }), ...(expiresAt === null ? {} : { expiresAt }) };
}

type Times = Pick<Recipient, 'releaseAt' | 'expiresAt'>;

function hasTimesOf(one: Times, other: Times): boolean {
  return (
    one.releaseAt?.getTime() === other.releaseAt?.getTime() && one.expiresAt?.getTime() === other.expiresAt?.getTime()
  );
}

const NO_TIMES = { releaseAt: null, expiresAt: null };

function recipientRow(
  { number, queue, carrier, reason, releaseAt: _, expiresAt: __, ...recipient }: Row['recipients'][number],
  first: Recipient,
) {
  return {
    ...recipient,
    ...(number === first.number ? {} : { numberId: number.numberId, from: number.e164 }),
    ...(carrier === first.carrier ? {} : { queue, carrier }),
    ...(reason === first.reason ? {} : { reason: reason ?? '' }),
  };
}

/** Lane of a message, for fair scheduling. */
export function laneOf({ apiClientId }: Pick<Submission, 'apiClientId'>, { number }: Pick<Recipient, 'number'>): Lane {
  return { client: apiClientId, lane: number.numberId };
}

function guaranteeOf({ deliveryGuarantee = 'AT_MOST_ONCE' }: SendRequest): DeliveryGuarantee {
  return deliveryGuarantee;
}

/** The message, in the shape that a claim reads. */
export function outgoingOf(
  { apiClientId, request, content, purpose, poolId, quietZone }: Submission,
  { id, to, number, expiresAt }: Recipient,
  now: Date,
): Outgoing {
  return {
    id,
    apiClientId,
    numberId: number.numberId,
    poolId,
    from: number.e164,
    to,
    messageType: request.messageType,
    text: content.text,
    media: content.media,
    guarantee: guaranteeOf(request),
    purpose,
    parts: content.segments ?? 1,
    status: 'QUEUED',
    createdAt: now,
    expiresAt: expiresAt ?? new Date(now.getTime() + VALIDITY_MS),
    hasExpiry: expiresAt !== null,
    quietZone,
  };
}

/** First event of the message, in the shape that a claim reads. */
export function queuedEvent(
  { apiClientId, request, content, purpose }: Submission,
  { id, to, number }: Recipient,
  now: Date,
): EventRow {
  return {
    messageId: id,
    sequence: 1,
    type: 'message.queued',
    occurredAt: now,
    apiClientId,
    externalReference: request.externalReference ?? null,
    numberId: number.numberId,
    from: number.e164,
    to,
    messageType: request.messageType,
    status: 'QUEUED',
    segments: content.segments,
    providerMessageRef: null,
    error: null,
    purpose,
    text: null,
    media: null,
    keyword: null,
    optOutType: null,
  };
}

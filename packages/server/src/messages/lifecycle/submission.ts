import type { EventRow } from '#events/events.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Lane, OutboundQueue } from '#queue/job.ts';
import type { Reservation } from '#queue/queue.ts';
import type { Content, DeliveryGuarantee, SendRequest } from '../request/send-request.ts';
import type { LoadedOutgoing, Outgoing } from './messages.ts';

/** Scope of a key. A key of a client never equals a key of an automatic reply. */
type Route = 'messages.send' | 'auto-replies';

/** A checked send request that is ready to be stored. */
export interface Submission {
  apiClientId: string;
  route: Route;
  key: string;
  fingerprint: string;
  body: string;
  number: PhoneNumber;
  /** Queue of the carrier that the messages are routed to. */
  queue: OutboundQueue;
  request: SendRequest;
  content: Content;
  purpose: Purpose | null;
  recipients: { id: string; to: string }[];
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
  recipients: {
    id: string;
    to: string;
    /** Id of the message of this request that has the content. null: this message has it. */
    contentOf: string | null;
    outboundLease: number | null;
    webhookLease: number | null;
  }[];
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
    const { queue } = submission;
    const { lease = 0, count = 0 } = outbound.get(queue) ?? {};
    let nthOfQueue = begun.get(queue) ?? 0;
    begun.set(queue, nthOfQueue + submission.recipients.length);
    const [first] = submission.recipients;
    const shared = submission.request.messageType === 'MMS' ? first?.id : undefined;
    const recipients = submission.recipients.map(({ id, to }) => {
      const outboundLease = nthOfQueue < count ? lease : null;
      nthOfQueue += 1;
      const webhookLease = nth < webhooks.count ? webhooks.lease : null;
      nth += 1;
      const contentOf = shared === undefined || shared === id ? null : shared;
      return { id, to, contentOf, outboundLease, webhookLease };
    });
    return { submission, recipients };
  });
}

/** Row of a request, in the shape that the storing statement expects. */
export function requestRow({ submission, recipients }: Row) {
  const { apiClientId, route, key, fingerprint, body, number, queue, request, content, purpose } = submission;
  return {
    apiClientId,
    route,
    key,
    fingerprint,
    body,
    numberId: number.numberId,
    queue,
    from: number.e164,
    messageType: request.messageType,
    ...content,
    externalReference: request.externalReference ?? null,
    guarantee: guaranteeOf(request),
    purpose,
    recipients,
  };
}

/** Lane of the submission, for fair scheduling. */
export function laneOf({ apiClientId, number }: Submission): Lane {
  return { client: apiClientId, lane: number.numberId };
}

function guaranteeOf({ deliveryGuarantee = 'AT_MOST_ONCE' }: SendRequest): DeliveryGuarantee {
  return deliveryGuarantee;
}

/** The message, in the shape that a claim reads. */
export function outgoingOf(
  { apiClientId, number, request, content, purpose }: Submission,
  id: string,
  to: string,
  now: Date,
): Outgoing {
  return {
    id,
    apiClientId,
    numberId: number.numberId,
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
  };
}

/** First event of the message, in the shape that a claim reads. */
export function queuedEvent(
  { apiClientId, number, request, content, purpose }: Submission,
  id: string,
  to: string,
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

import type { EventRow } from '../events/events.ts';
import type { PhoneNumber } from '../numbers/numbers.ts';
import type { Lane } from '../queue/job.ts';
import type { Reservation } from '../queue/queue.ts';
import type { LoadedOutgoing, Outgoing } from './messages.ts';
import type { Purpose } from './purpose.ts';
import type { Content, DeliveryGuarantee, SendRequest } from './send-request.ts';

/** Keys are each route's own: no client's key can be an automatic reply's. */
type Route = 'messages.send' | 'auto-replies';

/** A send that was judged, and is to be stored. */
export interface Submission {
  apiClientId: string;
  route: Route;
  key: string;
  fingerprint: string;
  body: string;
  number: PhoneNumber;
  request: SendRequest;
  content: Content;
  purpose: Purpose | null;
  recipients: { id: string; to: string }[];
}

/** What stands under a key. */
export interface Stored {
  apiClientId: string;
  route: Route;
  key: string;
  fingerprint: string;
  body: string;
}

export type Scope = Pick<Stored, 'apiClientId' | 'route' | 'key'>;

/** For maps. */
export function scope({ apiClientId, route, key }: Scope): string {
  return `${apiClientId}\n${route}\n${key}`;
}

/** A request of a batch, as it is to be stored. */
export interface Row {
  submission: Submission;
  recipients: {
    id: string;
    to: string;
    /** The message of this request that has the content; null: this one. */
    contentOf: string | null;
    outboundLease: number | null;
    webhookLease: number | null;
  }[];
}

/** The first messages are made under the leases for which there is room; the others wait. */
export function underLeases(
  submissions: readonly Submission[],
  outbound: Reservation<LoadedOutgoing>,
  webhooks: Reservation<EventRow>,
): Row[] {
  let nth = 0;
  return submissions.map((submission) => {
    const [first] = submission.recipients;
    const shared = submission.request.messageType === 'MMS' ? first?.id : undefined;
    const recipients = submission.recipients.map(({ id, to }) => {
      const outboundLease = nth < outbound.count ? outbound.lease : null;
      const webhookLease = nth < webhooks.count ? webhooks.lease : null;
      nth += 1;
      const contentOf = shared === undefined || shared === id ? null : shared;
      return { id, to, contentOf, outboundLease, webhookLease };
    });
    return { submission, recipients };
  });
}

/** As the statement that stores it takes it. */
export function requestRow({ submission, recipients }: Row) {
  const { apiClientId, route, key, fingerprint, body, number, request, content, purpose } = submission;
  return {
    apiClientId,
    route,
    key,
    fingerprint,
    body,
    numberId: number.numberId,
    from: number.e164,
    messageType: request.messageType,
    ...content,
    externalReference: request.externalReference ?? null,
    guarantee: guaranteeOf(request),
    purpose,
    recipients,
  };
}

/** Whose turn it is to take. */
export function laneOf({ apiClientId, number }: Submission): Lane {
  return { client: apiClientId, lane: number.numberId };
}

function guaranteeOf({ deliveryGuarantee = 'AT_MOST_ONCE' }: SendRequest): DeliveryGuarantee {
  return deliveryGuarantee;
}

/** The message as a claim would read it. */
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

/** The message's first event as a claim would read it. */
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

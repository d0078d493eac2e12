import type { PhoneNumber } from '#numbers/numbers.ts';
import { invalidRequest } from '#platform/errors.ts';
import { senderTypeOf } from '#platform/phone-numbers.ts';
import type { OutboundQueue } from '#queue/job.ts';
import type { Decision } from '#routing/choose.ts';
import type { RoutedMessage } from '#routing/table.ts';
import { type Content, countryProblem, type MessageType, type RefusedRecipient } from '../request/send-request.ts';
import type { Recipient } from './submission.ts';

/** Limits of carriers for the media of one message. */
export interface RouteLimits {
  /** Bytes of all files together. */
  totalBytes: number;
  /** Whether a carrier delivers files of a type. */
  accepts(mimeType: string): boolean;
}

/** Selection of carriers, as accepts use it. */
export interface Routing {
  /** @returns the carrier of each recipient, or undefined if no carrier can carry the message. */
  routeAll(
    sender: Omit<RoutedMessage, 'to'>,
    recipients: readonly string[],
    waitingFor?: (to: string) => string | undefined,
  ): (Decision | undefined)[];
  /** @returns the carrier as of now. Tests no carrier. */
  route(message: RoutedMessage): Decision | undefined;
  /** Whether earlier messages may wait for another carrier than the one that new messages to the same recipient get. */
  isUnsettled(): boolean;
  /**
   * @returns function for the milliseconds for which no carrier has accepted a message to a recipient. Undefined: no
   *   carrier can carry the message.
   */
  outagesOf(sender: Omit<RoutedMessage, 'to'>): (to: string) => number | undefined;
  /** Whether a new message may test a carrier whose circuit breaker is open. */
  takesTest(message: RoutedMessage): boolean;
  /** Whether a carrier can carry messages of this kind to some recipient. */
  canLeave(sender: Omit<RoutedMessage, 'to'>): boolean;
  /** Largest limits of the carriers for a message. Undefined: no carrier can carry it. */
  mediaLimits(sender: Omit<RoutedMessage, 'to'>): RouteLimits | undefined;
  /** Queue of the messages for a carrier. */
  queueOf(carrier: string): OutboundQueue;
  /** Carrier of a queue. Undefined: the carrier is no longer configured. */
  carrierOf(queue: OutboundQueue): string | undefined;
}

/**
 * Parts of messages of a number that decide on their routes.
 * @param poolId pool that has selected the number.
 */
export function routedSender(
  number: PhoneNumber,
  messageType: MessageType,
  text: string | null,
  poolId: string | null = null,
): Omit<RoutedMessage, 'to'> {
  const { numberId, e164, apiClientId, campaignRegId, carrier, carriers } = number;
  return {
    ...{ numberId, from: e164, sender: senderTypeOf(e164), messageType, carrier, carriers },
    poolId,
    characters: text === null ? 0 : [...text].length,
    apiClientId: apiClientId ?? '',
    campaign: campaignRegId,
  };
}

/** @throws ApiError INVALID_REQUEST if a carrier could send an SMS of the numbers, and none can send an MMS. */
export function requireMms(routing: Routing, senders: readonly Omit<RoutedMessage, 'to'>[]): void {
  if (senders[0]?.messageType !== 'MMS' || senders.some((sender) => routing.canLeave(sender))) return;
  if (senders.some((sender) => routing.canLeave({ ...sender, messageType: 'SMS' }))) {
    throw invalidRequest('No configured carrier supports MMS', { field: 'messageType' });
  }
}

/** Recipient with the number that sends to it. */
export interface Assigned extends Addressed {
  number: PhoneNumber;
}

/** Recipient with the id and the times of its message. */
export interface Addressed {
  id: string;
  to: string;
  /** Null: at once. */
  releaseAt: Date | null;
  /** Null: 24 hours after the creation of the message. */
  expiresAt: Date | null;
}

/** Carrier for which an earlier message from a number to a recipient waits. Undefined: none waits, as far as known. */
export type WaitingFor = (numberId: string, to: string) => string | undefined;

/** Selects the carrier of each recipient. Recipients that no carrier can reach are rejected. */
export function assignCarriers(
  routing: Routing,
  poolId: string | null,
  { messageType, text }: Pick<Content, 'text'> & { messageType: MessageType },
  recipients: readonly Assigned[],
  waitingFor: WaitingFor,
): { routed: Recipient[]; refused: RefusedRecipient[] } {
  const decisions = new Map<string, Decision | undefined>();
  for (const [number, ofNumber] of Map.groupBy(recipients, (recipient) => recipient.number)) {
    const sender = routedSender(number, messageType, text, poolId);
    const found = routing.routeAll(
      sender,
      ofNumber.map(({ to }) => to),
      (to) => waitingFor(number.numberId, to),
    );
    for (const [n, { id }] of ofNumber.entries()) decisions.set(id, found[n]);
  }
  const routed: Recipient[] = [];
  const refused: RefusedRecipient[] = [];
  for (const { number, ...recipient } of recipients) {
    const { id, to } = recipient;
    const decision = decisions.get(id);
    const problem = countryProblem(number, to);
    if (problem) refused.push({ to, error: problem });
    else if (decision) {
      const { carrier, reason, isUsual } = decision;
      routed.push({ ...recipient, number, carrier, queue: routing.queueOf(carrier), reason: isUsual ? null : reason });
    } else refused.push({ to, error: NO_ROUTE });
  }
  return { routed, refused };
}

/** Error of a recipient that no carrier can reach. */
export const NO_ROUTE = {
  code: 'NO_ROUTE',
  message: 'No configured carrier can send this message',
  details: {},
};

/** The API document's types under names that one can say. */
import type { operations } from './openapi.ts';

type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
type Reply<O, S extends number> = O extends { responses: { [K in S]: { content: { 'application/json': infer R } } } }
  ? R
  : never;

export type Identity = Reply<operations['whoami'], 200>;

export type PhoneNumber = Reply<operations['listNumbers'], 200>['numbers'][number];
export type NumberSearch = Body<operations['searchNumbers']>;
export type NumberGroup = Reply<operations['searchNumbers'], 200>['groups'][number];
export type NumberUpdate = Body<operations['updateNumber']>;

export type SendParams = Body<operations['sendMessage']>;
type SendReply = Reply<operations['sendMessage'], 202>;
export type AcceptedRecipient = SendReply['results'][number];
export type RejectedRecipient = SendReply['errors'][number];

type Some<T> = [T, ...T[]];

interface Sent {
  /** The key that the send went under: repeated under it, it is answered the same and sends nothing. */
  idempotencyKey: string;
  /** Whether this answer is the stored one of an earlier request under the same key, for one of a retry. */
  replayed: boolean;
  requestId: string | undefined;
}

export interface AllAccepted extends Sent {
  outcome: 'ALL_ACCEPTED';
  accepted: Some<AcceptedRecipient>;
  rejected: [];
}

export interface SomeRejected extends Sent {
  outcome: 'SOME_REJECTED';
  accepted: Some<AcceptedRecipient>;
  rejected: Some<RejectedRecipient>;
}

export interface AllRejected extends Sent {
  outcome: 'ALL_REJECTED';
  accepted: [];
  rejected: Some<RejectedRecipient>;
}

/**
 * What became of each recipient. Three cases rather than two lists: `accepted[0]` can't be read, as far as the compiler
 * is concerned, before it is known that there is one.
 */
export type SendResult = AllAccepted | SomeRejected | AllRejected;

type OnEvent<T extends string> = Body<operations[`on.${T}` & keyof operations]>;

export type QueuedEvent = OnEvent<'queued'>;
export type SentEvent = OnEvent<'sent'>;
export type DeliveryEvent = OnEvent<'delivery'>;
export type FailedEvent = OnEvent<'failed'>;
export type InboundEvent = OnEvent<'inbound'>;

/** An event of a type that this version does not know: a newer server's. */
export interface UnknownEvent {
  /** Kept apart from the known types, so that comparing with one of those narrows to it alone. */
  type: string & { readonly 'a type that this version does not know': never };
  eventId: string;
  occurredAt: string;
  [field: string]: unknown;
}

export type KnownEvent = QueuedEvent | SentEvent | DeliveryEvent | FailedEvent | InboundEvent;

/** A webhook's event: `type` tells which. */
export type WebhookEvent = KnownEvent | UnknownEvent;

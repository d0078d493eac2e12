/** The API document's types under names that one can say. */
import type { operations } from './openapi.ts';

type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
type Reply<O, S extends number> = O extends { responses: { [K in S]: { content: { 'application/json': infer R } } } }
  ? R
  : never;

/** Query parameters, as whoever calls may write them. */
type Query<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
/** A moment: RFC 3339 as text, or a Date. */
type Moments<Q, K extends keyof Q> = Omit<Q, K> & { [P in K]?: string | Date };

export type Identity = Reply<operations['whoami'], 200>;

export type PhoneNumber = Reply<operations['listNumbers'], 200>['numbers'][number];
export type NumberSearch = Body<operations['searchNumbers']>;
export type NumberGroup = Reply<operations['searchNumbers'], 200>['groups'][number];
export type NumberUpdate = Body<operations['updateNumber']>;

type SendBody = Body<operations['sendMessage']>;
/** Lists may be readonly. */
export type SendParams = Omit<SendBody, 'to' | 'media'> & {
  to: readonly string[];
  media?: readonly NonNullable<SendBody['media']>[number][];
};
type SendReply = Reply<operations['sendMessage'], 202>;
export type AcceptedRecipient = SendReply['results'][number];
export type RejectedRecipient = SendReply['errors'][number];

export type Message = Reply<operations['listMessages'], 200>['messages'][number];
/** With its parts, its events, and how those were delivered. */
export type MessageDetails = Reply<operations['getMessage'], 200>;
export type MessageFilters = Moments<Query<operations['listMessages']>, 'createdAfter' | 'createdBefore'>;
export type EventFilters = Moments<Query<operations['listEvents']>, 'since'>;

export type WebhookSettings = Reply<operations['getWebhooks'], 200>;
export type WebhookUpdate = Body<operations['updateWebhooks']>;
export type WebhookTest = Body<operations['testWebhook']>;
export type WebhookTestResult = Reply<operations['testWebhook'], 200>;
export type SecretRotation = Body<operations['rotateWebhookSecret']>;
export type RotatedSecret = Reply<operations['rotateWebhookSecret'], 200>;
export type Delivery = Reply<operations['listDeliveries'], 200>['deliveries'][number];
export type DeliveryFilters = Query<operations['listDeliveries']>;
export type EventReplay = Reply<operations['replayEvent'], 202>;
export type Replay = Reply<operations['getReplay'], 200>;
export type NewReplay = Omit<Body<operations['createReplay']>, 'since'> & { since: string | Date };

export type OptOut = Reply<operations['listOptOuts'], 200>['optOuts'][number];
export type NewOptOut = Body<operations['addOptOut']>;
export type OptOutFilters = Query<operations['listOptOuts']>;
export type OptOutChange = Reply<operations['listOptOutChanges'], 200>['changes'][number];
export type OptOutHistoryFilters = Query<operations['listOptOutChanges']>;
export type AutoReplies = Reply<operations['getAutoReplies'], 200>;
export type AutoRepliesUpdate = Body<operations['updateAutoReplies']>;

type Some<T> = [T, ...T[]];

interface Sent {
  /** The key that the send went under: repeated under it, it is answered the same and sends nothing. */
  idempotencyKey: string;
  /** Whether this answer is the stored one of an earlier request under the same key, for one of a retry. */
  replayed: boolean;
  /** How often this call has sent it. With 1, an answer that is `replayed` is that of an earlier call. */
  attempts: number;
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
  /**
   * Its plain name, such as `message.read`. The compiler is told of a pattern that no known type fits: it can tell the
   * others apart only then, and a `switch` over them still needs its `default`.
   */
  type: `unknown: ${string}`;
  eventId: string;
  occurredAt: string;
  [field: string]: unknown;
}

export type KnownEvent = QueuedEvent | SentEvent | DeliveryEvent | FailedEvent | InboundEvent;

/** An event as the stream has it: `type` tells which. */
export type StreamEvent = KnownEvent | UnknownEvent;

/** What `rc.webhooks.test` makes the server send. */
export interface TestEvent {
  type: 'webhook.test';
  eventId: string;
  occurredAt: string;
  sequence: number;
  apiClientId: string;
}

/** A webhook's event: `type` tells which. */
export type WebhookEvent = StreamEvent | TestEvent;

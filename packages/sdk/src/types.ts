/** Types of the API document under short names. */
import type { operations } from './openapi.ts';

type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
type Reply<O, S extends number> = O extends { responses: { [K in S]: { content: { 'application/json': infer R } } } }
  ? R
  : never;

/** Query parameters of an operation. */
type Query<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
/** Accepts times as RFC 3339 text or as a `Date`. */
type Moments<Q, K extends keyof Q> = Omit<Q, K> & { [P in K]?: string | Date };

/** An API client, as returned by `RedCloud.whoami`. */
export type Identity = Reply<operations['whoami'], 200>;

/** A number of the API client, with its capabilities and webhook overrides. */
export type PhoneNumber = Reply<operations['listNumbers'], 200>['numbers'][number];
export type NumberSearch = Body<operations['searchNumbers']>;
/** Available numbers with the same area code, office code and place. */
export type NumberGroup = Reply<operations['searchNumbers'], 200>['groups'][number];
export type NumberUpdate = Body<operations['updateNumber']>;

type SendBody = Body<operations['sendMessage']>;
/** Parameters of a send request. Lists may be readonly. */
export type SendParams = Omit<SendBody, 'to' | 'media'> & {
  to: readonly string[];
  media?: readonly NonNullable<SendBody['media']>[number][];
};
type SendReply = Reply<operations['sendMessage'], 202>;
/** A recipient whose message is queued. */
export type AcceptedRecipient = SendReply['results'][number];
/** A recipient without a message, and the error that rejected it. */
export type RejectedRecipient = SendReply['errors'][number];

export type Message = Reply<operations['listMessages'], 200>['messages'][number];
/** A message with its segments, its events, and the webhook deliveries of these events. */
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
  /** Idempotency key of the send request. A repeat with this key gets the idempotent response and sends nothing. */
  idempotencyKey: string;
  /** Whether this is the idempotent response of an earlier request with the same key, for example before a retry. */
  replayed: boolean;
  /**
   * Number of attempts of this call. If a `replayed` response has 1 attempt, an earlier call made the original request.
   */
  attempts: number;
  /** Id of the request. Quote the id to the operator. */
  requestId: string | undefined;
}

/** Result of a send request that accepted all recipients. */
export interface AllAccepted extends Sent {
  outcome: 'ALL_ACCEPTED';
  accepted: Some<AcceptedRecipient>;
  rejected: [];
}

/** Result of a send request that accepted some recipients and rejected others. */
export interface SomeRejected extends Sent {
  outcome: 'SOME_REJECTED';
  accepted: Some<AcceptedRecipient>;
  rejected: Some<RejectedRecipient>;
}

/** Result of a send request that rejected all recipients. */
export interface AllRejected extends Sent {
  outcome: 'ALL_REJECTED';
  accepted: [];
  rejected: Some<RejectedRecipient>;
}

/**
 * Result of a send request, with the outcome for each recipient. A union of three cases instead of two lists. The
 * compiler permits `accepted[0]` only after a check of `outcome`.
 */
export type SendResult = AllAccepted | SomeRejected | AllRejected;

type OnEvent<T extends string> = Body<operations[`on.${T}` & keyof operations]>;

export type QueuedEvent = OnEvent<'queued'>;
export type SentEvent = OnEvent<'sent'>;
export type DeliveryEvent = OnEvent<'delivery'>;
export type FailedEvent = OnEvent<'failed'>;
export type InboundEvent = OnEvent<'inbound'>;

/** An event of a type that this version does not define, from a newer server. */
export interface UnknownEvent {
  /**
   * Raw type name, such as `message.read`. The declared pattern matches no known type, so that the compiler can
   * discriminate the known types. A `switch` over `type` still needs a `default`.
   */
  type: `unknown: ${string}`;
  eventId: string;
  occurredAt: string;
  [field: string]: unknown;
}

/** An event of a type that this version defines. Discriminated by `type`. */
export type KnownEvent = QueuedEvent | SentEvent | DeliveryEvent | FailedEvent | InboundEvent;

/** An event of the event stream. Discriminated by `type`. */
export type StreamEvent = KnownEvent | UnknownEvent;

/** The test event of `rc.webhooks.test`. */
export interface TestEvent {
  type: 'webhook.test';
  eventId: string;
  occurredAt: string;
  sequence: number;
  apiClientId: string;
}

/** An event of a webhook. Discriminated by `type`. */
export type WebhookEvent = StreamEvent | TestEvent;

/** Types of the API document under short names. */
import type { MediaFile } from './media/source.ts';
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
/** A stored file, or one that the server fetches from `sourceUrl`. */
export type MediaItem = NonNullable<SendBody['media']>[number];
/** Media of a send: an item, a file that is uploaded first, or an http(s) URL that the server fetches. */
export type MediaInput = MediaItem | MediaFile;
/** Parameters of a send request. Lists may be readonly, and times are RFC 3339 text or a `Date`. */
export type SendParams = Omit<SendBody, 'to' | 'media' | 'sendAt' | 'expiresAt'> & {
  to: readonly string[];
  /** At most 10. */
  media?: readonly MediaInput[];
  /** Time of the submit, at most 365 days ahead. Up to 60 s in the past means now. Default: now. */
  sendAt?: string | Date;
  /**
   * A message that was not submitted by this time fails with `EXPIRED`. At most 48 hours after the time from which the
   * message may be sent. Default: 24 hours after that time.
   */
  expiresAt?: string | Date;
};
/** Parameters of a preview. Files are not uploaded, so `media` has items only. */
export type PreviewParams = Omit<SendParams, 'media'> & { media?: readonly MediaItem[] };
/** Effect of a send: segments, carrier and expected time per recipient, rejected recipients, and the text. */
export type Preview = Reply<operations['previewMessages'], 200>;
/** A file of this API client, as an item for a send. Without a name of its own, `fileName` is derived from the key. */
export type StoredMedia = Required<Omit<MediaItem, 'sourceUrl'>>;
export type DownloadedMedia = StoredMedia & { content: Blob };
type SendReply = Reply<operations['sendMessage'], 202>;
/** A recipient whose message is queued. */
export type AcceptedRecipient = SendReply['results'][number];
/** A recipient without a message, and the error that rejected it. */
export type RejectedRecipient = SendReply['errors'][number];

type Listed = Reply<operations['listMessages'], 200>['messages'][number];
type ListFilters = Moments<
  Query<operations['listMessages']>,
  'createdAfter' | 'createdBefore' | 'sendAfter' | 'sendBefore'
>;

export type Message = Exclude<Listed, { status: 'REJECTED' }>;
/** A message with its segments, its events, and the webhook deliveries of these events. */
export type MessageDetails = Exclude<Reply<operations['getMessage'], 200>, { status: 'REJECTED' }>;
export type MessageFilters = Omit<ListFilters, 'status'> & { status?: Message['status'] };
/** A recipient that a send rejected. There is no message. */
export type Rejection = Extract<Listed, { status: 'REJECTED' }>;
export type RejectionFilters = Omit<ListFilters, 'status'> & { status: 'REJECTED' };
/** New times of a message. Without `expiresAt`, the message expires 24 hours after its new time. */
export interface NewTimes {
  sendAt: string | Date;
  expiresAt?: string | Date;
}
/** Numbers of messages. `canceled` includes messages that were canceled before. */
export type CancelCounts = Reply<operations['cancelMessages'], 200>;

/** Group of send requests, with the numbers of its messages. */
export type BulkSend = Reply<operations['getBulkSend'], 200>;
export type BulkSendUpdate = Body<operations['putBulkSend']>;
export type BulkSendFilters = Query<operations['listBulkSends']>;

/** Hours and weekdays in which messages may be sent, in the time zone of the recipient. */
export type QuietHours = Reply<operations['getQuietHours'], 200>;
export type QuietHoursUpdate = Omit<Body<operations['setQuietHours']>, 'days'> & { days?: readonly string[] };
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

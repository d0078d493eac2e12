/**
 * Types of the API document under short names. A change of the document that affects the console fails the type check.
 */
import type { operations } from '../../../sdk/src/openapi.ts';
import type { Explained } from './operator-types.ts';

type Reply<O, S extends number = 200> = O extends {
  responses: { [K in S]: { content: { 'application/json': infer R } } };
}
  ? R
  : never;

export type Whoami = Reply<operations['whoami']>;

type Listed = Reply<operations['listMessages']>['messages'][number];
/** A recipient that a send rejected. For operators also with key and API client. */
export type Rejection = Extract<Listed, { status: 'REJECTED' }> &
  Partial<Pick<Explained, 'apiClientId' | 'idempotencyKey'>>;
export type Message = Exclude<Listed, { status: 'REJECTED' }>;

interface Page<Item> {
  messages: Item[];
  nextCursor: string | null;
}
export type MessagesPage = Page<Message>;
export type RejectionsPage = Page<Rejection>;
/** A file of an MMS. */
export type MediaOfMessage = NonNullable<Message['media']>[number];
export type StoredMedia = Reply<operations['uploadMedia'], 201>;
/** A message with segments, events and deliveries. For operators also with key, receipts and API client. */
export type MessageDetail = Exclude<Reply<operations['getMessage']>, { status: 'REJECTED' }> & Partial<Explained>;
export type Part = MessageDetail['parts'][number];
export type MessageEvent = MessageDetail['events'][number];
export type Attempt = MessageEvent['delivery']['attempts'][number];

export type EventsPage = Reply<operations['listEvents']>;
export type EventBody = EventsPage['events'][number];

export type Webhooks = Reply<operations['getWebhooks']>;
export type Endpoint = Webhooks['endpoints'][number];
export type TestEventResult = Reply<operations['testWebhook']>;
export type Rotation = Reply<operations['rotateWebhookSecret']>;
export type DeliveriesPage = Reply<operations['listDeliveries']>;
export type Delivery = DeliveriesPage['deliveries'][number];
export type Replays = Reply<operations['listReplays']>;
export type Replay = Replays['replays'][number];

export type Numbers = Reply<operations['listNumbers']>;
export type PhoneNumber = Numbers['numbers'][number];
export type Inventory = Reply<operations['searchNumbers']>;
export type OptOutsPage = Reply<operations['listOptOuts']>;
export type OptOut = OptOutsPage['optOuts'][number];
export type OptOutChangesPage = Reply<operations['listOptOutChanges']>;
export type OptOutChange = OptOutChangesPage['changes'][number];
export type AutoReplies = Reply<operations['getAutoReplies']>;
export type Sent = Reply<operations['sendMessage'], 202>;

export type Preview = Reply<operations['previewMessages']>;
export type PreviewedText = NonNullable<Preview['text']>;
export type CanceledMessages = Reply<operations['cancelMessages']>;
export type BulkSend = Reply<operations['getBulkSend']>;
export type BulkSendsPage = Reply<operations['listBulkSends']>;
export type QuietHours = Reply<operations['getQuietHours']>;

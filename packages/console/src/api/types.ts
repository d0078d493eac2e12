/** What the console reads of the API's answers: docs/openapi.json has all of it. */

export interface ErrorBody {
  code: string;
  message: string;
  details: Record<string, unknown>;
}

export interface Session {
  role: 'operator' | 'client';
  apiClientId?: string;
  sandbox: boolean;
}

export const STATUSES = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED'] as const;

export interface Media {
  storageKey: string;
  mimeType: string;
  byteLength: number;
  fileName?: string;
}

export interface Message {
  messageId: string;
  direction: 'INBOUND' | 'OUTBOUND';
  status: (typeof STATUSES)[number];
  numberId: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: Media[] | null;
  externalReference: string | null;
  deliveryGuarantee: string | null;
  encoding: string | null;
  segments: number | null;
  providerMessageRef: string | null;
  error: ErrorBody | null;
  createdAt: string;
  sentAt: string | null;
  finishedAt: string | null;
}

export interface Part {
  part: number;
  state: string;
  carrier: string;
  providerMessageRef: string | null;
  error: ErrorBody | null;
  submittedAt: string;
  finishedAt: string | null;
}

export interface Attempt {
  at: string;
  url: string;
  outcome: 'DELIVERED' | 'RETRY' | 'GIVEN_UP';
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  responseStart: string | null;
}

export type DeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED' | 'UNSENT';

export interface MessageEvent {
  eventId: string;
  type: string;
  sequence: number;
  status: string;
  occurredAt: string;
  delivery: { state: DeliveryState; nextAttemptAt: string | null; attempts: Attempt[] };
}

export interface Receipt {
  receivedAt: string;
  carrier: string;
  carrierRef: string;
  state: string;
  error: string | ErrorBody | null;
  raw: unknown;
  part: number | null;
}

export interface MessageDetail extends Message {
  parts: Part[];
  events: MessageEvent[];
  /** From here on: for operators only. */
  apiClientId?: string;
  idempotencyKey?: string | null;
  receipts?: Receipt[];
}

export interface EventBody {
  eventId: string;
  type: string;
  occurredAt: string;
  messageId: string;
  from: string;
  to: string;
  status: string;
  text?: string | null;
}

export interface Delivery {
  eventId: string;
  type: string;
  messageId: string;
  sequence: number;
  occurredAt: string;
  state: DeliveryState;
  nextAttemptAt: string | null;
  attempts: Attempt[];
}

export interface Endpoint {
  url: string;
  succeededAt: string | null;
  failingSince: string | null;
  failures: number;
  disabledAt: string | null;
  disabledBecause: string | null;
}

export interface Webhooks {
  deliveryUrl: string | null;
  inboundUrl: string | null;
  endpoints: Endpoint[];
}

export interface Trial {
  url: string;
  delivered: boolean;
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  responseStart: string | null;
}

export interface Replay {
  replayId: string;
  which: 'FAILED' | 'MISSING';
  since: string;
  status: 'RUNNING' | 'DONE' | 'CANCELLED';
  examined: number;
  replayed: number;
  createdAt: string;
  finishedAt: string | null;
}

export interface PhoneNumber {
  numberId: string;
  e164: string;
  status: 'ACTIVE' | 'INACTIVE';
  campaignRegId: string | null;
  smsEnabled: boolean;
  mmsEnabled: boolean;
  webhookInboundOverride?: string;
  webhookDeliveryOverride?: string;
}

export interface InventoryGroup {
  npa: string | null;
  nxx: string | null;
  city: string | null;
  state: string | null;
  rateCenter: string | null;
  count: number;
  numbers: { e164: string; smsEnabled: boolean; mmsEnabled: boolean }[];
}

export interface OptOut {
  numberId: string;
  recipient: string;
  origin: 'HANDSET' | 'API';
  source: string | null;
  keyword: string | null;
  note: string | null;
  createdAt: string;
}

export interface Account {
  id: string;
  name: string;
  status: 'ACTIVE' | 'SUSPENDED';
}

export interface Client {
  id: string;
  accountId: string;
  name: string;
  status: 'ACTIVE' | 'SUSPENDED';
  capabilities: string[];
  deliveryWebhookUrl: string | null;
  inboundWebhookUrl: string | null;
  createdAt: string;
}

export interface ClientSecret {
  id: string;
  hint: string;
  createdAt: string;
}

export interface Sample {
  at: string;
  accepted: number;
  sent: number;
  delivered: number;
  failed: number;
  webhooksDelivered: number;
  webhooksFailed: number;
  queued: { outbound: number; webhooks: number; outcomes: number };
  oldestSeconds: { outbound: number | null; webhooks: number | null };
}

export interface Overview {
  now: string;
  sampleSeconds: number;
  samples: Sample[];
  failures: { code: string; count: number }[];
  totals: { accepted: number; sent: number; delivered: number; failed: number };
  processes: {
    id: string;
    host: string;
    pid: number;
    version: string;
    roles: string[];
    startedAt: string;
    aliveUntil: string;
  }[];
  carriers: { name: string; link: string; state: string; heldBy: string | null }[];
  endpoints: { known: number; failing: number; disabled: number };
}

/** Responses of the operator and session routes. The SDK, whose types `types.ts` uses, does not include them. */

import type { QuietHours } from './types.ts';

export interface Session {
  role: 'operator' | 'client' | 'nobody';
  apiClientId?: string;
  sandbox: boolean;
  openOperator?: true;
}

/** Hold after a restore. Null: messages are submitted. */
export interface Held {
  hold: { begunAt: string; doubted: number } | null;
}

export interface Receipt {
  receivedAt: string;
  carrier: string;
  carrierRef: string | null;
  state: string;
  error: { code: string; message: string } | null;
  /** Raw receipt of the carrier. */
  raw: string;
  part: number | null;
}

/** Attempt to submit a segment that another attempt followed. */
export interface EndedAttempt {
  part: number;
  attempt: number;
  carrier: string;
  outcome: string;
  /** Proof that the carrier did not accept it: NOT_SENT or REFUSED. Null: the outcome is unknown. */
  proof: string | null;
  carrierCode: string | null;
  reason: string | null;
  endedAt: string;
  /** State that the carrier reported later. */
  reported: string | null;
}

/** Data of a message for operators, in addition to the data for its API client. */
export interface Explained {
  apiClientId: string | null;
  idempotencyKey: string | null;
  /** Why the carrier was selected. Null: the default carrier, or that of the number. */
  route: string | null;
  /** Pool that selected the number. Null: the send named the number. */
  poolId: string | null;
  attempts: EndedAttempt[];
  /** Whether carriers may have accepted two submits of the message. */
  possibleDuplicate: boolean;
  /** Why the message stays SENT: the carrier did not confirm the delivery. Null: no note. */
  note: string | null;
  receipts: Receipt[];
}

type Standing = 'ACTIVE' | 'SUSPENDED';

export interface Account {
  id: string;
  name: string;
  status: Standing;
}

export interface Accounts {
  accounts: Account[];
}

export interface Client {
  id: string;
  accountId: string;
  name: string;
  status: Standing;
  capabilities: string[];
  deliveryWebhookUrl: string | null;
  inboundWebhookUrl: string | null;
  quietHours: QuietHours;
  createdAt: string;
}

export interface Clients {
  clients: Client[];
}

/** Both secrets are in this response only. */
export interface CreatedClient {
  client: Client;
  clientSecret: string;
  webhookSecret: string;
}

export interface ClientSecrets {
  secrets: { id: string; hint: string; createdAt: string }[];
}

export interface AddedSecret {
  id: string;
  clientSecret: string;
}

/** Rates per second over all processes. */
export interface Sample {
  at: string;
  accepted: number;
  /** Segments that a carrier accepted. */
  sent: number;
  delivered: number;
  failed: number;
  webhooksDelivered: number;
  /** Failed attempts. */
  webhooksFailed: number;
  queued: { outbound: number; webhooks: number; outcomes: number };
  oldestSeconds: { outbound: number; webhooks: number };
}

export interface Overview {
  now: string;
  sampleSeconds: number;
  /** Samples of the last hour at most, oldest first. */
  samples: Sample[];
  /** Since the start of each process. */
  totals: { accepted: number; sent: number; delivered: number; failed: number };
  failures: { code: string; count: number }[];
  /** Submitted segments of each carrier by outcome, and accepted segments per second at the last sample. */
  submits: { carrier: string; perSecond: number; outcomes: Record<string, number> }[];
  processes: {
    id: string;
    host: string;
    pid: number;
    version: string;
    roles: string[];
    startedAt: string;
    aliveUntil: string;
  }[];
  carriers: { name: string; link: number; state: string; heldBy: string | null }[];
  endpoints: { known: number; failing: number; disabled: number };
}

/** A number with its settings for operators. */
export interface AdminNumber {
  numberId: string;
  e164: string;
  type: 'LONG_CODE' | 'TOLL_FREE' | 'SHORT_CODE' | 'ALPHANUMERIC';
  status: 'ACTIVE' | 'INACTIVE';
  /** Null: the default carrier. */
  carrier: string | null;
  /** Carriers that may send messages of the number. Null: all. */
  carriers: string[] | null;
  /** Country calling codes of recipients. Null: all. */
  allowedCountries: string[] | null;
  /** Null: the number is in no pool. */
  poolId: string | null;
}

export interface AdminNumbers {
  numbers: AdminNumber[];
  nextCursor: string | null;
}

/** A sender pool. */
export interface Pool {
  poolId: string;
  apiClientId: string;
  name: string;
  numberIds: string[];
  createdAt: string;
  updatedAt: string;
}

export interface PoolsPage {
  pools: Pool[];
  nextCursor: string | null;
}

export interface Carrier {
  name: string;
  type: string;
  /** Best state of the links of all processes. */
  state: 'up' | 'throttled' | 'silent' | 'failing' | 'misconfigured' | 'down' | 'paused';
  /** Why the carrier accepts no message. Null: it does. */
  reason: string | null;
  paused: boolean;
  /** Whether the carrier takes no new messages. */
  disabled: boolean;
  isDefault: boolean;
  /** Waiting messages. */
  queued: number;
  oldestSeconds: number;
  ratePerSecond: number;
  window: number;
  /** Share of failed submits of the last minute, 0 to 1. Null without submits. */
  failureShare: number | null;
  /** Whether a process has other settings for the carrier. */
  configDiffers: boolean;
}

export interface Carriers {
  carriers: Carrier[];
}

/** Route that a message would take, and why. */
export interface RouteExplanation {
  /** Null: no number of the pool can send to the recipient. */
  numberId: string | null;
  /** Null: no carrier can carry the message. */
  carrier: string | null;
  /** Null: the carrier of the number, or the default carrier. */
  route: string | null;
  reason: string;
  /** Error of a send. Null: a carrier can carry the message. */
  errorCode: string | null;
  /** Whether the carrier accepts messages now. Otherwise the message waits for it. */
  isAvailable: boolean;
  /** Carriers in the order in which they are tried. */
  candidates: { carrier: string; problem: string | null }[];
  skipped: { route: string | null; carrier: string | null; reason: string }[];
}

/** Responses of the operator and session routes. The SDK, whose types `types.ts` uses, does not include them. */

export interface Session {
  role: 'operator' | 'client' | 'nobody';
  apiClientId?: string;
  sandbox: boolean;
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

/** Data of a message for operators, in addition to the data for its API client. */
export interface Explained {
  apiClientId: string | null;
  idempotencyKey: string | null;
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

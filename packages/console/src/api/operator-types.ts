/** Answers of the operator's routes and of sessions: the SDK, whose types `types.ts` uses, has none of them. */

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
  /** As the carrier sent it. */
  raw: string;
  part: number | null;
}

/** What an operator sees of a message beyond what its client sees. */
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

/** Both secrets are in this answer and never again. */
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

/** Per second, of all processes. */
export interface Sample {
  at: string;
  accepted: number;
  /** Parts that a carrier has taken. */
  sent: number;
  delivered: number;
  failed: number;
  webhooksDelivered: number;
  /** Attempts. */
  webhooksFailed: number;
  queued: { outbound: number; webhooks: number; outcomes: number };
  oldestSeconds: { outbound: number; webhooks: number };
}

export interface Overview {
  now: string;
  sampleSeconds: number;
  /** Of an hour at most, the oldest first. */
  samples: Sample[];
  /** Since each process began. */
  totals: { accepted: number; sent: number; delivered: number; failed: number };
  failures: { code: string; count: number }[];
  /** Parts handed to each carrier, by outcome; those it took, a second, at the last sample. */
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

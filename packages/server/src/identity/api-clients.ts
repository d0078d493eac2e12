import { batched } from '../db/batching/batch.ts';
import { type Cached, cached } from '../db/batching/cache.ts';
import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict, invalidRequest, notFound } from '../platform/errors.ts';
import type { Ids } from '../platform/ids.ts';
import type { Standing } from './accounts.ts';
import { insertSecret, newClientSecret } from './client-secrets.ts';
import { createIdempotentResponses, type IdempotentResponse, type Repeat } from './idempotent-responses.ts';
import type { Keys } from './keys.ts';
import type { QuietHoursSettings, StoredQuietHours } from './quiet-hours.ts';
import { ACTIVE_CLIENTS, ADD_CLIENT, CLIENT_BY_ID, CLIENTS, HAS_ACCOUNT, UPDATE_CLIENT } from './sql.ts';
import { newWebhookSecret, type WebhookSecrets } from './webhook-secrets.ts';

export const CAPABILITIES = [
  'numbers:read',
  'numbers:search',
  'numbers:update',
  'messages:send',
  'messages:read',
  'media:read',
  'media:write',
  'messages:cancel',
  'events:read',
  'webhooks:read',
  'webhooks:update',
  'optouts:read',
  'optouts:update',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export interface ApiClient {
  id: string;
  accountId: string;
  name: string;
  status: Standing;
  capabilities: string[];
  deliveryWebhookUrl: string | null;
  inboundWebhookUrl: string | null;
  /** Null: never set. */
  quietHours: StoredQuietHours | null;
  createdAt: Date;
}

export interface CreatedClient {
  client: ApiClient;
  clientSecret: string;
  webhookSecret: string;
}

export interface NewClient {
  accountId: string;
  name: string;
  capabilities: readonly string[];
  deliveryWebhookUrl?: string | null | undefined;
  inboundWebhookUrl?: string | null | undefined;
}

export type ClientChange = Partial<
  Pick<ApiClient, 'name' | 'status' | 'capabilities' | 'deliveryWebhookUrl' | 'inboundWebhookUrl'> & {
    quietHours: StoredQuietHours;
  }
>;

/** Values that are otherwise random. Those of the sandbox are public and constant. */
export interface FixedCredentials {
  id: string;
  clientSecret: string;
  webhookSecret: string;
}

export interface ApiClientsParts {
  db: Db;
  keys: Keys;
  ids: Ids;
  clock: Clock;
  /** Ids of API clients that never act through this process, regardless of their status in the store. */
  barred?: ReadonlySet<string>;
  webhookSecrets: Pick<WebhookSecrets, 'invalidate'>;
  quietHours: Pick<QuietHoursSettings, 'invalidate'>;
}

/** Applications with credentials, and whether they may act. */
export class ApiClients {
  readonly #parts: ApiClientsParts;
  readonly #once: ReturnType<typeof createIdempotentResponses>;
  readonly #active: Cached<ApiClient | undefined>;

  constructor(parts: ApiClientsParts) {
    const { db } = parts;
    this.#parts = parts;
    this.#once = createIdempotentResponses(parts);
    // Batches concurrent reads into one query, so that a suspension can apply to the next request.
    const read = batched<string, ApiClient | undefined>({
      maxWeight: 1000,
      async run(wanted) {
        const rows = await run(db, ACTIVE_CLIENTS, [...new Set(wanted)]);
        const byId = new Map(rows.map((row) => [row.id, row]));
        return wanted.map((id) => byId.get(id));
      },
    });
    this.#active = cached(db, read);
  }

  /** @returns the API client, if the client and its account are ACTIVE now and the client is not barred. */
  async active(id: string): Promise<ApiClient | undefined> {
    return this.isBarred(id) ? undefined : this.#active(id);
  }

  /** Whether the API client never acts through this process. */
  isBarred(id: string): boolean {
    return this.#parts.barred?.has(id) ?? false;
  }

  /** @throws ApiError NOT_FOUND when the client does not exist. */
  async byId(id: string): Promise<ApiClient> {
    const [found] = await run(this.#parts.db, CLIENT_BY_ID, id);
    if (!found) throw notFound('No such API client');
    return found;
  }

  /** @returns all API clients, by name. */
  all(): Promise<ApiClient[]> {
    return run(this.#parts.db, CLIENTS);
  }

  /** Creates a client. Both secrets are only in this response, and cannot be returned again without `repeat`. */
  async create(
    request: NewClient,
    repeat?: Repeat,
    fixed?: FixedCredentials,
  ): Promise<IdempotentResponse<CreatedClient>> {
    const { keys, ids, clock } = this.#parts;
    const created = await this.#once(repeat, async (tx) => {
      const id = fixed?.id ?? ids.next('client');
      const clientSecret = fixed?.clientSecret ?? newClientSecret();
      const webhookSecret = fixed?.webhookSecret ?? newWebhookSecret();
      const known = await run(tx, HAS_ACCOUNT, request.accountId);
      if (known.length === 0) throw invalidRequest('accountId must be the id of an account');
      const [client] = await run(
        tx,
        ADD_CLIENT,
        id,
        request.accountId,
        request.name,
        request.capabilities,
        request.deliveryWebhookUrl ?? null,
        request.inboundWebhookUrl ?? null,
        keys.seal(webhookSecret, id),
        new Date(clock.now()),
      );
      await insertSecret(tx, this.#parts, id, clientSecret);
      return { client: client as ApiClient, clientSecret, webhookSecret };
    });
    this.invalidate();
    return created;
  }

  /** @throws ApiError CONFLICT for the activation of a barred client. */
  async update(id: string, change: ClientChange): Promise<ApiClient> {
    if (change.status === 'ACTIVE' && this.isBarred(id)) throw barredClient(id);
    const { db, clock } = this.#parts;
    const has = (field: keyof ClientChange) => change[field] !== undefined;
    const [updated] = await run(
      db,
      UPDATE_CLIENT,
      id,
      change.name ?? null,
      change.status ?? null,
      change.capabilities ?? null,
      has('deliveryWebhookUrl'),
      change.deliveryWebhookUrl ?? null,
      has('inboundWebhookUrl'),
      change.inboundWebhookUrl ?? null,
      new Date(clock.now()),
      change.quietHours === undefined ? null : JSON.stringify(change.quietHours),
    );
    if (!updated) throw notFound('No such API client');
    this.invalidate();
    return updated;
  }

  /** Invalidates cached clients, webhook settings and quiet hours. Must be called after every commit that may have changed them. */
  invalidate(): void {
    this.#active.invalidate();
    this.#parts.webhookSecrets.invalidate();
    this.#parts.quietHours.invalidate();
  }
}

function barredClient(id: string) {
  return conflict(
    `API client ${id} belongs to the sandbox, and its secret is public. ` +
      'Create another API client, or start with RC_SANDBOX=true.',
  );
}

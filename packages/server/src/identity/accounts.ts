import { batched } from '../db/batching/batch.ts';
import { cached } from '../db/batching/cache.ts';
import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict, invalidRequest, notFound } from '../platform/errors.ts';
import { type Ids, randomSecret } from '../platform/ids.ts';
import type { Keys } from './keys.ts';
import { createOnce, type Once, type Repeat } from './once.ts';
import {
  ACCOUNTS,
  ACTIVE_CLIENTS,
  ADD_ACCOUNT,
  ADD_CLIENT,
  ADD_SECRET,
  CLIENT_BY_ID,
  CLIENTS,
  DELETE_SECRET,
  HAS_ACCOUNT,
  HAS_SECRET,
  LOCK_CLIENT,
  SECRET_HASHES,
  SECRETS,
  UPDATE_ACCOUNT,
  UPDATE_CLIENT,
  VALID_SECRETS_OF,
} from './sql.ts';
import { createWebhookSecrets, newWebhookSecret, type Rotation } from './webhook-secrets.ts';

export type Standing = 'ACTIVE' | 'SUSPENDED';

export const CAPABILITIES = [
  'numbers:read',
  'numbers:search',
  'numbers:update',
  'messages:send',
  'messages:read',
  'events:read',
  'webhooks:read',
  'webhooks:update',
  'optouts:read',
  'optouts:update',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Two, so that a new secret can be rolled out before the old one is revoked. */
const VALID_SECRETS = 2;

export interface Account {
  id: string;
  name: string;
  status: Standing;
  createdAt: Date;
}

export interface ApiClient {
  id: string;
  accountId: string;
  name: string;
  status: Standing;
  capabilities: string[];
  deliveryWebhookUrl: string | null;
  inboundWebhookUrl: string | null;
  createdAt: Date;
}

export interface ClientSecret {
  id: string;
  /** Last four characters of the secret, enough to distinguish two secrets. */
  hint: string;
  createdAt: Date;
}

export type AddedSecret = ClientSecret & { clientSecret: string };

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
  Pick<ApiClient, 'name' | 'status' | 'capabilities' | 'deliveryWebhookUrl' | 'inboundWebhookUrl'>
>;

/** Outcome of a client authentication. `suspended`: the secret is right, but the client or its account may not act. */
export type Authentication = 'right' | 'suspended' | 'wrong';

/** Printable ASCII, as in every id. */
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;
/** Form of every client secret, random or fixed. */
const CLIENT_SECRET = /^rc_secret_[A-Za-z0-9_-]{1,100}$/;

interface StoredSecret {
  apiClientId: string;
  hash: string;
  active: boolean;
}

/** Values that are otherwise random. Those of the sandbox are public and constant. */
export interface FixedCredentials {
  id: string;
  clientSecret: string;
  webhookSecret: string;
}

export type Accounts = ReturnType<typeof createAccounts>;

export interface AccountsParts {
  db: Db;
  keys: Keys;
  ids: Ids;
  clock: Clock;
  /** Ids of API clients that never act through this process, regardless of their status in the store. */
  barred?: ReadonlySet<string>;
}

export function createAccounts({ db, keys, ids, clock, barred = new Set() }: AccountsParts) {
  const now = () => new Date(clock.now());
  const once = createOnce({ db, keys, clock });

  /** Batches concurrent reads into one query, so that a suspension can apply to the next request. */
  const readActive = batched<string, ApiClient | undefined>({
    maxWeight: 1000,
    async run(wanted) {
      const rows = await run(db, ACTIVE_CLIENTS, [...new Set(wanted)]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return wanted.map((id) => byId.get(id));
    },
  });
  const cachedById = cached(db, readActive);

  /** @returns the API client, if the client and its account are ACTIVE now and the client is not barred. */
  async function active(id: string): Promise<ApiClient | undefined> {
    return barred.has(id) ? undefined : cachedById(id);
  }

  /** Batches concurrent reads into one query, so that any number of wrong secrets costs one statement at a time. */
  const readSecrets = batched<string, StoredSecret[]>({
    maxWeight: 1000,
    async run(wanted) {
      const rows = await run(db, SECRET_HASHES, [...new Set(wanted)]);
      const byClient = Map.groupBy(rows, (row) => row.apiClientId);
      return wanted.map((id) => byClient.get(id) ?? []);
    },
  });

  const webhookSecrets = createWebhookSecrets({ db, keys, clock });

  /** Invalidates cached clients and webhook settings. Must be called after every write. */
  function changed<T>(result: T): T {
    cachedById.invalidate();
    webhookSecrets.invalidate();
    return result;
  }

  async function client(id: string): Promise<ApiClient> {
    const [found] = await run(db, CLIENT_BY_ID, id);
    if (!found) throw notFound('No such API client');
    return found;
  }

  const isValid = async (secretId: string) => (await run(db, HAS_SECRET, secretId)).length > 0;

  function secretRow(apiClientId: string, secret: string) {
    return [ids.next('secret'), apiClientId, keys.hash(secret), secret.slice(-4), now()] as const;
  }

  return {
    /** Whether the stored secrets were encrypted with this key. Also true when there are none. */
    ownsSecrets: webhookSecrets.owned,
    active,

    /** Compares a secret with the valid ones. A malformed id or secret is `wrong`, without a query. */
    async authenticate(apiClientId: string, secret: string): Promise<Authentication> {
      if (!CLIENT_ID.test(apiClientId) || !CLIENT_SECRET.test(secret)) return 'wrong';
      const stored = await readSecrets(apiClientId);
      const [right] = stored.filter(({ hash }) => keys.matches(secret, hash));
      if (!right) return 'wrong';
      return right.active && !barred.has(apiClientId) ? 'right' : 'suspended';
    },

    /** Webhook URLs of an API client, and the secrets that sign now. undefined: the client does not exist. */
    webhookSettings: webhookSecrets.settings,

    /** See `createWebhookSecrets`. The new secret applies from the next attempt. */
    rotateWebhookSecret: async (id: string, overlapSeconds: number, repeat?: Repeat): Promise<Once<Rotation>> =>
      changed(await once(repeat, (tx) => webhookSecrets.rotate(tx, id, overlapSeconds))),

    createAccount: (name: string, repeat?: Repeat): Promise<Once<Account>> =>
      once(repeat, async (tx) => {
        const [account] = await run(tx, ADD_ACCOUNT, ids.next('acc'), name, now());
        return account as Account;
      }),

    accounts: () => run(db, ACCOUNTS),

    async updateAccount(id: string, change: { name?: string; status?: Standing }): Promise<Account> {
      const [account] = await run(db, UPDATE_ACCOUNT, id, change.name ?? null, change.status ?? null, now());
      if (!account) throw notFound('No such account');
      return changed(account);
    },

    /** Creates a client. Both secrets are only in this response, and cannot be returned again without `repeat`. */
    async createClient(request: NewClient, repeat?: Repeat, fixed?: FixedCredentials): Promise<Once<CreatedClient>> {
      const made = await once(repeat, async (tx) => {
        const id = fixed?.id ?? ids.next('client');
        const clientSecret = fixed?.clientSecret ?? randomSecret('rc_secret_');
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
          now(),
        );
        await run(tx, ADD_SECRET, ...secretRow(id, clientSecret));
        return { client: client as ApiClient, clientSecret, webhookSecret };
      });
      return changed(made);
    },

    client,

    clients: () => run(db, CLIENTS),

    /** @throws ApiError CONFLICT for the activation of a barred client. */
    async updateClient(id: string, change: ClientChange): Promise<ApiClient> {
      if (change.status === 'ACTIVE' && barred.has(id)) throw barredClient(id);
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
        now(),
      );
      if (!updated) throw notFound('No such API client');
      return changed(updated);
    },

    async secrets(apiClientId: string): Promise<ClientSecret[]> {
      await client(apiClientId);
      return run(db, SECRETS, apiClientId);
    },

    /**
     * @throws ApiError CONFLICT when two secrets are already valid, because the operator must choose which one to
     * revoke. CONFLICT also when the secret that was created under this key has been revoked since.
     */
    async addSecret(apiClientId: string, repeat?: Repeat): Promise<Once<AddedSecret>> {
      const added = await once(repeat, async (tx) => {
        const known = await run(tx, LOCK_CLIENT, apiClientId);
        if (known.length === 0) throw notFound('No such API client');
        const valid = await run(tx, VALID_SECRETS_OF, apiClientId);
        if (valid.length >= VALID_SECRETS) {
          throw conflict('This API client has two valid secrets. Delete one before you add another.');
        }
        const clientSecret = randomSecret('rc_secret_');
        const [made] = await run(tx, ADD_SECRET, ...secretRow(apiClientId, clientSecret));
        return { ...(made as ClientSecret), clientSecret };
      });
      if (added.replayed && !(await isValid(added.id))) {
        throw conflict('The secret that was created with this Idempotency-Key is revoked. Use another key.');
      }
      return added;
    },

    /** Applies to the next token request. To invalidate tokens that were already issued, suspend the client. */
    async deleteSecret(apiClientId: string, secretId: string): Promise<void> {
      const deleted = await run(db, DELETE_SECRET, apiClientId, secretId);
      if (deleted.length === 0) throw notFound('No such secret');
    },
  };
}

function barredClient(id: string) {
  return conflict(
    `API client ${id} belongs to the sandbox, and its secret is public. ` +
      'Create another API client, or start with RC_SANDBOX=true.',
  );
}

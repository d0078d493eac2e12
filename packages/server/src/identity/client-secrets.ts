import { batched } from '../db/batching/batch.ts';
import type { Db, Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict, notFound } from '../platform/errors.ts';
import { type Ids, randomSecret } from '../platform/ids.ts';
import type { ApiClients } from './api-clients.ts';
import { createIdempotentResponses, type IdempotentResponse, type Repeat } from './idempotent-responses.ts';
import type { Keys } from './keys.ts';
import { ADD_SECRET, DELETE_SECRET, HAS_SECRET, LOCK_CLIENT, SECRET_HASHES, SECRETS, VALID_SECRETS_OF } from './sql.ts';

/** Maximum number of valid secrets. A new secret can be rolled out before the old one is revoked. */
const VALID_SECRETS = 2;
/** Printable ASCII, as in every id. */
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;
/** Form of every client secret, random or fixed. */
const CLIENT_SECRET = /^rc_secret_[A-Za-z0-9_-]{1,100}$/;

export interface ClientSecret {
  id: string;
  /** Last four characters of the secret, enough to distinguish two secrets. */
  hint: string;
  createdAt: Date;
}

export type AddedSecret = ClientSecret & { clientSecret: string };

/** Outcome of a client authentication. `suspended`: the secret is right, but the client or its account may not act. */
export type Authentication = 'right' | 'suspended' | 'wrong';

interface StoredSecret {
  apiClientId: string;
  hash: string;
  active: boolean;
}

interface SecretParts {
  keys: Keys;
  ids: Ids;
  clock: Clock;
}

export interface ClientSecretsParts extends SecretParts {
  db: Db;
  apiClients: Pick<ApiClients, 'byId' | 'isBarred'>;
}

/** Secrets with which API clients authenticate. */
export class ClientSecrets {
  readonly #parts: ClientSecretsParts;
  readonly #once: ReturnType<typeof createIdempotentResponses>;
  /** Batches concurrent reads into one query, so that any number of wrong secrets costs one statement at a time. */
  readonly #stored: (apiClientId: string) => Promise<StoredSecret[]>;

  constructor(parts: ClientSecretsParts) {
    this.#parts = parts;
    this.#once = createIdempotentResponses(parts);
    this.#stored = batched({
      maxWeight: 1000,
      async run(wanted) {
        const rows = await run(parts.db, SECRET_HASHES, [...new Set(wanted)]);
        const byClient = Map.groupBy(rows, (row) => row.apiClientId);
        return wanted.map((id) => byClient.get(id) ?? []);
      },
    });
  }

  /** Compares a secret with the valid ones. A malformed id or secret is `wrong`, without a query. */
  async authenticate(apiClientId: string, secret: string): Promise<Authentication> {
    const { keys, apiClients } = this.#parts;
    if (!CLIENT_ID.test(apiClientId) || !CLIENT_SECRET.test(secret)) return 'wrong';
    const stored = await this.#stored(apiClientId);
    const [right] = stored.filter(({ hash }) => keys.matches(secret, hash));
    if (!right) return 'wrong';
    return right.active && !apiClients.isBarred(apiClientId) ? 'right' : 'suspended';
  }

  /** @returns valid secrets of an API client, the oldest first. */
  async of(apiClientId: string): Promise<ClientSecret[]> {
    const { db, apiClients } = this.#parts;
    await apiClients.byId(apiClientId);
    return run(db, SECRETS, apiClientId);
  }

  /**
   * @throws ApiError CONFLICT when two secrets are already valid, because the operator must choose which one to
   * revoke. CONFLICT also when the secret that was created under this key has been revoked since.
   */
  async add(apiClientId: string, repeat?: Repeat): Promise<IdempotentResponse<AddedSecret>> {
    const added = await this.#once(repeat, async (tx) => {
      const known = await run(tx, LOCK_CLIENT, apiClientId);
      if (known.length === 0) throw notFound('No such API client');
      const valid = await run(tx, VALID_SECRETS_OF, apiClientId);
      if (valid.length >= VALID_SECRETS) {
        throw conflict('This API client has two valid secrets. Delete one before you add another.');
      }
      const clientSecret = newClientSecret();
      return { ...(await insertSecret(tx, this.#parts, apiClientId, clientSecret)), clientSecret };
    });
    if (added.replayed && !(await this.#isValid(added.id))) {
      throw conflict('The secret that was created with this Idempotency-Key is revoked. Use another key.');
    }
    return added;
  }

  /** Applies to the next token request. To invalidate tokens that were already issued, suspend the client. */
  async delete(apiClientId: string, secretId: string): Promise<void> {
    const deleted = await run(this.#parts.db, DELETE_SECRET, apiClientId, secretId);
    if (deleted.length === 0) throw notFound('No such secret');
  }

  async #isValid(secretId: string): Promise<boolean> {
    return (await run(this.#parts.db, HAS_SECRET, secretId)).length > 0;
  }
}

export function newClientSecret(): string {
  return randomSecret('rc_secret_');
}

/** Stores the hash of a secret of an API client. */
export async function insertSecret(
  tx: Queryable,
  { ids, keys, clock }: SecretParts,
  apiClientId: string,
  secret: string,
): Promise<ClientSecret> {
  const now = new Date(clock.now());
  const hint = secret.slice(-4);
  const [stored] = await run(tx, ADD_SECRET, ids.next('secret'), apiClientId, keys.hash(secret), hint, now);
  return stored as ClientSecret;
}

import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ids } from '../platform/ids.ts';
import type { ApiClients } from './api-clients.ts';
import { createIdempotentResponses, type IdempotentResponse, type Repeat } from './idempotent-responses.ts';
import type { Keys } from './keys.ts';
import { ACCOUNTS, ADD_ACCOUNT, UPDATE_ACCOUNT } from './sql.ts';

export type Standing = 'ACTIVE' | 'SUSPENDED';

export interface Account {
  id: string;
  name: string;
  status: Standing;
  createdAt: Date;
}

export interface AccountsParts {
  db: Db;
  keys: Keys;
  ids: Ids;
  clock: Clock;
  apiClients: Pick<ApiClients, 'invalidate'>;
}

/** Businesses that use the installation. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #once: ReturnType<typeof createIdempotentResponses>;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
    this.#once = createIdempotentResponses(parts);
  }

  create(name: string, repeat?: Repeat): Promise<IdempotentResponse<Account>> {
    const { ids, clock } = this.#parts;
    return this.#once(repeat, async (tx) => {
      const [account] = await run(tx, ADD_ACCOUNT, ids.next('acc'), name, new Date(clock.now()));
      return account as Account;
    });
  }

  /** @returns all accounts, by name. */
  all(): Promise<Account[]> {
    return run(this.#parts.db, ACCOUNTS);
  }

  async update(id: string, change: { name?: string; status?: Standing }): Promise<Account> {
    const { db, clock, apiClients } = this.#parts;
    const now = new Date(clock.now());
    const [account] = await run(db, UPDATE_ACCOUNT, id, change.name ?? null, change.status ?? null, now);
    if (!account) throw notFound('No such account');
    // A client may act only while its account may.
    apiClients.invalidate();
    return account;
  }
}

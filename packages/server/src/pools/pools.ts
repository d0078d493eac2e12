import { cached } from '#db/batching/cache.ts';
import type { Db, Queryable } from '#db/db.ts';
import { readsOf } from '#db/drivers/reads.ts';
import { run } from '#db/statement.ts';
import { createIdempotentResponses, type IdempotentResponse, type Repeat } from '#identity/idempotent-responses.ts';
import type { Keys } from '#identity/keys.ts';
import type { NumberChange, Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { OptOuts } from '#optouts/optouts.ts';
import type { Clock } from '#platform/clock.ts';
import { invalidRequest, notFound } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import { Conversations } from './conversations.ts';
import { ADD, ANY, BY_ID, DELETE, LOCK, PAGE, UPDATE } from './sql.ts';

export interface PoolRow {
  poolId: string;
  apiClientId: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

/** Numbers of one API client that send together. */
export interface Pool extends PoolRow {
  /** Ids of the members, in ascending order. */
  numberIds: string[];
}

export interface NewPool {
  apiClientId: string;
  name: string;
  numberIds: readonly string[];
}

export interface PoolChange {
  name?: string | undefined;
  /** Replaces all members. */
  numberIds?: readonly string[] | undefined;
  addNumberIds?: readonly string[] | undefined;
  removeNumberIds?: readonly string[] | undefined;
}

/** Pool as sends use it. */
export interface PoolSenders {
  apiClientId: string;
  memberIds: readonly string[];
}

/** Maximum number of members. */
export const MOST_MEMBERS = 200;

const POOL_ID = /^pool_[0-9A-Za-z]{1,64}$/;

/** Whether a text has the form of the id of a pool. */
export function isPoolId(text: string): boolean {
  return POOL_ID.test(text);
}

export interface PoolsParts {
  db: Db;
  keys: Keys;
  ids: Ids;
  clock: Clock;
  numbers: Numbers;
  optOuts: Pick<OptOuts, 'copy' | 'copied'>;
}

/** Sender pools with their members, and the number of each recipient. */
export class Pools {
  readonly #parts: PoolsParts;
  readonly #once: ReturnType<typeof createIdempotentResponses>;
  readonly #any: (key: string) => Promise<boolean>;
  readonly conversations: Conversations;
  /** Reads a pool with its members. Undefined: no such pool. */
  readonly senders: (poolId: string) => Promise<PoolSenders | undefined>;

  constructor(parts: PoolsParts) {
    const { db } = parts;
    this.#parts = parts;
    this.#once = createIdempotentResponses(parts);
    this.conversations = new Conversations(parts);
    // Each change of a pool or a number invalidates all cached settings.
    this.senders = cached(db, (poolId) => this.#readSenders(poolId));
    this.#any = cached(db, async () => (await run(db, ANY)).length > 0);
  }

  /** Whether there are any pools. */
  any(): Promise<boolean> {
    return this.#any('');
  }

  /** A page of pools. @param apiClientId null: of all clients. @param after id of the last pool of the previous page. */
  async page(apiClientId: string | null, after: string, limit: number): Promise<Pool[]> {
    const reads = readsOf(this.#parts.db);
    const rows = await run(reads, PAGE, apiClientId, after, limit);
    return this.#withMembers(reads, rows);
  }

  /** @throws ApiError NOT_FOUND */
  async get(poolId: string): Promise<Pool> {
    return this.#withMembersOf(this.#parts.db, required(await this.#find(poolId)));
  }

  /** @returns undefined if there is no such pool. */
  async ownerOf(poolId: string): Promise<string | undefined> {
    return isPoolId(poolId) ? (await this.senders(poolId))?.apiClientId : undefined;
  }

  /** @throws ApiError INVALID_REQUEST if a number is missing, in another pool or of another client. */
  async create({ apiClientId, name, numberIds }: NewPool, repeat?: Repeat): Promise<IdempotentResponse<Pool>> {
    const { ids, clock } = this.#parts;
    const created = await this.#once(repeat, async (tx) => {
      const row = await run(tx, ADD, ids.next('pool'), apiClientId, name, new Date(clock.now())).catch(unknownClient);
      const [pool] = row as [PoolRow];
      await this.#join(tx, pool, [...new Set(numberIds)]);
      return this.#withMembersOf(tx, pool);
    });
    this.#changed();
    return created;
  }

  /** @throws ApiError NOT_FOUND, or INVALID_REQUEST as `create`. */
  async update(poolId: string, change: PoolChange): Promise<Pool> {
    const { db, clock, numbers } = this.#parts;
    const updated = await db.transaction(async (tx) => {
      const pool = await this.#lock(tx, poolId);
      const current = (await numbers.membersOf(tx, [poolId])).map(({ numberId }) => numberId);
      const members = membersAfter(current, change);
      await this.#leave(
        tx,
        pool,
        current.filter((id) => !members.has(id)),
      );
      await this.#join(
        tx,
        pool,
        [...members].filter((id) => !current.includes(id)),
      );
      const [row] = await run(tx, UPDATE, poolId, change.name ?? null, new Date(clock.now()));
      return this.#withMembersOf(tx, row as PoolRow);
    });
    this.#changed();
    return updated;
  }

  /** Removes all members, and deletes the pool. A maintenance task deletes its conversations. @throws ApiError NOT_FOUND */
  async delete(poolId: string): Promise<void> {
    const { db, numbers } = this.#parts;
    await db.transaction(async (tx) => {
      const pool = await this.#lock(tx, poolId);
      const members = await numbers.membersOf(tx, [poolId]);
      await this.#leave(
        tx,
        pool,
        members.map(({ numberId }) => numberId),
      );
      await run(tx, DELETE, poolId);
    });
    this.#changed();
  }

  /** Changes a number. A number that gets another owner leaves its pool, with the opt-outs of the pool. */
  async updateNumber(numberId: string, change: NumberChange): Promise<PhoneNumber> {
    const { db, numbers, optOuts } = this.#parts;
    if (change.apiClientId === undefined) return numbers.update(numberId, change);
    const updated = await db.transaction(async (tx) => {
      const [number] = await numbers.lock(tx, [numberId]);
      if (number?.poolId && number.apiClientId && number.apiClientId !== change.apiClientId) {
        await optOuts.copy(tx, number.apiClientId, number.poolId, numberId);
      }
      return numbers.update(numberId, change, undefined, tx);
    });
    this.#changed();
    return updated;
  }

  #changed(): void {
    this.#parts.numbers.invalidate();
    this.#parts.optOuts.copied();
  }

  async #find(poolId: string): Promise<PoolRow | undefined> {
    return isPoolId(poolId) ? (await run(this.#parts.db, BY_ID, poolId))[0] : undefined;
  }

  /** Locks a pool, so that its members change one after the other. @throws ApiError NOT_FOUND */
  async #lock(tx: Queryable, poolId: string): Promise<PoolRow> {
    return required(isPoolId(poolId) ? (await run(tx, LOCK, poolId))[0] : undefined);
  }

  async #readSenders(poolId: string): Promise<PoolSenders | undefined> {
    const { db, numbers } = this.#parts;
    const pool = await this.#find(poolId);
    if (!pool) return undefined;
    const members = await numbers.membersOf(db, [poolId]);
    return { apiClientId: pool.apiClientId, memberIds: members.map(({ numberId }) => numberId) };
  }

  async #withMembersOf(on: Queryable, pool: PoolRow): Promise<Pool> {
    const [whole] = await this.#withMembers(on, [pool]);
    return whole as Pool;
  }

  async #withMembers(on: Queryable, rows: readonly PoolRow[]): Promise<Pool[]> {
    const ids = rows.map(({ poolId }) => poolId);
    const members = rows.length === 0 ? [] : await this.#parts.numbers.membersOf(on, ids);
    const byPool = Map.groupBy(members, ({ poolId }) => poolId);
    return rows.map((row) => ({
      ...row,
      numberIds: (byPool.get(row.poolId) ?? []).map(({ numberId }) => numberId).toSorted(),
    }));
  }

  /** Adds members to a locked pool. Their opt-outs apply to the pool from now on. */
  async #join(tx: Queryable, { poolId, apiClientId }: PoolRow, numberIds: readonly string[]): Promise<void> {
    const { numbers, optOuts } = this.#parts;
    if (numberIds.length === 0) return;
    const found = new Map((await numbers.lock(tx, numberIds)).map((number) => [number.numberId, number]));
    for (const id of numberIds) requireMember(id, found.get(id), apiClientId);
    await numbers.setPool(tx, numberIds, poolId);
    for (const id of numberIds) await optOuts.copy(tx, apiClientId, id, poolId);
  }

  /** Removes members of a locked pool. The opt-outs of the pool still apply to them. */
  async #leave(tx: Queryable, { poolId, apiClientId }: PoolRow, numberIds: readonly string[]): Promise<void> {
    const { numbers, optOuts } = this.#parts;
    if (numberIds.length === 0) return;
    // A number may have left meanwhile, because it got another owner.
    const locked = (await numbers.lock(tx, numberIds)).filter((number) => number.poolId === poolId);
    const leaving = locked.map(({ numberId }) => numberId);
    await numbers.setPool(tx, leaving, null);
    for (const id of leaving) await optOuts.copy(tx, apiClientId, poolId, id);
  }
}

/** @throws ApiError INVALID_REQUEST for too many members. */
function membersAfter(current: readonly string[], change: PoolChange): Set<string> {
  const members = new Set(change.numberIds ?? current);
  for (const id of change.addNumberIds ?? []) members.add(id);
  for (const id of change.removeNumberIds ?? []) members.delete(id);
  if (members.size > MOST_MEMBERS) throw invalidRequest(`A pool may have at most ${MOST_MEMBERS} numbers`);
  return members;
}

/** @throws ApiError INVALID_REQUEST */
function requireMember(id: string, number: PhoneNumber | undefined, apiClientId: string): void {
  if (number?.apiClientId !== apiClientId) {
    throw invalidRequest(`Number ${id} is not assigned to API client ${apiClientId}. Assign it first.`, {
      numberId: id,
    });
  }
  if (number.poolId === null) return;
  throw invalidRequest(`Number ${id} is in pool ${number.poolId}. Remove it there first.`, {
    numberId: id,
    poolId: number.poolId,
  });
}

function required(pool: PoolRow | undefined): PoolRow {
  if (!pool) throw notFound('No such pool');
  return pool;
}

const FOREIGN_KEY_VIOLATION = '23503';

function unknownClient(error: unknown): never {
  if ((error as { code?: string }).code === FOREIGN_KEY_VIOLATION) {
    throw invalidRequest('apiClientId must be the id of an API client');
  }
  throw error;
}

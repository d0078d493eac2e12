import { batched } from '../db/batching/batch.ts';
import { type Cached, cached } from '../db/batching/cache.ts';
import { asJson, type Db, type Queryable } from '../db/db.ts';
import { run, runUrgent } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { OptOutMetrics } from './metrics.ts';
import { ADD, AMONG, ANY, COPY, ONE, REMOVE } from './sql.ts';

/** Source of an opt-out: the handset itself, or the client through the API. */
export type Origin = 'HANDSET' | 'API' | 'CARRIER';
export type ChangeKind = 'OPTED_OUT' | 'OPTED_IN';

/** Scope of an opt-out: a recipient, for the messages of one client from one number or one pool. */
export interface Pair {
  apiClientId: string;
  /** Id of the number, or of the pool. */
  numberId: string;
  /** E.164. */
  recipient: string;
}

export interface OptOut extends Omit<Pair, 'apiClientId'> {
  origin: Origin;
  /** Source that the client stated, in its own words. */
  source: string | null;
  keyword: string | null;
  note: string | null;
  createdAt: Date;
}

export interface NewOptOut extends Pair {
  origin: Origin;
  source?: string | undefined;
  keyword?: string;
  note?: string | undefined;
  /** The message of the handset. */
  messageId?: string;
}

export type OptIn = Omit<NewOptOut, 'source' | 'note'>;

/** A change that was made. Must be reported with `committed` after its commit. */
export interface Made {
  change: ChangeKind;
  origin: Origin;
  /** The number had no opt-out before, so processes that cached that must look again. */
  first: boolean;
}

/** Recipients of messages from one number or pool. */
export interface OptOutRequest {
  apiClientId: string;
  /** Ids whose opt-outs apply: the number, and its pools. */
  scopes: readonly string[];
  recipients: readonly string[];
}

type ScopedRequest = Omit<OptOutRequest, 'scopes'> & { numberId: string };

const NO_RECIPIENTS: ReadonlySet<string> = new Set();

export interface OptOutsParts {
  db: Db;
  clock: Clock;
  metrics: OptOutMetrics;
  /** Pool of a number with its members, which the transaction must see unchanged. */
  scopeOf(tx: Queryable, id: string): Promise<{ poolId: string | undefined; memberIds: readonly string[] }>;
}

/** The opt-outs, per recipient and number or pool. Each change is added to the history by the same statement. */
export class OptOuts {
  readonly #parts: OptOutsParts;
  /** Cached, because most numbers have no opt-outs. A send from such a number costs no further query. */
  readonly #hasAny: Cached<boolean>;
  readonly #read: (asked: ScopedRequest) => Promise<ReadonlySet<string>>;

  constructor(parts: OptOutsParts) {
    this.#parts = parts;
    this.#hasAny = cached(parts.db, readAny(parts.db));
    this.#read = readAmong(parts.db);
  }

  /** The recipients that have opted out. */
  async among({ scopes, ...asked }: OptOutRequest): Promise<ReadonlySet<string>> {
    if (asked.recipients.length === 0) return NO_RECIPIENTS;
    const [first = '', ...others] = scopes;
    if (others.length === 0) return this.#amongOne({ ...asked, numberId: first });
    const found = await Promise.all(scopes.map((numberId) => this.#amongOne({ ...asked, numberId })));
    return new Set(found.flatMap((one) => [...one]));
  }

  async #amongOne(asked: ScopedRequest): Promise<ReadonlySet<string>> {
    if (!(await this.#hasAny(`${asked.apiClientId}\n${asked.numberId}`))) return NO_RECIPIENTS;
    return this.#read(asked);
  }

  /**
   * Opts a recipient out of a number, and of the pool of the number.
   * @param tx transaction, committed soon after the call, because the opt-out is locked until then.
   * @returns the change, or undefined when the recipient was already opted out of both.
   */
  async optOut(tx: Queryable, asked: NewOptOut): Promise<(Made & { optOut: OptOut | undefined }) | undefined> {
    const { poolId } = await this.#parts.scopeOf(tx, asked.numberId);
    const own = await this.#add(tx, asked);
    const ofPool =
      poolId === undefined || poolId === asked.numberId
        ? undefined
        : await this.#add(tx, { ...asked, numberId: poolId });
    if (!own && !ofPool) return undefined;
    const first = Boolean(own?.first || ofPool?.first);
    return { change: 'OPTED_OUT', origin: asked.origin, first, optOut: own?.optOut };
  }

  async #add(tx: Queryable, asked: NewOptOut): Promise<{ optOut: OptOut; first: boolean } | undefined> {
    const { apiClientId, numberId, recipient, origin, source, keyword, note, messageId } = asked;
    const [added] = await run(
      tx,
      ADD,
      apiClientId,
      numberId,
      recipient,
      origin,
      source ?? null,
      keyword ?? null,
      note ?? null,
      this.#now(),
      messageId ?? null,
    );
    if (!added) return undefined;
    const { first, ...optOut } = added;
    return { optOut, first };
  }

  /**
   * Opts a recipient in to a number, and to the pool of the number with all its members. Otherwise the pool could select
   * a member from which the recipient has opted out.
   * @param tx transaction, committed soon after the call, because the opt-out is locked until then.
   * @returns the change, or undefined when the recipient was not opted out.
   */
  async optIn(tx: Queryable, asked: OptIn): Promise<Made | undefined> {
    const { apiClientId, numberId, recipient, origin, keyword, messageId } = asked;
    const { poolId, memberIds } = await this.#parts.scopeOf(tx, numberId);
    let count = 0;
    // One order in all transactions, so that two of them cannot wait for each other.
    const ids = new Set([numberId, ...(poolId === undefined ? [] : [poolId]), ...memberIds]);
    for (const id of [...ids].toSorted()) {
      const common = [keyword ?? null, messageId ?? null, this.#now()] as const;
      count += (await run(tx, REMOVE, apiClientId, id, recipient, origin, ...common)).length;
    }
    // A number without opt-outs may stay cached as one with opt-outs. The only cost is an unnecessary query.
    return count > 0 ? { change: 'OPTED_IN', origin, first: false } : undefined;
  }

  /**
   * Copies the opt-outs of a number that joins a pool, or those of the pool to a number that leaves it. Call `copied`
   * after the commit.
   */
  async copy(tx: Queryable, apiClientId: string, from: string, to: string): Promise<void> {
    await run(tx, COPY, apiClientId, from, to, `Copied from ${from}`, this.#now());
  }

  /** Must be called after the commit of copies, so that they take effect. */
  copied(): void {
    this.#hasAny.invalidate();
  }

  /** Must be called after the commit of a change, so that the change takes effect. */
  committed({ change, origin, first }: Made): void {
    if (first) this.#hasAny.invalidate();
    this.#parts.metrics.optOutChanges.inc({ change, origin });
  }

  /** @returns the current opt-out, and whether it is new. An existing opt-out stays unchanged. */
  async add(asked: NewOptOut): Promise<{ optOut: OptOut; isNew: boolean }> {
    const { db } = this.#parts;
    for (;;) {
      const made = await db.transaction((tx) => this.optOut(tx, asked));
      if (made) this.committed(made);
      if (made?.optOut) return { optOut: made.optOut, isNew: true };
      const [standing] = await run(db, ONE, asked.apiClientId, asked.numberId, asked.recipient);
      // Removed between the two statements, so the next attempt creates it.
      if (standing) return { optOut: standing, isNew: false };
    }
  }

  /** @returns false when there was no opt-out. */
  async remove(asked: OptIn): Promise<boolean> {
    const made = await this.#parts.db.transaction((tx) => this.optIn(tx, asked));
    if (made) this.committed(made);
    return made !== undefined;
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}

/** @returns function that reads whether a number has any opt-outs, by client and number. */
function readAny(db: Db): (key: string) => Promise<boolean> {
  return batched<string, boolean>({
    maxWeight: 1_000,
    async run(keys) {
      const rows = keys.map((key, nth) => {
        const [client, number] = key.split('\n');
        return { nth, client, number };
      });
      return (await runUrgent(db, ANY, asJson(rows))).map(({ any }) => any);
    },
  });
}

/** @returns function that reads which recipients have opted out. Batches concurrent look-ups into one query. */
function readAmong(db: Db): (asked: ScopedRequest) => Promise<ReadonlySet<string>> {
  return batched<ScopedRequest, ReadonlySet<string>>({
    maxWeight: 1_000,
    weigh: ({ recipients }) => recipients.length,
    async run(all) {
      const rows = all.flatMap(({ apiClientId: client, numberId: number, recipients }, nth) =>
        recipients.map((recipient) => ({ nth, client, number, recipient })),
      );
      const found = all.map(() => new Set<string>());
      for (const { nth, recipient } of await runUrgent(db, AMONG, asJson(rows))) found[nth]?.add(recipient);
      return found;
    },
  });
}

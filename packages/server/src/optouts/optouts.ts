import { batched } from '../db/batching/batch.ts';
import { type Cached, cached } from '../db/batching/cache.ts';
import { asJson, type Db, type Queryable } from '../db/db.ts';
import { run, runUrgent } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { OptOutMetrics } from './metrics.ts';
import { ADD, AMONG, ANY, ONE, REMOVE } from './sql.ts';

/** Source of an opt-out: the handset itself, or the client through the API. */
export type Origin = 'HANDSET' | 'API' | 'CARRIER';
export type ChangeKind = 'OPTED_OUT' | 'OPTED_IN';

/** Scope of an opt-out: a recipient, for the messages of one client from one number. */
export interface Pair {
  apiClientId: string;
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

/** Recipients of one number. */
export interface OptOutRequest {
  apiClientId: string;
  numberId: string;
  recipients: readonly string[];
}

const NOBODY: ReadonlySet<string> = new Set();

export interface OptOutsParts {
  db: Db;
  clock: Clock;
  metrics: OptOutMetrics;
}

/** The opt-outs, per recipient and number. Each change is added to the history by the same statement. */
export class OptOuts {
  readonly #parts: OptOutsParts;
  /** Cached, because most numbers have no opt-outs. A send from such a number costs no further query. */
  readonly #hasAny: Cached<boolean>;
  readonly #read: (asked: OptOutRequest) => Promise<ReadonlySet<string>>;

  constructor(parts: OptOutsParts) {
    this.#parts = parts;
    this.#hasAny = cached(parts.db, readAny(parts.db));
    this.#read = readAmong(parts.db);
  }

  /** The recipients that have opted out. */
  async among(asked: OptOutRequest): Promise<ReadonlySet<string>> {
    if (asked.recipients.length === 0) return NOBODY;
    if (!(await this.#hasAny(`${asked.apiClientId}\n${asked.numberId}`))) return NOBODY;
    return this.#read(asked);
  }

  /** @returns the change, or undefined when the recipient was already opted out. */
  async optOut(on: Queryable, asked: NewOptOut): Promise<(Made & { optOut: OptOut }) | undefined> {
    const { apiClientId, numberId, recipient, origin, source, keyword, note, messageId } = asked;
    const [added] = await run(
      on,
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
    return { change: 'OPTED_OUT', origin, first, optOut };
  }

  /** @returns the change, or undefined when the recipient was not opted out. */
  async optIn(on: Queryable, asked: OptIn): Promise<Made | undefined> {
    const { apiClientId, numberId, recipient, origin, keyword, messageId } = asked;
    const removed = await run(
      on,
      REMOVE,
      apiClientId,
      numberId,
      recipient,
      origin,
      keyword ?? null,
      messageId ?? null,
      this.#now(),
    );
    // A number without opt-outs may stay cached as one with opt-outs. The only cost is an unnecessary query.
    return removed.length > 0 ? { change: 'OPTED_IN', origin, first: false } : undefined;
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
      const made = await this.optOut(db, asked);
      if (made) {
        this.committed(made);
        return { optOut: made.optOut, isNew: true };
      }
      const [standing] = await run(db, ONE, asked.apiClientId, asked.numberId, asked.recipient);
      // Removed between the two statements, so the next attempt creates it.
      if (standing) return { optOut: standing, isNew: false };
    }
  }

  /** @returns false when there was no opt-out. */
  async remove(asked: OptIn): Promise<boolean> {
    const made = await this.optIn(this.#parts.db, asked);
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
function readAmong(db: Db): (asked: OptOutRequest) => Promise<ReadonlySet<string>> {
  return batched<OptOutRequest, ReadonlySet<string>>({
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

import { batched } from '../db/batching/batch.ts';
import { cached } from '../db/batching/cache.ts';
import { asJson, type Db, type Queryable } from '../db/db.ts';
import { run, runUrgent } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import { ADD, AMONG, ANY, ONE, REMOVE } from './sql.ts';

/** Source of an opt-out: the handset itself, or the client through the API. */
export type Origin = 'HANDSET' | 'API';
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
export interface Asked {
  apiClientId: string;
  numberId: string;
  recipients: readonly string[];
}

export type OptOuts = ReturnType<typeof createOptOuts>;

const NOBODY: ReadonlySet<string> = new Set();

/** The opt-outs, per recipient and number. Each change is added to the history by the same statement. */
export function createOptOuts({ db, clock, metrics }: { db: Db; clock: Clock; metrics: Metrics }) {
  const now = () => new Date(clock.now());

  /** Cached, because most numbers have no opt-outs. A send from such a number costs no further query. */
  const hasAny = cached(
    db,
    batched<string, boolean>({
      maxWeight: 1_000,
      async run(keys) {
        const rows = keys.map((key, nth) => {
          const [client, number] = key.split('\n');
          return { nth, client, number };
        });
        return (await runUrgent(db, ANY, asJson(rows))).map(({ any }) => any);
      },
    }),
  );

  /** Batches concurrent look-ups into one query. */
  const read = batched<Asked, ReadonlySet<string>>({
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

  async function among(asked: Asked): Promise<ReadonlySet<string>> {
    if (asked.recipients.length === 0 || !(await hasAny(`${asked.apiClientId}\n${asked.numberId}`))) return NOBODY;
    return read(asked);
  }

  /** @returns the change, or undefined when the recipient was already opted out. */
  async function optOut(on: Queryable, asked: NewOptOut): Promise<(Made & { optOut: OptOut }) | undefined> {
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
      now(),
      messageId ?? null,
    );
    if (!added) return undefined;
    const { first, ...optOut } = added;
    return { change: 'OPTED_OUT', origin, first, optOut };
  }

  /** @returns the change, or undefined when the recipient was not opted out. */
  async function optIn(on: Queryable, asked: OptIn): Promise<Made | undefined> {
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
      now(),
    );
    // A number without opt-outs may stay cached as one with opt-outs. The only cost is an unnecessary query.
    return removed.length > 0 ? { change: 'OPTED_IN', origin, first: false } : undefined;
  }

  /** Must be called after the commit of a change, so that the change takes effect. */
  function committed({ change, origin, first }: Made): void {
    if (first) hasAny.invalidate();
    metrics.optOutChanges.inc({ change, origin });
  }

  return {
    /** The recipients that have opted out. */
    among,
    optOut,
    optIn,
    committed,

    /** @returns the current opt-out, and whether it is new. An existing opt-out stays unchanged. */
    async add(asked: NewOptOut): Promise<{ optOut: OptOut; isNew: boolean }> {
      for (;;) {
        const made = await optOut(db, asked);
        if (made) {
          committed(made);
          return { optOut: made.optOut, isNew: true };
        }
        const [standing] = await run(db, ONE, asked.apiClientId, asked.numberId, asked.recipient);
        // Removed between the two statements, so the next attempt creates it.
        if (standing) return { optOut: standing, isNew: false };
      }
    },

    /** @returns false when there was no opt-out. */
    async remove(asked: OptIn): Promise<boolean> {
      const made = await optIn(db, asked);
      if (made) committed(made);
      return made !== undefined;
    },
  };
}

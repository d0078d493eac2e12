import type { Db } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { run } from '#db/statement.ts';
import type { MessageError } from '#platform/errors.ts';
import { mostExamined, pageOf, rangeOf } from './pages.ts';
import { EXAMINE_REJECTIONS, FIND_REJECTION, READ_REJECTIONS } from './rejections-sql.ts';

/** A rejected recipient of an accepted send request. */
export interface Rejection {
  messageId: string;
  /** Number that the request named. Null: the request named a pool. */
  numberId: string | null;
  from: string | null;
  poolId: string | null;
  /** The recipient as sent. */
  to: string;
  error: MessageError;
  externalReference: string | null;
  createdAt: Date;
}

/** Origin of a rejection, for operators. */
export interface RejectionOrigin {
  apiClientId: string;
  idempotencyKey: string;
}

/** Conditions of a list query. All given conditions must hold. */
export interface RejectionFilter {
  externalReference?: string | undefined;
  /** Spellings of one recipient or sender. One of them must match. */
  to?: readonly string[] | undefined;
  from?: readonly string[] | undefined;
  numberId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

export interface RejectionPage {
  rejections: Rejection[];
  /** Cursor of the next page. undefined: there are no more rejections. */
  before: string | undefined;
}

export type Rejections = ReturnType<typeof createRejections>;

/** Whether an id has the form of those of rejections. */
export const isRejectionId = (id: string): boolean => id.startsWith('rej_');

/** Queries for the rejected recipients of clients. */
export function createRejections(store: Db) {
  const db = readsOf(store);
  const find = async (id: string) => (await run(db, FIND_REJECTION, id))[0];

  return {
    /**
     * Lists a client's rejections, newest first. A page may hold fewer than `limit` rejections, or none, although more
     * exist.
     * @param before an id. The page begins with the rejection before it. Absent: with the newest rejection.
     */
    async list(
      client: string,
      filter: RejectionFilter,
      before: string | undefined,
      limit: number,
    ): Promise<RejectionPage> {
      const range = rangeOf('rej', filter, before);
      const { to, externalReference, from, numberId } = filter;
      const conditions = [to ?? null, externalReference ?? null, from ?? null, numberId ?? null] as const;
      const most = mostExamined(
        conditions.some((condition) => condition !== null),
        limit,
      );
      const examined = await run(db, EXAMINE_REJECTIONS, client, range.before, range.start, most, ...conditions);
      const page = pageOf(examined, most, limit);
      return { rejections: await inSteps(page.ids, (ids) => run(db, READ_REJECTIONS, ids)), before: page.before };
    },

    /** @returns the rejection, or undefined when this client has no such rejection. */
    async find(client: string, id: string): Promise<Rejection | undefined> {
      const found = await find(id);
      if (found?.apiClientId !== client) return undefined;
      const { apiClientId: _, idempotencyKey: __, ...rejection } = found;
      return rejection;
    },

    /** The rejection with its API client and the idempotency key of its request. For operators only. */
    explain: find,
  };
}

import { LRUCache } from 'lru-cache';
import type { Db, Queryable } from '#db/db.ts';
import { readsOf } from '#db/drivers/reads.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import { type ApiError, invalidRequest } from '#platform/errors.ts';
import type { Canceler } from '../cancel/canceler.ts';
import { CANCEL_BULK_SEND, COUNT_BULK_SENDS, FIND_BULK_SEND, LIST_BULK_SENDS, PUT_BULK_SEND } from './sql.ts';

export type BulkSendState = 'RUNNING' | 'PAUSED' | 'DONE' | 'CANCELED';

/** Many send requests that belong together. Registered by the program that sends them. */
export interface BulkSend {
  bulkSendId: string;
  name: string;
  /** Number of recipients that the program intends to send to. */
  rows: number;
  /** As reported by the program. */
  state: BulkSendState;
  createdAt: Date;
  updatedAt: Date;
}

/** Numbers of messages by their progress. */
export interface BulkSendCounts {
  /** Not submitted yet. */
  queued: number;
  unknown: number;
  sent: number;
  delivered: number;
  /** Without the canceled ones. */
  failed: number;
  canceled: number;
}

export type CountedBulkSend = BulkSend & { messages: BulkSendCounts };

/** Position in the list, which has the newest bulk send first. */
export interface BulkSendPlace {
  createdAt: Date;
  bulkSendId: string;
}

/** Time in milliseconds for which an open bulk send is not looked up again. The statement of the accept checks it in any case. */
const STATE_AGE_MS = 1_000;
/** After each time of the store. */
const END_OF_TIME = new Date('9999-12-31T23:59:59.999Z');
const MOST_STATES = 10_000;

export interface BulkSendsParts {
  db: Db;
  clock: Clock;
  canceler: Pick<Canceler, 'ofBulkSend'>;
}

const DETAILS = { in: 'body', field: 'bulkSendId' };

/** Error of a send that names a canceled bulk send. */
export function canceledBulkSend(): ApiError {
  return invalidRequest('bulkSendId names a canceled bulk send', DETAILS);
}

/** Bulk sends of API clients. */
export class BulkSends {
  readonly #parts: BulkSendsParts;
  readonly #reads: Queryable;
  readonly #open = new LRUCache<string, true>({ max: MOST_STATES, ttl: STATE_AGE_MS });

  constructor(parts: BulkSendsParts) {
    this.#parts = parts;
    this.#reads = readsOf(parts.db);
  }

  /** Registers a bulk send, or changes it. A canceled one stays canceled. */
  async put(
    apiClientId: string,
    bulkSendId: string,
    { name, rows, state }: Pick<BulkSend, 'name' | 'rows' | 'state'>,
  ): Promise<CountedBulkSend> {
    const { db, clock } = this.#parts;
    const [stored] = await run(db, PUT_BULK_SEND, apiClientId, bulkSendId, name, rows, state, new Date(clock.now()));
    return this.#counted(apiClientId, stored as BulkSend);
  }

  /** @returns undefined when the client has no such bulk send. */
  async find(apiClientId: string, bulkSendId: string): Promise<CountedBulkSend | undefined> {
    const [found] = await run(this.#reads, FIND_BULK_SEND, apiClientId, bulkSendId);
    return found && this.#counted(apiClientId, found);
  }

  /** @param before position after which the page begins. Undefined: with the newest. */
  async list(
    apiClientId: string,
    before: BulkSendPlace | undefined,
    limit: number,
  ): Promise<{ bulkSends: CountedBulkSend[]; before: BulkSendPlace | undefined }> {
    const { createdAt, bulkSendId } = before ?? { createdAt: END_OF_TIME, bulkSendId: '' };
    const found = await run(this.#reads, LIST_BULK_SENDS, apiClientId, createdAt, bulkSendId, limit + 1);
    const page = found.slice(0, limit);
    const ids = page.map((one) => one.bulkSendId);
    const counts = ids.length === 0 ? [] : await run(this.#reads, COUNT_BULK_SENDS, apiClientId, ids);
    const countsOf = new Map(counts.map(({ id, ...messages }) => [id, messages]));
    const bulkSends = page.map((one) => ({ ...one, messages: countsOf.get(one.bulkSendId) ?? NONE }));
    return { bulkSends, before: found.length > limit ? page.at(-1) : undefined };
  }

  /**
   * Cancels the messages of a bulk send that were not submitted. Further sends that name it are rejected.
   * @returns undefined when the client has no such bulk send.
   */
  async cancel(apiClientId: string, bulkSendId: string): Promise<{ canceled: number; tooLate: number } | undefined> {
    const { db, clock, canceler } = this.#parts;
    const [found] = await run(db, CANCEL_BULK_SEND, apiClientId, bulkSendId, new Date(clock.now()));
    if (!found) return undefined;
    // The change waited for the accepts under way, and later accepts see it. All messages are therefore stored.
    return canceler.ofBulkSend(apiClientId, bulkSendId);
  }

  /** @throws ApiError INVALID_REQUEST when a request names an unknown or canceled bulk send. */
  async requireOpen(apiClientId: string, bulkSendId: string | undefined): Promise<void> {
    if (bulkSendId === undefined) return;
    const name = `${apiClientId}\n${bulkSendId}`;
    if (this.#open.has(name)) return;
    const [found] = await run(this.#parts.db, FIND_BULK_SEND, apiClientId, bulkSendId);
    if (!found)
      throw invalidRequest('bulkSendId is not registered. PUT /api/core/bulk-sends/{bulkSendId} first.', DETAILS);
    if (found.state === 'CANCELED') throw canceledBulkSend();
    this.#open.set(name, true);
  }

  async #counted(apiClientId: string, one: BulkSend): Promise<CountedBulkSend> {
    const [counts] = await run(this.#reads, COUNT_BULK_SENDS, apiClientId, [one.bulkSendId]);
    const { id: _, ...messages } = counts ?? { id: '', ...NONE };
    return { ...one, messages };
  }
}

const NONE: BulkSendCounts = { queued: 0, unknown: 0, sent: 0, delivered: 0, failed: 0, canceled: 0 };

import { type ApiError, rateLimited } from '#platform/errors.ts';
import type { Backlog } from '#queue/backlog.ts';

/** Age of a count, in milliseconds, after which it is read again. */
const COUNT_MS = 5_000;
const RETRY_AFTER_SECONDS = 60;
/** Maximum number of clients with a cached count. */
const MOST_CLIENTS = 1_000;

/** Cached count of one client, and the messages that were added to it since. */
interface Count {
  at: number;
  stored: number;
  added: number;
}

export interface ScheduledLimitParts {
  /** Number of messages of a client that are due in more than an hour, counted up to `most`. */
  count(client: string, most: number): Promise<number>;
  backlog: Pick<Backlog, 'scheduled'>;
  /** Maximum number of scheduled messages of one API client. */
  perClient: number;
}

/** Limits the scheduled messages of each API client. Messages that are due do not count. */
export class ScheduledLimit {
  readonly #parts: ScheduledLimitParts;
  readonly #counts = new Map<string, Count>();

  constructor(parts: ScheduledLimitParts) {
    this.#parts = parts;
  }

  /**
   * Counts messages that are about to be scheduled.
   * @returns the error if they exceed the limit, and otherwise a function for the case that they are not stored after all.
   */
  async admit(client: string, messages: number): Promise<{ refusal: ApiError } | { undo(): void }> {
    if (messages === 0) return { undo: () => undefined };
    const { perClient, backlog } = this.#parts;
    const count = await this.#count(client);
    const scheduled = count.stored + count.added + backlog.scheduled(client);
    if (scheduled + messages > perClient) {
      const details = { scope: 'scheduled', limit: perClient, scheduled };
      return {
        refusal: rateLimited('Too many scheduled messages of this API client', RETRY_AFTER_SECONDS, details),
      };
    }
    count.added += messages;
    return {
      undo: () => {
        count.added -= messages;
      },
    };
  }

  async #count(client: string): Promise<Count> {
    const known = this.#counts.get(client);
    if (known && performance.now() - known.at < COUNT_MS) return known;
    const at = performance.now();
    const stored = await this.#parts.count(client, this.#parts.perClient + 1);
    const count = { at, stored, added: 0 };
    if (this.#counts.size >= MOST_CLIENTS) this.#counts.clear();
    this.#counts.set(client, count);
    return count;
  }
}

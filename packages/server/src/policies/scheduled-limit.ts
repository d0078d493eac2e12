import { type ApiError, rateLimited } from '#platform/errors.ts';
import type { Backlog } from '#queue/backlog.ts';

/** Age of a count, in milliseconds, after which it is read again. */
const COUNT_MS = 5_000;
/** As `COUNT_MS`, before a request is rejected. Messages may have been canceled since. */
const REFUSAL_MS = 250;
const RETRY_AFTER_SECONDS = 60;
/** Maximum number of clients with a cached count. */
const MOST_CLIENTS = 1_000;

/** Count of the scheduled messages of one client. */
interface Count {
  /** Time of the last reading, and its result. */
  at: number;
  stored: number;
  /** Messages that were admitted since that reading, or whose storing was under way then. */
  added: number;
  /** Messages that are being stored. */
  underWay: number;
  /** Whether messages that were under way at the last reading are stored now, and therefore may count twice. */
  isStale: boolean;
  reading: Promise<void> | undefined;
}

export interface ScheduledLimitParts {
  /** Number of messages of a client that are due in more than an hour, counted up to `most`. */
  count(client: string, most: number): Promise<number>;
  backlog: Pick<Backlog, 'scheduled'>;
  /** Maximum number of scheduled messages of one API client. */
  perClient: number;
}

/** Admitted messages. Only the first call has an effect. */
export interface AdmittedScheduled {
  /** The messages are stored. */
  settle(): void;
  /** The messages are not stored. */
  undo(): void;
}

const NOTHING: AdmittedScheduled = { settle: () => undefined, undo: () => undefined };

/** Limits the scheduled messages of each API client. Messages that are due do not count. */
export class ScheduledLimit {
  readonly #parts: ScheduledLimitParts;
  readonly #counts = new Map<string, Count>();

  constructor(parts: ScheduledLimitParts) {
    this.#parts = parts;
  }

  /** Counts messages that are about to be scheduled. @returns the error if they exceed the limit. */
  async admit(client: string, messages: number): Promise<{ refusal: ApiError } | AdmittedScheduled> {
    if (messages === 0) return NOTHING;
    const count = this.#countOf(client);
    await this.#read(client, count, COUNT_MS);
    if (this.#exceeds(client, count, messages)) await this.#read(client, count, count.isStale ? 0 : REFUSAL_MS);
    // No wait may come between the check and the count. Concurrent requests would exceed the limit together.
    if (this.#exceeds(client, count, messages)) return { refusal: this.#refusal(client, count) };
    count.added += messages;
    count.underWay += messages;
    const { at } = count;
    let isOpen = true;
    const end = (stored: boolean) => {
      if (!isOpen) return;
      isOpen = false;
      count.underWay -= messages;
      if (!stored) count.added -= messages;
      else if (at !== count.at) count.isStale = true;
    };
    return { settle: () => end(true), undo: () => end(false) };
  }

  #scheduled(client: string, { stored, added }: Count): number {
    return stored + added + this.#parts.backlog.scheduled(client);
  }

  #exceeds(client: string, count: Count, messages: number): boolean {
    return this.#scheduled(client, count) + messages > this.#parts.perClient;
  }

  #refusal(client: string, count: Count): ApiError {
    const details = { scope: 'scheduled', limit: this.#parts.perClient, scheduled: this.#scheduled(client, count) };
    return rateLimited('Too many scheduled messages of this API client', RETRY_AFTER_SECONDS, details);
  }

  #countOf(client: string): Count {
    const known = this.#counts.get(client);
    if (known) return known;
    if (this.#counts.size >= MOST_CLIENTS) this.#evict();
    const count: Count = {
      at: Number.NEGATIVE_INFINITY,
      stored: 0,
      added: 0,
      underWay: 0,
      isStale: false,
      reading: undefined,
    };
    this.#counts.set(client, count);
    return count;
  }

  #evict(): void {
    for (const [client, { underWay, reading }] of this.#counts) {
      if (underWay === 0 && !reading) this.#counts.delete(client);
    }
  }

  /** Reads the stored messages, once for all requests that wait for it. */
  async #read(client: string, count: Count, ageMs: number): Promise<void> {
    if (performance.now() - count.at < ageMs) return;
    count.reading ??= this.#readNow(client, count).finally(() => {
      count.reading = undefined;
    });
    await count.reading;
  }

  async #readNow(client: string, count: Count): Promise<void> {
    const at = performance.now();
    const { added, underWay } = count;
    const stored = await this.#parts.count(client, this.#parts.perClient + 1);
    // Messages that are under way may or may not be among the stored ones, so they count in any case.
    Object.assign(count, { at, stored, added: count.added - added + underWay, isStale: false });
  }
}

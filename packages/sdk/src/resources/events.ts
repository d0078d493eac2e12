import { AbortError, InvalidCallError } from '../errors.ts';
import { Feed, type FeedPage } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { limited } from '../transport/limit.ts';
import { has } from '../transport/whole.ts';
import type { EventFilters, StreamEvent } from '../types.ts';

export interface StreamOptions extends EventFilters, CallOptions {
  /** Milliseconds between looks for something new, once everything there is was read. Default 1,000. */
  pollMs?: number;
}

/** A platform whose timers don't come back in this time does not poll any more, and says so. */
const STALLED_MS = 60_000;

/** Everything that happened to this client's messages, in one order. Needs `events:read`. */
export class Events {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** What there is until now: from `after` (a `cursor` that was kept), `since` (a time), or the oldest that is kept. */
  list(from: EventFilters = {}, options?: CallOptions): Feed<StreamEvent> {
    return this.#feed(from, options, async () => false);
  }

  /**
   * As `list`, and then whatever happens, until `signal` ends the loop; quietly, since that is what it is for.
   * `timeoutMs` is for each look. An outage that lasts longer ends the loop with its error: go on from `cursor`.
   */
  stream({ pollMs = 1_000, signal, timeoutMs, ...from }: StreamOptions = {}): Feed<StreamEvent> {
    const options = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
    if (!(pollMs > 0)) throw new InvalidCallError('pollMs must be a number above 0');
    const { now, sleep } = this.#api;
    return this.#feed(from, options, async () => {
      await limited({ now }, { until: now() + pollMs + STALLED_MS, signal }, (over) => sleep(pollMs, over));
      return true;
    });
  }

  #feed(from: EventFilters, options: CallOptions | undefined, atTheEnd: () => Promise<boolean>): Feed<StreamEvent> {
    const { after, since, ...rest } = from;
    return new Feed({
      after,
      readPage: (cursor) => this.#page({ ...rest, ...(cursor === undefined ? { since } : { after: cursor }) }, options),
      atTheEnd,
      isOver: (error) => error instanceof AbortError && options?.signal?.aborted === true,
    });
  }

  async #page(query: object, options: CallOptions | undefined): Promise<FeedPage<StreamEvent>> {
    const isWhole = has({ events: 'list', nextCursor: 'text' });
    const { json } = await this.#api.call({ method: 'GET', path: '/api/core/events', query, isWhole }, options);
    const { events, nextCursor } = json as { events: StreamEvent[]; nextCursor: string };
    return { items: events, nextCursor };
  }
}

import { AbortError, InvalidCallError } from '../errors.ts';
import { Feed, type FeedPage } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { limited } from '../transport/limit.ts';
import { has } from '../transport/response-shape.ts';
import type { EventFilters, StreamEvent } from '../types.ts';

/** Options of `Events.stream`. */
export interface StreamOptions extends EventFilters, CallOptions {
  /** Milliseconds between polls at the current end of the stream. Default 1,000. */
  pollMs?: number;
}

/** Time after which an overdue poll timer ends the stream with a `TimeoutError`. Some platforms stop timers. */
const STALLED_MS = 60_000;

/** All events of this API client in one order. Needs the capability `events:read`. */
export class Events {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Reads the stored events up to the current end. Starts after a cursor (`after`), at a time (`since`), or at the
   * oldest stored event. `after` takes precedence over `since`.
   *
   * @throws ApiError | ConnectionError | TimeoutError | AbortError during iteration
   */
  list(from: EventFilters = {}, options?: CallOptions): Feed<StreamEvent> {
    return this.#feed(from, options, async () => false);
  }

  /**
   * Reads the stored events like `list`, then polls for new events until `signal` aborts. The abort ends the loop
   * without an error. `timeoutMs` limits each poll. An outage that exceeds this limit ends the loop with its error.
   * Continue from `cursor` in that case.
   *
   * @throws InvalidCallError when `pollMs` is not positive
   * @throws ApiError | ConnectionError | TimeoutError during iteration
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
    const hasExpectedShape = has({ events: 'list', nextCursor: 'text' });
    const { json } = await this.#api.call(
      { method: 'GET', path: '/api/core/events', query, hasExpectedShape },
      options,
    );
    const { events, nextCursor } = json as { events: StreamEvent[]; nextCursor: string };
    return { items: events, nextCursor };
  }
}

import { Listing } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import { has } from '../transport/response-shape.ts';
import type { BulkSend, BulkSendFilters, BulkSendUpdate, CancelCounts } from '../types.ts';

const PATH = '/api/core/bulk-sends';
const isBulkSend = has({ bulkSendId: 'text' });

const pathOf = (bulkSendId: string) => `${PATH}/${segment('bulkSendId', bulkSendId)}`;

/**
 * Groups of send requests, such as one per row of a file. A send belongs to the bulk send that it names in `bulkSendId`.
 * All methods throw ApiError | ConnectionError | TimeoutError | AbortError.
 */
export class BulkSends {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Registers a bulk send, or changes it. Register it before the first send that names it. Safe to repeat. Needs the
   * capability `messages:send`.
   *
   * @param bulkSendId `bulk_` and 1 to 64 letters or digits, chosen by the caller
   */
  async put(bulkSendId: string, update: BulkSendUpdate, options?: CallOptions): Promise<BulkSend> {
    const call = { method: 'PUT', path: pathOf(bulkSendId), body: update, hasExpectedShape: isBulkSend } as const;
    return (await this.#api.call(call, options)).json as BulkSend;
  }

  /** Returns a bulk send with the numbers of its messages. Needs the capability `messages:read`. */
  async get(bulkSendId: string, options?: CallOptions): Promise<BulkSend> {
    const call = { method: 'GET', path: pathOf(bulkSendId), hasExpectedShape: isBulkSend } as const;
    return (await this.#api.call(call, options)).json as BulkSend;
  }

  /** Lists bulk sends, newest first. Needs the capability `messages:read`. */
  list(filters: BulkSendFilters = {}, options?: CallOptions): Listing<BulkSend> {
    return new Listing(async (cursor) => {
      const hasExpectedShape = has({ bulkSends: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: PATH, query: { ...filters, cursor }, hasExpectedShape } as const;
      const { bulkSends, nextCursor } = (await this.#api.call(call, options)).json as Page;
      return { items: bulkSends, nextCursor };
    }, filters.cursor);
  }

  /**
   * Cancels the messages that were not submitted. Further sends that name the bulk send are rejected. Safe to
   * repeat. Needs the capability `messages:cancel`.
   */
  async cancel(bulkSendId: string, options?: CallOptions): Promise<CancelCounts> {
    const hasExpectedShape = has({ canceled: 'number', tooLate: 'number' });
    const call = { method: 'POST', path: `${pathOf(bulkSendId)}/cancel`, hasExpectedShape } as const;
    return (await this.#api.call(call, options)).json as CancelCounts;
  }
}

interface Page {
  bulkSends: BulkSend[];
  nextCursor: string | null;
}

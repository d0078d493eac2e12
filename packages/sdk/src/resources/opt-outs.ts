import { Listing } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import { has, isNothing } from '../transport/response-shape.ts';
import type {
  AutoReplies,
  AutoRepliesUpdate,
  NewOptOut,
  OptOut,
  OptOutChange,
  OptOutFilters,
  OptOutHistoryFilters,
} from '../types.ts';

const PATH = '/api/core/opt-outs';
const REPLIES = '/api/core/auto-replies';

/**
 * Opt-outs from numbers of this API client, and automatic replies. Reading needs the capability `optouts:read`, changes
 * need `optouts:update`. All methods throw ApiError | ConnectionError | TimeoutError | AbortError.
 */
export class OptOuts {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Lists the current opt-outs by number and recipient. */
  list(filters: OptOutFilters = {}, options?: CallOptions): Listing<OptOut> {
    return new Listing(async (after) => {
      const hasExpectedShape = has({ optOuts: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: PATH, query: { ...filters, after }, hasExpectedShape } as const;
      const { json } = await this.#api.call(call, options);
      const { optOuts, nextCursor } = json as { optOuts: OptOut[]; nextCursor: string | null };
      return { items: optOuts, nextCursor };
    }, filters.after);
  }

  /** Lists all opt-outs and opt-ins ever recorded, oldest first. */
  history(filters: OptOutHistoryFilters = {}, options?: CallOptions): Listing<OptOutChange> {
    return new Listing(async (after) => {
      const hasExpectedShape = has({ changes: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: `${PATH}/history`, query: { ...filters, after }, hasExpectedShape } as const;
      const { json } = await this.#api.call(call, options);
      const { changes, nextCursor } = json as { changes: OptOutChange[]; nextCursor: string | null };
      return { items: changes, nextCursor };
    }, filters.after);
  }

  /**
   * Adds an opt-out that was received by other means than a text message. No reply is sent. An existing opt-out stays
   * unchanged.
   *
   * @returns the new or existing opt-out
   */
  async add(optOut: NewOptOut, options?: CallOptions): Promise<OptOut> {
    const call = { method: 'POST', path: PATH, body: optOut, hasExpectedShape: has({ recipient: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as OptOut;
  }

  /**
   * Removes an opt-out. Requires verifiable consent of the recipient. The history keeps the opt-out.
   *
   * @throws ApiError `NOT_FOUND` when the opt-out does not exist. A retry after a lost response has the same result,
   *   although the opt-out was removed.
   */
  async remove(numberId: string, recipient: string, options?: CallOptions): Promise<void> {
    const path = `${PATH}/${segment('numberId', numberId)}/${segment('recipient', recipient)}`;
    await this.#api.call({ method: 'DELETE', path, hasExpectedShape: isNothing }, options);
  }

  /** Returns the automatic replies to opt-outs, opt-ins and requests for help. */
  async replies(options?: CallOptions): Promise<AutoReplies> {
    return (await this.#api.call({ method: 'GET', path: REPLIES }, options)).json as AutoReplies;
  }

  /** Changes the given replies. null selects the default text, false disables a reply. */
  async updateReplies(change: AutoRepliesUpdate, options?: CallOptions): Promise<AutoReplies> {
    return (await this.#api.call({ method: 'PATCH', path: REPLIES, body: change }, options)).json as AutoReplies;
  }
}

import { Listing } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import { has, isNothing } from '../transport/whole.ts';
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

/** Who does not want messages from which number. Reading needs `optouts:read`, the rest `optouts:update`. */
export class OptOuts {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** As they stand now, by number and recipient. */
  list(filters: OptOutFilters = {}, options?: CallOptions): Listing<OptOut> {
    return new Listing(async (after) => {
      const isWhole = has({ optOuts: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: PATH, query: { ...filters, after }, isWhole } as const;
      const { json } = await this.#api.call(call, options);
      const { optOuts, nextCursor } = json as { optOuts: OptOut[]; nextCursor: string | null };
      return { items: optOuts, nextCursor };
    }, filters.after);
  }

  /** All changes there ever were, the newest last. */
  history(filters: OptOutHistoryFilters = {}, options?: CallOptions): Listing<OptOutChange> {
    return new Listing(async (after) => {
      const isWhole = has({ changes: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: `${PATH}/history`, query: { ...filters, after }, isWhole } as const;
      const { json } = await this.#api.call(call, options);
      const { changes, nextCursor } = json as { changes: OptOutChange[]; nextCursor: string | null };
      return { items: changes, nextCursor };
    }, filters.after);
  }

  /** What you have heard elsewhere than by text message. What stands already stays as it is. */
  async add(optOut: NewOptOut, options?: CallOptions): Promise<OptOut> {
    const call = { method: 'POST', path: PATH, body: optOut, isWhole: has({ recipient: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as OptOut;
  }

  /**
   * Only with consent that you can show.
   * @throws ApiError NOT_FOUND when there is none; after a lost answer and its retry that is what success looks like.
   */
  async remove(numberId: string, recipient: string, options?: CallOptions): Promise<void> {
    const path = `${PATH}/${segment('numberId', numberId)}/${segment('recipient', recipient)}`;
    await this.#api.call({ method: 'DELETE', path, isWhole: isNothing }, options);
  }

  /** What a handset that opts out or in, or asks for help, is told. */
  async replies(options?: CallOptions): Promise<AutoReplies> {
    return (await this.#api.call({ method: 'GET', path: REPLIES }, options)).json as AutoReplies;
  }

  /** Changes what is given; null is the default text, false no reply. */
  async updateReplies(change: AutoRepliesUpdate, options?: CallOptions): Promise<AutoReplies> {
    return (await this.#api.call({ method: 'PATCH', path: REPLIES, body: change }, options)).json as AutoReplies;
  }
}

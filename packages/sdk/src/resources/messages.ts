import { RecipientsRejectedError, RedCloudError } from '../errors.ts';
import { Listing } from '../paging.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import type { Answer } from '../transport/exchange.ts';
import { segment } from '../transport/path.ts';
import type {
  AcceptedRecipient,
  AllAccepted,
  Message,
  MessageDetails,
  MessageFilters,
  RejectedRecipient,
  SendParams,
  SendResult,
} from '../types.ts';

export interface SendOptions extends CallOptions {
  /**
   * 1 to 255 printable ASCII characters that name the business operation, such as `order-789-shipped`: whoever sends
   * under it again, also after a crash, gets the same answer and no second message. Random when it is not given, and
   * the same for all retries of this call either way.
   */
  idempotencyKey?: string;
}

interface SendReply {
  results: AcceptedRecipient[];
  errors: RejectedRecipient[];
}

export class Messages {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Queues a message to each recipient, exactly once however often the network fails meanwhile. Accepted is queued, not
   * delivered: events tell what follows. That recipients were rejected is a result, not an error; `outcome` says so.
   * @throws ApiError with a status under 500: refused, nothing was queued. | ApiError with another | ConnectionError |
   *   TimeoutError | AbortError: it may have been queued; `error.idempotencyKey` makes it safe to repeat. | TypeError
   *   when the key can't be one.
   */
  async send(params: SendParams, options: SendOptions = {}): Promise<SendResult> {
    const { idempotencyKey = this.#api.newKey(), ...limits } = options;
    mustBeKey(idempotencyKey);
    const call = {
      method: 'POST',
      path: '/api/core/messages/send',
      headers: { 'idempotency-key': idempotencyKey },
      body: params,
      isWhole: isSendReply,
    } as const;
    try {
      return toResult(await this.#api.call(call, limits), idempotencyKey);
    } catch (error) {
      if (error instanceof RedCloudError) error.idempotencyKey = idempotencyKey;
      throw error;
    }
  }

  /**
   * As `send`, for whoever holds a rejected recipient to be a mistake.
   * @throws RecipientsRejectedError when any was; its `result` has those that were accepted, which stay so. | as `send`
   */
  async sendOrThrow(params: SendParams, options: SendOptions = {}): Promise<AllAccepted> {
    const result = await this.send(params, options);
    if (result.outcome === 'ALL_ACCEPTED') return result;
    const error = new RecipientsRejectedError(result);
    error.idempotencyKey = result.idempotencyKey;
    throw error;
  }

  /** Needs `messages:read`. @throws ApiError NOT_FOUND, for one of another client as well | as any call */
  async get(messageId: string, options?: CallOptions): Promise<MessageDetails> {
    const path = `/api/core/messages/${segment('messageId', messageId)}`;
    return (await this.#api.call({ method: 'GET', path }, options)).json as MessageDetails;
  }

  /** Newest first; all filters that are given must hold. Needs `messages:read`. */
  list(filters: MessageFilters = {}, options?: CallOptions): Listing<Message> {
    return new Listing(async (cursor) => {
      const call = { method: 'GET', path: '/api/core/messages', query: { ...filters, cursor } } as const;
      const { messages, nextCursor } = (await this.#api.call(call, options)).json as MessagePage;
      return { items: messages, nextCursor };
    }, filters.cursor);
  }
}

interface MessagePage {
  messages: Message[];
  nextCursor: string | null;
}

function mustBeKey(key: string): void {
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key) && key.trim() === key) return;
  throw new TypeError('idempotencyKey must be 1 to 255 printable ASCII characters');
}

function isSendReply(json: unknown): json is SendReply {
  const { results, errors } = (json ?? {}) as Partial<SendReply>;
  return Array.isArray(results) && Array.isArray(errors) && results.length + errors.length > 0;
}

function toResult({ json, headers, requestId }: Answer, idempotencyKey: string): SendResult {
  const { results: accepted, errors: rejected } = json as SendReply;
  const outcome = rejected.length === 0 ? 'ALL_ACCEPTED' : accepted.length === 0 ? 'ALL_REJECTED' : 'SOME_REJECTED';
  const replayed = headers.get('idempotent-replayed') === 'true';
  // Which lists are empty is what `outcome` says; the compiler can't follow that.
  return { outcome, accepted, rejected, idempotencyKey, replayed, requestId } as SendResult;
}

import { RecipientsRejectedError } from '../errors.ts';
import { Listing } from '../paging.ts';
import type { Answered, Api, CallOptions } from '../transport/api.ts';
import { type KeyedOptions, keyed } from '../transport/key.ts';
import { segment } from '../transport/path.ts';
import { has, type IsWhole } from '../transport/whole.ts';
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

export type SendOptions = KeyedOptions;

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
   *   TimeoutError | AbortError: it may have been queued; `error.idempotencyKey` makes it safe to repeat. | InvalidCallError
   *   when the key can't be one.
   */
  send(params: SendParams, options: SendOptions = {}): Promise<SendResult> {
    return keyed(this.#api, options, async (headers, limits, key) => {
      const isWhole = answers(params.to);
      const call = { method: 'POST', path: '/api/core/messages/send', headers, body: params, isWhole } as const;
      return toResult(await this.#api.call(call, limits), key);
    });
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
    return (await this.#api.call({ method: 'GET', path, isWhole: has({ messageId: 'text' }) }, options))
      .json as MessageDetails;
  }

  /** Newest first; all filters that are given must hold. Needs `messages:read`. */
  list(filters: MessageFilters = {}, options?: CallOptions): Listing<Message> {
    return new Listing(async (cursor) => {
      const isWhole = has({ messages: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: '/api/core/messages', query: { ...filters, cursor }, isWhole } as const;
      const { messages, nextCursor } = (await this.#api.call(call, options)).json as MessagePage;
      return { items: messages, nextCursor };
    }, filters.cursor);
  }
}

interface MessagePage {
  messages: Message[];
  nextCursor: string | null;
}

const isAccepted = has({ to: 'text', messageId: 'text' });
const isRejected = has({ to: 'text' });

/** Whether an answer says of each recipient what became of it: of one that it passes over nobody would ever hear. */
function answers(to: readonly string[]): IsWhole {
  // Before anything is sent: what the caller changes afterwards changes nothing.
  const recipients = new Set(Array.isArray(to) ? to : []);
  return (json, status) => {
    const { results, errors } = (json ?? {}) as Partial<SendReply>;
    if (!Array.isArray(results) || !Array.isArray(errors) || results.length + errors.length === 0) return false;
    if (!results.every((one) => isAccepted(one, status)) || !errors.every((one) => isRejected(one, status)))
      return false;
    const answered = new Set([...results, ...errors].map((one) => one.to));
    return [...recipients].every((recipient) => answered.has(recipient));
  };
}

function toResult({ json, headers, requestId, attempts }: Answered, idempotencyKey: string): SendResult {
  const { results: accepted, errors: rejected } = json as SendReply;
  const outcome = rejected.length === 0 ? 'ALL_ACCEPTED' : accepted.length === 0 ? 'ALL_REJECTED' : 'SOME_REJECTED';
  const replayed = headers.get('idempotent-replayed') === 'true';
  // Which lists are empty is what `outcome` says; the compiler can't follow that.
  return { outcome, accepted, rejected, idempotencyKey, replayed, attempts, requestId } as SendResult;
}

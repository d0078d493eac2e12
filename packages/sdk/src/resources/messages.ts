import { RecipientsRejectedError } from '../errors.ts';
import { Listing } from '../paging.ts';
import type { Answered, Api, CallOptions } from '../transport/api.ts';
import { type KeyedOptions, keyed } from '../transport/key.ts';
import { segment } from '../transport/path.ts';
import { type HasExpectedShape, has } from '../transport/response-shape.ts';
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

/** Options of `Messages.send` and `Messages.sendOrThrow`. */
export type SendOptions = KeyedOptions;

interface SendReply {
  results: AcceptedRecipient[];
  errors: RejectedRecipient[];
}

/** Send requests and messages of this API client. */
export class Messages {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Queues a message to each recipient. Network failures and retries never queue a message twice. Needs the capability
   * `messages:send`.
   *
   * An accepted message is queued, not delivered. Events report its further statuses. Rejected recipients are part of
   * the result and not an error. `outcome` shows whether recipients were rejected.
   *
   * @returns the outcome for each recipient
   * @throws ApiError with a status below 500: rejected, nothing was queued
   * @throws ApiError with another status | ConnectionError | TimeoutError | AbortError: possibly queued. Repeat the
   *   request with `error.idempotencyKey`.
   * @throws InvalidCallError when the key is invalid
   */
  send(params: SendParams, options: SendOptions = {}): Promise<SendResult> {
    return keyed(this.#api, options, async (headers, limits, key) => {
      const hasExpectedShape = answers(params.to);
      const call = {
        method: 'POST',
        path: '/api/core/messages/send',
        headers,
        body: params,
        hasExpectedShape,
      } as const;
      return toResult(await this.#api.call(call, limits), key);
    });
  }

  /**
   * Like `send`, for callers to whom a rejected recipient is a mistake in the program.
   *
   * @throws RecipientsRejectedError when any recipient was rejected. Messages to the recipients in its
   *   `result.accepted` stay queued.
   * @throws the errors of `send`
   */
  async sendOrThrow(params: SendParams, options: SendOptions = {}): Promise<AllAccepted> {
    const result = await this.send(params, options);
    if (result.outcome === 'ALL_ACCEPTED') return result;
    const error = new RecipientsRejectedError(result);
    error.idempotencyKey = result.idempotencyKey;
    throw error;
  }

  /**
   * Returns a message with its segments, events and webhook deliveries. Needs the capability `messages:read`.
   *
   * @throws ApiError `NOT_FOUND`, also for a message of another API client
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   */
  async get(messageId: string, options?: CallOptions): Promise<MessageDetails> {
    const path = `/api/core/messages/${segment('messageId', messageId)}`;
    return (await this.#api.call({ method: 'GET', path, hasExpectedShape: has({ messageId: 'text' }) }, options))
      .json as MessageDetails;
  }

  /**
   * Lists messages, newest first. All given filters must match. Needs the capability `messages:read`.
   *
   * @throws ApiError | ConnectionError | TimeoutError | AbortError during iteration
   */
  list(filters: MessageFilters = {}, options?: CallOptions): Listing<Message> {
    return new Listing(async (cursor) => {
      const hasExpectedShape = has({ messages: 'list', nextCursor: 'cursor' });
      const call = {
        method: 'GET',
        path: '/api/core/messages',
        query: { ...filters, cursor },
        hasExpectedShape,
      } as const;
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

/** Whether a response has an outcome for each recipient. Otherwise the loss of a recipient would go unnoticed. */
function answers(to: readonly string[]): HasExpectedShape {
  // Copied before the first attempt. Later changes by the caller have no effect.
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
  // `outcome` determines which lists are empty. The compiler cannot infer this relation.
  return { outcome, accepted, rejected, idempotencyKey, replayed, attempts, requestId } as SendResult;
}

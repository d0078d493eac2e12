import { RecipientsRejectedError } from '../errors.ts';
import { hasFiles } from '../media/source.ts';
import { Listing } from '../paging.ts';
import type { Answered, Api, CallOptions } from '../transport/api.ts';
import { timeBudget } from '../transport/budget.ts';
import { type KeyedOptions, keyed } from '../transport/key.ts';
import { withMoments } from '../transport/moments.ts';
import { segment } from '../transport/path.ts';
import { type HasExpectedShape, has } from '../transport/response-shape.ts';
import type {
  AcceptedRecipient,
  AllAccepted,
  CancelCounts,
  Message,
  MessageDetails,
  MessageFilters,
  NewTimes,
  Preview,
  PreviewParams,
  RejectedRecipient,
  Rejection,
  RejectionFilters,
  SendParams,
  SendResult,
} from '../types.ts';
import type { Media } from './media.ts';

/** Options of `Messages.send` and `Messages.sendOrThrow`. */
export type SendOptions = KeyedOptions;

/** Times of a send and of a reschedule. */
const TIMES = ['sendAt', 'expiresAt'] as const;

const pathOf = (messageId: string) => `/api/core/messages/${segment('messageId', messageId)}`;

interface SendReply {
  results: AcceptedRecipient[];
  errors: RejectedRecipient[];
}

/** Send requests and messages of this API client. */
export class Messages {
  readonly #api: Api;
  readonly #media: Media;

  constructor(api: Api, media: Media) {
    this.#api = api;
    this.#media = media;
  }

  /**
   * Queues a message to each recipient. Network failures and retries never queue a message twice. Needs the capability
   * `messages:send`.
   *
   * An accepted message is queued, not delivered. Events report its further statuses. Rejected recipients are part of
   * the result and not an error. `outcome` shows whether recipients were rejected.
   *
   * Files in `media` are uploaded first, with the capability `media:write`. An error of an upload means that nothing was
   * queued. All of them are checked before the first upload. `timeoutMs` includes the uploads.
   *
   * @returns the outcome for each recipient
   * @throws ApiError with a status below 500: rejected, nothing was queued
   * @throws ApiError with another status | ConnectionError | TimeoutError | AbortError: possibly queued. Repeat the
   *   request with `error.idempotencyKey`.
   * @throws InvalidCallError when the key, a time or a file is invalid
   */
  send(params: SendParams, options: SendOptions = {}): Promise<SendResult> {
    return keyed(this.#api, options, async (headers, limits, key) => {
      const timed = withMoments(params, TIMES);
      const { media } = timed;
      if (!hasFiles(media)) return this.#send(timed, headers, limits, key);
      // Copied before the uploads. Later changes by the caller have no effect.
      const fixed = { ...timed, to: [...timed.to] };
      const left = timeBudget(this.#api, limits);
      return this.#send({ ...fixed, media: await this.#media.prepare(media, left()) }, headers, left(), key);
    });
  }

  async #send(body: SendParams, headers: Record<string, string>, limits: CallOptions, key: string) {
    const hasExpectedShape = answers(body.to);
    const call = { method: 'POST', path: '/api/core/messages/send', headers, body, hasExpectedShape } as const;
    return toResult(await this.#api.call(call, limits), key);
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
   * Returns what a send would do, and stores and sends nothing. Needs the capability `messages:send`.
   *
   * @throws the errors of `send`, without a key
   */
  async preview(params: PreviewParams, options?: CallOptions): Promise<Preview> {
    const hasExpectedShape = has({ results: 'list', errors: 'list' });
    const body = withMoments(params, TIMES);
    const call = { method: 'POST', path: '/api/core/messages/preview', body, hasExpectedShape } as const;
    return (await this.#api.call(call, options)).json as Preview;
  }

  /**
   * Cancels a message. Safe to repeat. Needs the capability `messages:cancel`.
   *
   * @returns the message, which will never be submitted. Its error is `CANCELED`.
   * @throws ApiError `CONFLICT` when the message was or may have been submitted, or has ended
   * @throws ApiError `NOT_FOUND`, also for a message of another API client
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   */
  async cancel(messageId: string, options?: CallOptions): Promise<MessageDetails> {
    const path = `${pathOf(messageId)}/cancel`;
    const call = { method: 'POST', path, hasExpectedShape: has({ messageId: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as MessageDetails;
  }

  /**
   * Cancels all messages whose `externalReference` equals `reference`. Safe to repeat. Needs the capability
   * `messages:cancel`.
   *
   * @returns the numbers of canceled messages, and of messages for which the cancel came too late
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   */
  async cancelByReference(reference: string, options?: CallOptions): Promise<CancelCounts> {
    const hasExpectedShape = has({ canceled: 'number', tooLate: 'number' });
    const body = { externalReference: reference };
    const call = { method: 'POST', path: '/api/core/messages/cancel', body, hasExpectedShape } as const;
    return (await this.#api.call(call, options)).json as CancelCounts;
  }

  /**
   * Changes the time of a message that waits for its first submit. Safe to repeat. Needs the capability
   * `messages:send`.
   *
   * @returns the message with its new times
   * @throws ApiError `CONFLICT` when the message was or may have been submitted, or has ended
   * @throws ApiError `NOT_FOUND` | `INVALID_REQUEST` | `NO_SENDING_WINDOW`
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   * @throws InvalidCallError when a time is an invalid `Date`
   */
  async reschedule(messageId: string, times: NewTimes, options?: CallOptions): Promise<MessageDetails> {
    const body = withMoments(times, TIMES);
    const hasExpectedShape = has({ messageId: 'text' });
    const call = { method: 'PATCH', path: pathOf(messageId), body, hasExpectedShape } as const;
    return (await this.#api.call(call, options)).json as MessageDetails;
  }

  /**
   * Returns a message with its segments, events and webhook deliveries. Needs the capability `messages:read`.
   *
   * @throws ApiError `NOT_FOUND`, also for a message of another API client
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   */
  async get(messageId: string, options?: CallOptions): Promise<MessageDetails> {
    return (await this.#get(messageId, options)) as MessageDetails;
  }

  /**
   * Returns a rejected recipient by its id (`rej_…`). Needs the capability `messages:read`.
   *
   * @throws the errors of `get`
   */
  async getRejection(rejectionId: string, options?: CallOptions): Promise<Rejection> {
    return (await this.#get(rejectionId, options)) as Rejection;
  }

  async #get(messageId: string, options?: CallOptions) {
    const path = pathOf(messageId);
    return (await this.#api.call({ method: 'GET', path, hasExpectedShape: has({ messageId: 'text' }) }, options)).json;
  }

  /**
   * Lists messages, newest first. All given filters must match. With the status `REJECTED`, lists the recipients that
   * sends rejected, which are in no other list. Needs the capability `messages:read`.
   *
   * @throws ApiError | ConnectionError | TimeoutError | AbortError during iteration
   */
  list(filters?: MessageFilters, options?: CallOptions): Listing<Message>;
  list(filters: RejectionFilters, options?: CallOptions): Listing<Rejection>;
  list(filters: MessageFilters | RejectionFilters = {}, options?: CallOptions): Listing<Message | Rejection> {
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
  messages: (Message | Rejection)[];
  nextCursor: string | null;
}

const isAccepted = has({ to: 'text', messageId: 'text' });
const isRejected = has({ to: 'text' });

/** Whether a response has an outcome for each recipient. Otherwise the loss of a recipient would go unnoticed. */
function answers(to: readonly string[]): HasExpectedShape {
  // Copied before the first attempt. Later changes by the caller have no effect.
  const recipients = new Set(Array.isArray(to) ? to : []);
  return (json) => {
    const { results, errors } = (json ?? {}) as Partial<SendReply>;
    if (!Array.isArray(results) || !Array.isArray(errors) || results.length + errors.length === 0) return false;
    if (!results.every(isAccepted) || !errors.every(isRejected)) return false;
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

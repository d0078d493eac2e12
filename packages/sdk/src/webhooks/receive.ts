import { InvalidCallError, SignatureError } from '../errors.ts';
import { tell } from '../listener.ts';
import type { WebhookEvent } from '../types.ts';
import type { WebhookHeaders } from './headers.ts';
import { secretsOf } from './mac.ts';
import { type VerifyOptions, verify } from './verify.ts';

/** Options of the webhook handlers. */
export interface ReceiverOptions extends VerifyOptions {
  /** `whsec_…`, or several secrets during a rotation. */
  secret: string | readonly string[];
  /**
   * Called with each event that has a valid signature. The response is 204 after the handler resolved. If the handler
   * throws, the response is 500, and the server delivers the event again later.
   *
   * An event may be delivered more than once. Deduplicate by `eventId`. Finish within 10 seconds.
   */
  onEvent(event: WebhookEvent): unknown;
  /**
   * Called with errors of `onEvent`, with the reasons of rejected webhooks, and with configuration errors. The receiver
   * does not wait for `onError`. Errors of `onError` do not affect the response. Default: `console.error`.
   */
  onError?(error: unknown): unknown;
}

export interface Reply {
  status: 204 | 400 | 413 | 500;
  /** Plain text that states the problem, or an empty text. */
  body: string;
}

/** Handles a delivery for all adapters. Never rejects. */
export async function receive(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  options: ReceiverOptions,
): Promise<Reply> {
  const { secret, onEvent } = options;
  try {
    await onEvent(await verify(rawBody, headers, secret, options));
    return { status: 204, body: '' };
  } catch (error) {
    report(error, options);
    if (error instanceof SignatureError) return { status: 400, body: error.message };
    return { status: 500, body: 'The event could not be handled' };
  }
}

/**
 * Checks the options before the first request. A deployment without its secret fails at its start and not at its first
 * webhook.
 *
 * @throws InvalidCallError when options are missing or invalid
 */
export function checked<Options extends ReceiverOptions>(options: Options): Options {
  if (typeof options !== 'object' || options === null) throw new InvalidCallError('secret and onEvent are required');
  secretsOf(options.secret);
  if (typeof options.onEvent !== 'function') throw new InvalidCallError('onEvent must be a function');
  if (options.onError !== undefined && typeof options.onError !== 'function')
    throw new InvalidCallError('onError must be a function');
  return options;
}

class BodyTooLargeError extends Error {
  constructor() {
    super('Webhook rejected: the body is larger than any event');
    this.name = 'BodyTooLargeError';
  }
}

/** The rest of the body is left unread. The connection cannot be used for another request. */
export function bodyIsTooLarge(options: ReceiverOptions): Reply {
  report(new BodyTooLargeError(), options);
  return { status: 413, body: 'The body is too large for an event' };
}

/** The body was read before the handler ran, so its raw bytes cannot be verified. */
class BodyIsGoneError extends Error {
  constructor(remedy: string) {
    super(`Webhook body was read before the handler, so its signature cannot be verified. ${remedy}`);
    this.name = 'BodyIsGoneError';
  }
}

export function bodyIsGone(options: ReceiverOptions, remedy: string): Reply {
  report(new BodyIsGoneError(remedy), options);
  return { status: 500, body: 'The webhook endpoint is misconfigured. See its log.' };
}

function report(error: unknown, { onError = console.error }: ReceiverOptions): void {
  void tell(onError, error);
}

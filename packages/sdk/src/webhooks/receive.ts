import { InvalidCallError, SignatureError } from '../errors.ts';
import { tell } from '../listener.ts';
import type { WebhookEvent } from '../types.ts';
import type { WebhookHeaders } from './headers.ts';
import { secretsOf } from './mac.ts';
import { type VerifyOptions, verify } from './verify.ts';

export interface ReceiverOptions extends VerifyOptions {
  /** `whsec_…`, or several while one is being replaced by another. */
  secret: string | readonly string[];
  /**
   * Called with each event whose signature is right. When it has resolved, the event is taken (204); when it throws, the
   * server sends the event again later (500). An event may come twice: know it by its `eventId`. Be done within ten seconds.
   */
  onEvent(event: WebhookEvent): unknown;
  /**
   * Told what `onEvent` threw, why a webhook was refused, and what is wrong with the set-up. Nobody waits for it, and what
   * it throws itself changes no answer. Default: `console.error`.
   */
  onError?(error: unknown): unknown;
}

export interface Reply {
  status: 204 | 400 | 413 | 500;
  /** Text that says what is wrong, and nothing else. */
  body: string;
}

/** A delivery's answer, in any framework: what all the adapters do. Never rejects. */
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
 * Before the first request, so that a deployment without its secret fails at its start and not at its first webhook.
 * @throws InvalidCallError when options are missing, or are none
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
    super('A webhook was refused, since its body is larger than any event');
    this.name = 'BodyTooLargeError';
  }
}

/** The rest of the body is left unread: nothing more can come by this connection. */
export function bodyIsTooLarge(options: ReceiverOptions): Reply {
  report(new BodyTooLargeError(), options);
  return { status: 413, body: 'The body is too large for an event' };
}

/** Something before us has read the body, and what is left of it can't be verified. */
class BodyIsGoneError extends Error {
  constructor(remedy: string) {
    super(`The raw body is gone: it was parsed before the webhook's handler. ${remedy}`);
    this.name = 'BodyIsGoneError';
  }
}

export function bodyIsGone(options: ReceiverOptions, remedy: string): Reply {
  report(new BodyIsGoneError(remedy), options);
  return { status: 500, body: 'The webhook endpoint is not set up as it should be' };
}

function report(error: unknown, { onError = console.error }: ReceiverOptions): void {
  void tell(onError, error);
}

import type { SendResult } from './types.ts';

/** What every error of this package is. Its message and properties never hold a secret, a token or a text. */
export class RedCloudError extends Error {
  /** Of the answer, if there was one: what to tell the operator. */
  readonly requestId: string | undefined;
  /**
   * Of the send that failed. Whatever the error: the same send under this key is safe to repeat, in another process and
   * on another day too (as long as the server keeps keys; 7 days unless its operator says otherwise).
   */
  idempotencyKey: string | undefined;

  constructor(message: string, options: { cause?: unknown; requestId?: string | undefined } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'RedCloudError';
    this.requestId = options.requestId;
  }
}

/** It was called wrongly: without an id, with an impossible key or a parsed body. Nothing was sent; the message says what is wrong. */
export class InvalidCallError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCallError';
  }
}

export interface Refusal {
  status: number;
  code: string;
  message: string;
  details: Record<string, unknown>;
  requestId: string | undefined;
  retryAfter: number | undefined;
}

/**
 * The server refused; with a status of 500 and more it may have been something on the way to it, that does not know what
 * became of the request. What its codes mean, and what to do: docs/errors.md.
 */
export class ApiError extends RedCloudError {
  readonly status: number;
  /** `INVALID_REQUEST`, `CONFLICT` …; of the token route OAuth's (`invalid_client` …); `HTTP_<status>` where it has none. */
  readonly code: string;
  readonly details: Record<string, unknown>;
  /** Seconds until it is worth repeating, if the answer said so. */
  readonly retryAfter: number | undefined;

  constructor({ status, code, message, details, requestId, retryAfter }: Refusal) {
    super(message, { requestId });
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
  }
}

/** No whole answer came. Of a send: it may have been accepted all the same; repeat it under its `idempotencyKey`. */
export class ConnectionError extends RedCloudError {
  constructor(message: string, options: { cause?: unknown; requestId?: string | undefined } = {}) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** No answer came in time. Of a send: as with `ConnectionError`. */
export class TimeoutError extends RedCloudError {
  constructor(message: string) {
    super(message);
    this.name = 'TimeoutError';
  }
}

/** The caller's signal ended the call; `cause` is its reason. Of a send: as with `ConnectionError`. */
export class AbortError extends RedCloudError {
  constructor(reason: unknown) {
    super('The call was aborted', { cause: reason });
    this.name = 'AbortError';
  }
}

/** `sendOrThrow`: some recipients were refused. Those in `result.accepted` were not, and will get the message. */
export class RecipientsRejectedError extends RedCloudError {
  readonly result: SendResult;

  constructor(result: SendResult) {
    const [first] = result.rejected;
    super(
      `${result.rejected.length} recipients were rejected (${first?.error.code}), and ${result.accepted.length} accepted`,
      { requestId: result.requestId },
    );
    this.name = 'RecipientsRejectedError';
    this.result = result;
  }
}

/**
 * - `missing`: neither scheme's headers are all there.
 * - `malformed`: headers or body are not what any sender makes.
 * - `stale`: the timestamp is further from now than the tolerance; a replay, or a clock that is wrong.
 * - `mismatch`: no signature is that of this body under any of the secrets.
 */
export type SignatureFault = 'missing' | 'malformed' | 'stale' | 'mismatch';

/** A webhook that must not be trusted. */
export class SignatureError extends RedCloudError {
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.name = 'SignatureError';
    this.fault = fault;
  }
}

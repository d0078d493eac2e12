import type { SendResult } from './types.ts';

/**
 * Base class of all errors of this package except `InvalidCallError`. Messages and properties never contain a secret, a
 * token or the text of a message.
 */
export class RedCloudError extends Error {
  /** Id of the request, if a response was received. Quote the id to the operator. */
  readonly requestId: string | undefined;
  /**
   * Idempotency key of the failed request. Repeating the same request with this key is safe after any error, also in
   * another process or on another day. The server stores keys for 7 days by default. Undefined for calls without a key.
   */
  idempotencyKey: string | undefined;

  constructor(message: string, options: { cause?: unknown; requestId?: string | undefined } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'RedCloudError';
    this.requestId = options.requestId;
  }
}

/**
 * Incorrect use of this package, such as an empty id, an invalid key, a parsed body or a missing file. Nothing was sent.
 * The message states the error.
 */
export class InvalidCallError extends TypeError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'InvalidCallError';
  }
}

/** Content of an error response. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  details: Record<string, unknown>;
  requestId: string | undefined;
  retryAfter: number | undefined;
}

/**
 * Error response of the server. A status of 500 or more may also come from a proxy without information on the outcome
 * of the request. Codes and remedies: docs/errors.md.
 */
export class ApiError extends RedCloudError {
  /** HTTP status. */
  readonly status: number;
  /**
   * Code of the API, such as `INVALID_REQUEST` or `CONFLICT`. The token route uses OAuth codes, such as
   * `invalid_client`. `HTTP_<status>` if the response has no code.
   */
  readonly code: string;
  /** Details of the error, such as the affected `field`. Empty if the response has none. */
  readonly details: Record<string, unknown>;
  /** Seconds until a retry may succeed, from the `Retry-After` header. Undefined without this header. */
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

/**
 * No complete response was received. A send may have been accepted nevertheless. Repeat the send with its
 * `idempotencyKey`.
 */
export class ConnectionError extends RedCloudError {
  constructor(message: string, options: { cause?: unknown; requestId?: string | undefined } = {}) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** No response was received within the time limit. A send may have been accepted, as with `ConnectionError`. */
export class TimeoutError extends RedCloudError {
  constructor(message: string) {
    super(message);
    this.name = 'TimeoutError';
  }
}

/**
 * The caller's `signal` ended the call. `cause` is the reason of the signal. A send may have been accepted, as with
 * `ConnectionError`.
 */
export class AbortError extends RedCloudError {
  constructor(reason: unknown) {
    super('The call was aborted', { cause: reason });
    this.name = 'AbortError';
  }
}

/**
 * Thrown by `sendOrThrow` when recipients were rejected. The messages to the recipients in `result.accepted` stay
 * queued.
 */
export class RecipientsRejectedError extends RedCloudError {
  readonly result: SendResult;

  constructor(result: SendResult) {
    const [first] = result.rejected;
    super(
      `Rejected recipients: ${result.rejected.length} (${first?.error.code}). Accepted: ${result.accepted.length}.`,
      { requestId: result.requestId },
    );
    this.name = 'RecipientsRejectedError';
    this.result = result;
  }
}

/**
 * Reason of a `SignatureError`:
 *
 * - `missing`: neither scheme has all of its headers.
 * - `malformed`: the body is not well-formed text, or has a valid signature but is not an event.
 * - `stale`: the timestamp differs from the current time by more than the tolerance. Caused by a repeated request or a
 *   wrong clock.
 * - `mismatch`: no signature matches the body under any of the secrets.
 */
export type SignatureFault = 'missing' | 'malformed' | 'stale' | 'mismatch';

/** A webhook that failed verification. Do not process its body. */
export class SignatureError extends RedCloudError {
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.name = 'SignatureError';
    this.fault = fault;
  }
}

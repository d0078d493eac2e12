/** Error codes of the API and their HTTP status (CONTRACT: "Every /api/core/* route"). */
const STATUS = {
  INVALID_REQUEST: 400,
  NO_SENDING_WINDOW: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  QUOTA_EXCEEDED: 413,
  RATE_LIMITED: 429,
  SERVER_ERROR: 500,
  UPSTREAM_ERROR: 502,
} as const;

export type ErrorCode = keyof typeof STATUS;
export type Details = Record<string, unknown>;

/** Error that is returned to the caller. Any other thrown error is a bug, and is returned as SERVER_ERROR. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Details;
  /** Time until the request may be repeated, for Retry-After (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Details; status?: number; retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? STATUS[code];
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export const invalidRequest = (message: string, details: Details = {}) =>
  new ApiError('INVALID_REQUEST', message, { details });
/** @param field path of the field in the request, such as `media[0].mimeType`. The message starts with it. */
export const invalidField = (field: string, problem: string, details: Details = {}) =>
  invalidRequest(`${field} ${problem}`, { field, ...details });
export const unauthorized = () => new ApiError('UNAUTHORIZED', 'Invalid or missing bearer token');
export const forbidden = (message: string) => new ApiError('FORBIDDEN', message);
export const notFound = (message: string) => new ApiError('NOT_FOUND', message);
export const rateLimited = (message: string, retryAfterSeconds: number, details: Details = {}) =>
  new ApiError('RATE_LIMITED', message, { details, retryAfterSeconds });
export const conflict = (message: string, details: Details = {}) => new ApiError('CONFLICT', message, { details });

/** Reason why a recipient was rejected or a message failed. docs/errors.md documents each code. */
export interface MessageError {
  code: string;
  message: string;
  details: Details;
}

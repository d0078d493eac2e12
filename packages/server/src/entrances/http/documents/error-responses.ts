/** Error response of the API document, in the components. */
interface ErrorResponse {
  /** Name among the components. */
  name: string;
  description: string;
  code: string;
  /** Message of the example. */
  message: string;
  hasRetryAfter?: boolean;
}

/** Error responses by HTTP status. docs/errors.md describes the codes. */
const RESPONSES: Readonly<Record<string, ErrorResponse>> = {
  400: {
    name: 'InvalidRequest',
    description: 'The request is invalid. `details` names the fields.',
    code: 'INVALID_REQUEST',
    message: 'Idempotency-Key header is required',
  },
  401: {
    name: 'Unauthorized',
    description: 'The access token is missing, wrong or expired.',
    code: 'UNAUTHORIZED',
    message: 'Invalid or missing bearer token',
  },
  403: {
    name: 'Forbidden',
    description: 'The API client lacks the capability, is suspended, or is not the one in the header.',
    code: 'FORBIDDEN',
    message: 'This API client lacks the capability messages:send',
  },
  404: {
    name: 'NotFound',
    description: 'The resource does not exist, or belongs to another API client.',
    code: 'NOT_FOUND',
    message: 'No such message',
  },
  409: {
    name: 'Conflict',
    description: 'The request contradicts an earlier request or the current state.',
    code: 'CONFLICT',
    message: 'Idempotency-Key was already used with a different payload',
  },
  413: {
    name: 'TooLarge',
    description: 'The request body is too large, or the API client has no space left (`QUOTA_EXCEEDED`).',
    code: 'INVALID_REQUEST',
    message: 'Request body is too large',
  },
  415: {
    name: 'UnsupportedType',
    description: 'The type of the request body is not supported.',
    code: 'INVALID_REQUEST',
    message: 'Unsupported Media Type',
  },
  416: {
    name: 'RangeOutside',
    description: 'The range is not within the file.',
    code: 'INVALID_REQUEST',
    message: 'The range is not within the 182340 bytes of the file',
  },
  429: {
    name: 'RateLimited',
    description: 'Too many requests or waiting messages. Repeat the unchanged request after `Retry-After` seconds.',
    code: 'RATE_LIMITED',
    message: 'Too many messages of this API client are waiting to be sent',
    hasRetryAfter: true,
  },
  500: {
    name: 'ServerError',
    description: 'The server failed. Repeat the unchanged request later.',
    code: 'SERVER_ERROR',
    message: 'Internal server error',
  },
  502: {
    name: 'UpstreamError',
    description: 'The store is unreachable. Repeat the unchanged request later.',
    code: 'UPSTREAM_ERROR',
    message: 'The store is unreachable. Repeat the unchanged request later.',
  },
};

const RETRY_AFTER = {
  description: 'Seconds until the request may be repeated (RFC 9110 §10.2.3).',
  schema: { type: 'integer', minimum: 1 },
};

/** Names of all error responses, by HTTP status. */
export const ERROR_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(RESPONSES).map(([status, { name }]) => [status, name]),
);

/** @param schema reference to the schema of error responses. @returns the components, by name. */
export function errorResponses(schema: object): Record<string, object> {
  return Object.fromEntries(
    Object.values(RESPONSES).map(({ name, description, code, message, hasRetryAfter }) => [
      name,
      {
        description,
        ...(hasRetryAfter ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
        content: {
          'application/json': {
            schema,
            example: { error: { code, message, details: {} }, requestId: 'req_send_001' },
          },
        },
      },
    ]),
  );
}

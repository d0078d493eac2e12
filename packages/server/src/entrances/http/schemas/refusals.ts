import { type ServerResponse, STATUS_CODES } from 'node:http';
import { ApiError } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import { errorBody } from './errors.ts';

/**
 * Headers of every response. Browsers must not guess a type, and caches must not store content that may be private. A
 * document that may be cached replaces Cache-Control (`documents.ts`).
 */
export const RESPONSE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

interface Refusal {
  body: string;
  headers: Record<string, string | number>;
}

function refusal(status: number, message: string, ids: Ids): Refusal {
  const id = ids.next('req');
  const body = JSON.stringify(errorBody(new ApiError('INVALID_REQUEST', message, { status }), id));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': id,
    ...RESPONSE_HEADERS,
  };
  return { body, headers };
}

/** RFC 9110 §10.1.1: an expectation other than 100-continue cannot be met. */
export function refuseExpectation(response: ServerResponse, ids: Ids): void {
  const { body, headers } = refusal(417, 'The Expect header has an unsupported expectation', ids);
  response.writeHead(417, headers).end(body);
}

const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Response to bytes that Node could not read as a request. Only the socket is available then.
 * @param code Node's error code.
 */
export function unreadableResponse(code: string | undefined, ids: Ids): string {
  const status = STATUS[code ?? ''] ?? 400;
  const { body, headers } = refusal(status, 'The request is not valid HTTP', ids);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

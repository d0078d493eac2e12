import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseUnavailable } from '#db/db.ts';
import { StorageUnavailable } from '#media/storage/storage.ts';
import { ApiError, invalidRequest } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';
import { PATTERN_WORDS } from './schemas.ts';

/** Body of every error outside of OAuth (CONTRACT: "Every /api/core/* route"). */
export function errorBody({ code, message, details }: ApiError, requestId: string) {
  return { error: { code, message, details }, requestId };
}

const MALFORMED: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this route allows (1 MiB, or 16 KiB for a sign-in)',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty. Expected JSON.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Content-Type must be application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Content-Length does not match the body',
  FST_ERR_BAD_URL: 'The URL is malformed',
};

/** @returns error for the caller. A bug becomes SERVER_ERROR, and its cause is not returned. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DatabaseUnavailable) {
    return new ApiError('UPSTREAM_ERROR', 'The store is unreachable. Repeat the unchanged request later.');
  }
  if (error instanceof StorageUnavailable) {
    return new ApiError('UPSTREAM_ERROR', 'The storage of media is unavailable. Repeat the unchanged request later.');
  }
  const { validation, validationContext, statusCode = 500, code = '', message } = error as FastifyError;
  if (validation?.[0]) return invalid(validation[0], validationContext);
  if (statusCode >= 400 && statusCode < 500) {
    return new ApiError('INVALID_REQUEST', MALFORMED[code] ?? plain(message), { status: statusCode });
  }
  return new ApiError('SERVER_ERROR', 'Internal error. The cause is in the server log under this requestId.');
}

type Issue = NonNullable<FastifyError['validation']>[number];

function invalid({ instancePath, keyword, params, message = 'is invalid' }: Issue, context = 'body'): ApiError {
  const path = instancePath
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
  const within = path === '' ? context : path;
  const at = (name: unknown) => (path === '' ? String(name) : `${path}.${name}`);
  const details = (field: string) => ({ in: context, field });
  if (keyword === 'required') {
    return invalidRequest(`${at(params['missingProperty'])} is required`, details(at(params['missingProperty'])));
  }
  if (keyword === 'additionalProperties') {
    const field = at(params['additionalProperty']).slice(0, 100).toWellFormed();
    return invalidRequest(`${field} is not a known field`, details(field));
  }
  if (keyword === 'enum') {
    const allowed = (params['allowedValues'] as unknown[]).join(', ');
    return invalidRequest(`${within} must be one of ${allowed}`, details(within));
  }
  const words = keyword === 'pattern' ? PATTERN_WORDS[String(params['pattern'])] : undefined;
  return invalidRequest(words ? `${within} must be ${words}` : `${within} ${message}`, details(within));
}

/** Parser messages may quote the request, which may contain a message text. */
function plain(message: string): string {
  return /json/i.test(message) ? 'The body is not valid JSON' : message;
}

/** Handles every error that a route or a hook throws. */
export function errorHandler(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const answer = toApiError(error);
    if (answer.status >= 500) {
      log.error({ event: 'request_failed', requestId: request.id, code: answer.code, err: error });
    }
    request.logged['code'] = answer.code;
    if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds);
    return reply.code(answer.status).type('application/json; charset=utf-8').send(errorBody(answer, request.id));
  };
}

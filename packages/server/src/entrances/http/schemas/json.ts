import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { ApiError, invalidRequest } from '#platform/errors.ts';
import type { App } from '../app.ts';

/** Only an escape can bring U+0000 or half a surrogate pair into a string, since valid UTF-8 contains neither. */
const SUSPICIOUS = /\\u(0000|[dD][89a-fA-F])/;

/**
 * Accepts strict JSON bodies: UTF-8 (RFC 8259 §8.1), and nothing that the store would change silently. The underlying
 * parser rejects keys that change prototypes.
 */
export function acceptJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    // Some clients always send application/json, even without a body. An empty body is accepted where none is expected.
    if (bytes.length === 0 && !request.routeOptions.schema?.body) return done(null, undefined);
    const problem = encodingProblem(request, bytes);
    if (problem) return done(problem, undefined);
    const text = bytes.toString('utf8');
    parse(request, text, (error, value) => {
      if (error) return done(error, undefined);
      if (SUSPICIOUS.test(text) && !isStorable(value)) {
        return done(invalidRequest('Strings must not contain U+0000 or unpaired surrogates'), undefined);
      }
      done(null, value);
    });
  });
}

/** @returns reason why a body is no JSON text in UTF-8 (RFC 8259 §8.1), or undefined. */
export function encodingProblem(request: FastifyRequest, body: Buffer): Error | undefined {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return new ApiError('INVALID_REQUEST', 'Content-Encoding is not supported', { status: 415 });
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    return new ApiError('INVALID_REQUEST', 'JSON must be in UTF-8', { status: 415 });
  }
  return isUtf8(body) ? undefined : invalidRequest('The body is not valid UTF-8');
}

/** Works without recursion, since a body may be nested as deeply as its size allows. */
function isStorable(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && (next.includes('\0') || !next.isWellFormed())) return false;
    if (next === null || typeof next !== 'object') continue;
    for (const [key, inner] of Object.entries(next)) left.push(key, inner);
  }
  return true;
}

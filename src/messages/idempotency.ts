import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invalidRequest } from '../errors.ts';

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * @param given the header's values, one for each time that it came.
 * @throws ApiError INVALID_REQUEST when the header is absent, given twice, or not 1–255 printable ASCII characters.
 */
export function readIdempotencyKey(given: readonly string[] | undefined): string {
  const [key = '', ...more] = given ?? [];
  if (key === '' && more.length === 0) throw invalidRequest('Idempotency-Key header is required');
  if (more.length === 0 && KEY.test(key)) return key;
  throw invalidRequest('Idempotency-Key must be 1 to 255 printable ASCII characters, given once');
}

/** Two payloads are the same when their JSON values are: RFC 8785 canonical form, not the bytes that came. */
export function fingerprint(payload: unknown): string {
  return createHash('sha256')
    .update(canonicalize(payload) ?? '')
    .digest('base64url');
}

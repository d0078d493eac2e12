import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invalidRequest } from '#platform/errors.ts';

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * @param given values of the header, one per occurrence.
 * @throws ApiError INVALID_REQUEST when the header is absent, given twice, or not 1–255 printable ASCII characters.
 */
export function readIdempotencyKey(given: readonly string[] | undefined): string {
  const [key = '', ...more] = given ?? [];
  if (key === '' && more.length === 0) throw invalidRequest('Idempotency-Key header is required');
  if (more.length === 0 && KEY.test(key)) return key;
  throw invalidRequest('Idempotency-Key must be 1 to 255 printable ASCII characters, given once');
}

/** SHA-256 of the canonical form (RFC 8785). Payloads with equal JSON values are equal, regardless of their bytes. */
export function fingerprint(payload: unknown): string {
  return createHash('sha256')
    .update(canonicalize(payload) ?? '')
    .digest('base64url');
}

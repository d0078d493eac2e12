/** Idempotency keys of requests without a response, by request. */
const unanswered = new Map<string, string>();

/**
 * Returns the idempotency key of a request that must not be carried out twice. The key is unchanged until a response
 * arrives. A repeated request therefore gets the idempotent response.
 */
export function keyFor(what: string): string {
  const key = unanswered.get(what) ?? randomId();
  unanswered.set(what, key);
  return key;
}

export const answered = (what: string): void => void unanswered.delete(what);

/** Replaces `crypto.randomUUID`, which browsers offer without TLS on localhost only. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import { InvalidCallError, RedCloudError } from '../errors.ts';
import type { Api, CallOptions } from './api.ts';

/** Options of a call with an idempotency key. */
export interface KeyedOptions extends CallOptions {
  /**
   * Key that makes the request safe to repeat. Names the business operation, such as `order-789-shipped`. 1 to 255
   * printable ASCII characters, without a space at either end.
   *
   * A repeated request with the same key gets the idempotent response, also after a crash, and has no second effect.
   * Default: a random key. All retries of a call use its key.
   */
  idempotencyKey?: string;
}

/**
 * Makes a call under an idempotency key, so that retries have no second effect. Errors of the call contain the key.
 *
 * @throws InvalidCallError when the key is invalid
 */
export async function keyed<T>(
  { newKey }: Api,
  { idempotencyKey = newKey(), ...limits }: KeyedOptions,
  call: (headers: Record<string, string>, limits: CallOptions, key: string) => Promise<T>,
): Promise<T> {
  mustBeKey(idempotencyKey);
  try {
    return await call({ 'idempotency-key': idempotencyKey }, limits, idempotencyKey);
  } catch (error) {
    if (error instanceof RedCloudError) error.idempotencyKey = idempotencyKey;
    throw error;
  }
}

function mustBeKey(key: string): void {
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key) && key.trim() === key) return;
  throw new InvalidCallError(
    'idempotencyKey must be 1 to 255 printable ASCII characters, without a space at either end',
  );
}

import { InvalidCallError, RedCloudError } from '../errors.ts';
import type { Api, CallOptions } from './api.ts';

export interface KeyedOptions extends CallOptions {
  /**
   * 1 to 255 printable ASCII characters that name the business operation, such as `order-789-shipped`: whoever asks
   * under it again, also after a crash, gets the same answer, and nothing is done a second time. Random when it is not given, and
   * the same for all retries of this call either way.
   */
  idempotencyKey?: string;
}

/**
 * A call that is carried out once, however often it is sent. What it throws has its key.
 * @throws InvalidCallError when the key can't be one
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
  throw new InvalidCallError('idempotencyKey must be 1 to 255 printable ASCII characters');
}

import { UNCONFIRMED } from '../carriers/failures.ts';
import type { StoredReceipt } from './lookup.ts';

/**
 * Note for operators about a message that stays SENT, although its carrier has reported on it, or that has failed although its
 * carrier reported a delivery. Null if the carrier has no doubt, or may still report.
 * @param receipts receipts of the message, in the order of their arrival.
 */
export function noteOf(status: string, receipts: readonly Pick<StoredReceipt, 'error' | 'state'>[]): string | null {
  if (status === 'FAILED' && receipts.some(({ state }) => state === 'DELIVERED')) {
    return 'The carrier reported a delivery, although the message has failed.';
  }
  if (status !== 'SENT') return null;
  const note = receipts.findLast(({ error }) => error?.code === UNCONFIRMED)?.error?.message;
  return note === undefined ? null : `${note}.`;
}

import type { StoredAttempt } from '../messages/attempts/attempts.ts';
import type { MessagePart } from '../messages/lookup/lookup.ts';
import { fold } from './identity.ts';
import type { StoredReceipt } from './lookup.ts';

/**
 * Whether carriers may have accepted two submits of one segment of a message (POSSIBLE_DUPLICATE), by its stored reports.
 */
export function isPossiblyDuplicated(
  parts: readonly Pick<MessagePart, 'part' | 'state' | 'attempt' | 'providerMessageRef'>[],
  attempts: readonly Pick<StoredAttempt, 'part' | 'attempt' | 'reported'>[],
  receipts: readonly Pick<StoredReceipt, 'part' | 'isNamed' | 'state' | 'carrierRef'>[],
): boolean {
  return parts.some(({ part, state, attempt: latest, providerMessageRef }) => {
    if (state === 'FAILED') return false;
    const isOfPart = (row: { part: number | null }) => row.part === part;
    const isEarlierAccepted = attempts
      .filter(isOfPart)
      .some(({ attempt, reported }) => isPositive(reported) && latest !== null && attempt < latest);
    return isEarlierAccepted || idsOf(providerMessageRef, receipts.filter(isOfPart)) > 1;
  });
}

/** Number of message ids under which a carrier has accepted the segment or returned our reference. */
function idsOf(
  accepted: string | null,
  receipts: readonly Pick<StoredReceipt, 'isNamed' | 'state' | 'carrierRef'>[],
): number {
  const named = receipts.filter(({ isNamed, state }) => isNamed && isPositive(state));
  const ids = [accepted, ...named.map(({ carrierRef }) => carrierRef)];
  return new Set(ids.flatMap((id) => (id === null ? [] : [fold(id)]))).size;
}

function isPositive(state: string | null): boolean {
  return state === 'SENT' || state === 'DELIVERED';
}

import type { ListedMessage } from '../carriers/carrier.ts';
import type { SimilarSubmit } from '../messages/unknown/unknown.ts';

/**
 * Finds the listed message that an unknown submit has created. The list has no reference of ours, so the result must be
 * certain: each other submit between the two numbers has its own id, and exactly one listed message with the same content
 * has no known id.
 * @param submits all submits with the numbers of the list.
 */
export function matchListed(
  messageId: string,
  submits: readonly SimilarSubmit[],
  listed: readonly ListedMessage[],
): ListedMessage | undefined {
  const submit = submits.find((one) => one.messageId === messageId);
  const isUncertain = submits.some((one) => one.hasUnknownAttempts || (one.isOpen && one.messageId !== messageId));
  if (!submit?.isOpen || isUncertain) return undefined;
  const known = new Set(submits.flatMap(({ carrierRefs }) => carrierRefs));
  const free = listed.filter(({ carrierRef }) => !known.has(carrierRef));
  const fitting = free.filter((one) => isOf(submit, one));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function isOf({ messageType, text }: SimilarSubmit, listed: ListedMessage): boolean {
  if (messageType !== listed.messageType) return false;
  return listed.text === undefined || (listed.text ?? '') === (text ?? '');
}

/**
 * The status machine of an outbound message: pure, forward only. A message's status follows from its parts; its events
 * follow from the step that its status takes.
 */
export type MessageStatus = 'QUEUED' | 'SENDING' | 'UNKNOWN' | 'SENT' | 'DELIVERED' | 'FAILED';

/** What is known of a part that was handed to a carrier. Parts that were not, have no state yet. */
export type PartState = 'UNKNOWN' | 'SENT' | 'DELIVERED' | 'FAILED';

export type OutboundEventType = 'message.queued' | 'message.sent' | 'message.delivery' | 'message.failed';

const RANK: Record<MessageStatus, number> = { QUEUED: 0, SENDING: 1, UNKNOWN: 2, SENT: 3, DELIVERED: 4, FAILED: 4 };
const PART_RANK: Record<PartState, number> = { UNKNOWN: 0, SENT: 1, DELIVERED: 2, FAILED: 2 };

/** @returns true when nothing that happens later can change the status. */
export function isFinal(status: MessageStatus): boolean {
  return status === 'DELIVERED' || status === 'FAILED';
}

/** @returns the later of the two states; of two final ones, the one that was first. */
export function advancePart(current: PartState | undefined, reported: PartState): PartState {
  if (current === undefined) return reported;
  return PART_RANK[reported] > PART_RANK[current] ? reported : current;
}

/**
 * What the parts amount to. One part that failed fails the message, since no handset can put it together; all must be
 * delivered for it to be delivered. Parts without an outcome keep it SENDING.
 */
export function fromParts(states: readonly PartState[], parts: number): MessageStatus {
  if (states.includes('FAILED')) return 'FAILED';
  if (states.length < parts) return 'SENDING';
  if (states.includes('UNKNOWN')) return 'UNKNOWN';
  return states.includes('SENT') ? 'SENT' : 'DELIVERED';
}

/** @returns the later of the two statuses. What is final stays. */
export function advance(current: MessageStatus, reported: MessageStatus): MessageStatus {
  return RANK[reported] > RANK[current] ? reported : current;
}

/** The events that the step from one status to another gives rise to, in order. A receipt may be the first to tell that
 * a message was sent: then it gives both. */
export function eventsBetween(from: MessageStatus, to: MessageStatus): OutboundEventType[] {
  if (RANK[to] <= RANK[from]) return [];
  if (to === 'FAILED') return ['message.failed'];
  const events: OutboundEventType[] = [];
  if (RANK[from] < RANK.SENT && RANK[to] >= RANK.SENT) events.push('message.sent');
  if (to === 'DELIVERED') events.push('message.delivery');
  return events;
}

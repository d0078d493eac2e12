/**
 * Status machine of an outbound message. Pure and forward only. The status of a message follows from its segments, and
 * its events follow from the change of its status.
 */
export type MessageStatus = 'QUEUED' | 'SENDING' | 'UNKNOWN' | 'SENT' | 'DELIVERED' | 'FAILED';

/** State of a submitted segment. A segment that was not submitted has no state. */
export type PartState = 'UNKNOWN' | 'SENT' | 'DELIVERED' | 'FAILED';

export type OutboundEventType = 'message.queued' | 'message.sent' | 'message.delivery' | 'message.failed';

const RANK: Record<MessageStatus, number> = { QUEUED: 0, SENDING: 1, UNKNOWN: 2, SENT: 3, DELIVERED: 4, FAILED: 4 };
const PART_RANK: Record<PartState, number> = { UNKNOWN: 0, SENT: 1, DELIVERED: 2, FAILED: 2 };

/** @returns true when no later report can change the status. */
export function isFinal(status: MessageStatus): boolean {
  return status === 'DELIVERED' || status === 'FAILED';
}

/** @returns the later of the two states. Two final states: the current one. */
export function advancePart(current: PartState | undefined, reported: PartState): PartState {
  if (current === undefined) return reported;
  return PART_RANK[reported] > PART_RANK[current] ? reported : current;
}

/**
 * Status of a message from the states of its segments. One failed segment fails the message, because no handset can
 * join the others. DELIVERED requires that all segments are delivered. Segments without an outcome keep the message
 * SENDING.
 */
export function fromParts(states: readonly PartState[], parts: number): MessageStatus {
  if (states.includes('FAILED')) return 'FAILED';
  if (states.length < parts) return 'SENDING';
  if (states.includes('UNKNOWN')) return 'UNKNOWN';
  return states.includes('SENT') ? 'SENT' : 'DELIVERED';
}

/** @returns the later of the two statuses. A final status stays. */
export function advance(current: MessageStatus, reported: MessageStatus): MessageStatus {
  return RANK[reported] > RANK[current] ? reported : current;
}

/**
 * Events for the change from one status to another, in order. A receipt may be the first report that a message was
 * sent. Such a change has both events.
 */
export function eventsBetween(from: MessageStatus, to: MessageStatus): OutboundEventType[] {
  if (RANK[to] <= RANK[from]) return [];
  if (to === 'FAILED') return ['message.failed'];
  const events: OutboundEventType[] = [];
  if (RANK[from] < RANK.SENT && RANK[to] >= RANK.SENT) events.push('message.sent');
  if (to === 'DELIVERED') events.push('message.delivery');
  return events;
}

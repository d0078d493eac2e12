import type { EventBody } from '../../api/types.ts';

export interface Bubble {
  messageId: string;
  /** Seen from the handset. */
  direction: 'in' | 'out';
  at: string;
  /** undefined: to be read from the message. */
  text: string | undefined;
}

/** What a handset shows of one number: what was delivered to it, and what it wrote. @param events the latest first */
export function bubblesOf(events: readonly EventBody[], handset: string, number: string): Bubble[] {
  return events
    .toReversed()
    .filter(
      ({ type, to, from }) =>
        (type === 'message.delivery' && to === handset && from === number) ||
        (type === 'message.inbound' && from === handset && to === number),
    )
    .map(({ messageId, type, occurredAt, text }) =>
      type === 'message.delivery'
        ? { messageId, direction: 'in', at: occurredAt, text: undefined }
        : { messageId, direction: 'out', at: occurredAt, text: text ?? '' },
    );
}

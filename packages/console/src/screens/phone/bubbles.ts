import type { EventBody } from '../../api/types.ts';

export interface Bubble {
  messageId: string;
  /** As seen from the handset. */
  direction: 'in' | 'out';
  at: string;
  /** Undefined means that the text must be read from the message. */
  text: string | undefined;
}

/** Messages that a handset received from one number or sent to it, oldest first. @param events latest first */
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

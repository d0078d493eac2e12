import type { EventBody, MediaOfMessage, Message } from '../../api/types.ts';

export interface Bubble {
  messageId: string;
  /** As seen from the handset. */
  direction: 'in' | 'out';
  at: string;
  /** Undefined means that the text must be read from the message. */
  text: string | undefined;
  /** Files of a message from the handset. Those of other messages are read with the text. */
  media: readonly MediaOfMessage[];
}

/** Handset of a message, or undefined if the other side is a name or a short code. */
export function handsetOf({ direction, from, to }: Pick<Message, 'direction' | 'from' | 'to'>): string | undefined {
  const handset = direction === 'OUTBOUND' ? to : from;
  return handset.startsWith('+') ? handset : undefined;
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
    .map(({ messageId, type, occurredAt, text, media = [] }) =>
      type === 'message.delivery'
        ? { messageId, direction: 'in', at: occurredAt, text: undefined, media }
        : { messageId, direction: 'out', at: occurredAt, text: text ?? '', media },
    );
}

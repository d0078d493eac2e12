import type { Output } from '../output/output.ts';
import { padded, printable } from '../output/text.ts';
import type { StreamEvent } from '../sdk.ts';

/** Fields of an event of any type. Each may be absent, because a newer server may send other events. */
type Fields = Partial<Record<string, unknown>>;

const COLOURS = { 'message.delivery': 'green', 'message.failed': 'red', 'message.inbound': 'yellow' } as const;

export function eventLine(out: Output, event: StreamEvent): string {
  const { occurredAt, eventId, type } = event;
  return [
    clock(occurredAt),
    coloured(out, type, type, 16),
    route(event),
    out.paint('dim', printable(eventId)),
    more(event),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

export function messageLine(out: Output, event: StreamEvent): string {
  const { occurredAt, type, status, messageId }: Fields & { occurredAt: string; type: string } = event;
  const parts = [clock(occurredAt), coloured(out, type, String(status ?? '–'), 9), route(event)];
  return [...parts, out.paint('dim', printable(messageId)), more(event)].filter((part) => part !== '').join('  ');
}

/** Status change of a message in the JSON format of `messages tail`. */
export function messageOf(event: StreamEvent): Fields {
  const { occurredAt, messageId, status, type, from, to, numberId, externalReference, text, error }: Fields = event;
  const { purpose, keyword, optOutType }: Fields = event;
  const direction = type === 'message.inbound' ? 'INBOUND' : 'OUTBOUND';
  const reply = { purpose, keyword, optOutType };
  return { messageId, direction, status, from, to, numberId, externalReference, text, ...reply, error, occurredAt };
}

function coloured(out: Output, type: string, text: string, width: number): string {
  const colour = COLOURS[type as keyof typeof COLOURS];
  const cell = padded(printable(text), width);
  return colour ? out.paint(colour, cell) : cell;
}

const clock = (occurredAt: string) => printable(occurredAt.slice(11, 23));

const route = ({ from, to }: Fields) => `${printable(from)} → ${printable(to)}`;

function more({ error, text, externalReference }: Fields): string {
  const { code, message } = (error ?? {}) as Fields;
  const parts = [externalReference, code === undefined ? undefined : `${code}: ${message}`, text];
  return parts.flatMap((part) => (part === undefined ? [] : printable(part))).join('  ');
}

import type { Receipt } from '../../api/operator-types.ts';
import type { Attempt, MessageDetail, MessageEvent, Part } from '../../api/types.ts';

/** One entry of the history of a message. */
export interface Entry {
  key: string;
  at: string;
  kind: 'request' | 'submit' | 'receipt' | 'event' | 'attempt';
  title: string;
  /** Explanation in one sentence. */
  why: string;
  tone: 'good' | 'bad' | 'warn' | 'calm';
  /** Raw text of the other side. */
  raw?: string;
}

const EVENT_MEANING: Record<string, Pick<Entry, 'title' | 'why' | 'tone'>> = {
  'message.queued': { title: 'Queued', why: 'It is stored, and waits for its carrier.', tone: 'calm' },
  'message.sent': { title: 'Sent', why: 'It is known that a carrier has taken every part of it.', tone: 'calm' },
  'message.delivery': { title: 'Delivered', why: 'It has reached the handset.', tone: 'good' },
  'message.failed': { title: 'Failed', why: 'It will not be delivered.', tone: 'bad' },
  'message.inbound': { title: 'Received', why: 'A handset has written to this number.', tone: 'good' },
};

/** Order of entries with the same timestamp. */
const ORDER = ['request', 'submit', 'receipt', 'event', 'attempt'];

/** Returns the history of a message as one timeline, oldest first. */
export function storyOf(message: MessageDetail): Entry[] {
  const entries = [
    requestEntry(message),
    ...message.parts.map((part) => submitEntry(part, message.parts.length)),
    ...(message.receipts ?? partsReported(message.parts)).map((receipt, i) => receiptEntry(receipt, i)),
    ...message.events.flatMap((event) => [
      eventEntry(event, message),
      ...event.delivery.attempts.map((attempt, i) => attemptEntry(event, attempt, i)),
    ]),
  ];
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function requestEntry({ direction, createdAt, idempotencyKey, from, to, parts, purpose }: MessageDetail): Entry {
  if (direction === 'INBOUND') {
    const why = `From ${from}; the carrier brought it.`;
    return { key: 'request', at: createdAt, kind: 'request', title: 'Came in', why, tone: 'calm' };
  }
  const under = idempotencyKey ? ` under the key ${idempotencyKey}` : '';
  const route = parts[0] ? `, by way of ${parts[0].carrier}` : '';
  const [title, why] = purpose
    ? ['Automatic answer', `No request asked for it: it answers what ${to} wrote to ${from}${route}.`]
    : ['Accepted', `A request${under} asked for it to go from ${from} to ${to}${route}.`];
  return { key: 'request', at: createdAt, kind: 'request', title, why, tone: 'calm' };
}

function submitEntry({ part, carrier, state, providerMessageRef, error, submittedAt }: Part, parts: number): Entry {
  const which = parts > 1 ? `part ${part} of ${parts}` : 'it';
  const rest = { key: `submit ${part}`, at: submittedAt, kind: 'submit' as const, title: `Handed to ${carrier}` };
  if (state === 'UNKNOWN')
    return {
      ...rest,
      tone: 'warn',
      why: `The carrier has not answered for ${which}: it may have left. A receipt can still tell.`,
    };
  if (error && !providerMessageRef)
    return { ...rest, tone: 'bad', why: `The carrier refused ${which}: ${error.message}` };
  // Whether the response or only a receipt confirmed the submit is not stored.
  const why = providerMessageRef ? `The carrier has ${which}, as ${providerMessageRef}.` : `The carrier has ${which}.`;
  return { ...rest, tone: 'calm', why };
}

/** Receipts themselves are for operators. Clients see the reported state of each segment. */
function partsReported(parts: readonly Part[]): Receipt[] {
  return parts
    .filter(({ finishedAt, providerMessageRef }) => finishedAt !== null && providerMessageRef !== null)
    .map(({ finishedAt, carrier, providerMessageRef, state, error, part }) => ({
      receivedAt: finishedAt as string,
      carrier,
      carrierRef: providerMessageRef as string,
      state,
      error,
      raw: '',
      part,
    }));
}

function receiptEntry({ receivedAt, carrier, carrierRef, state, error, raw, part }: Receipt, index: number): Entry {
  const about = part === null ? '' : ` of part ${part}`;
  return {
    key: `receipt ${index}`,
    at: receivedAt,
    kind: 'receipt',
    title: 'Receipt',
    why: `${carrier} reports ${carrierRef ?? 'it'}${about} as ${state.toLowerCase()}${error ? `: ${error.message}` : ''}.`,
    tone: /deliv/i.test(state) && !/un/i.test(state) ? 'good' : /fail|un|reject|expire/i.test(state) ? 'bad' : 'calm',
    ...(raw ? { raw } : {}),
  };
}

function eventEntry({ eventId, type, occurredAt, delivery }: MessageEvent, { error }: MessageDetail): Entry {
  const meaning = EVENT_MEANING[type] ?? { title: type, why: '', tone: 'calm' as const };
  const reason = type === 'message.failed' && error ? ` ${error.code}: ${error.message}` : '';
  const next = delivery.nextAttemptAt && delivery.attempts.length > 0 ? ' Its webhook will be tried again.' : '';
  const nowhere = delivery.state === 'UNSENT' ? ' Its webhook had nowhere to go.' : '';
  return {
    key: eventId,
    at: occurredAt,
    kind: 'event',
    ...meaning,
    why: `${meaning.why}${reason}${next}${nowhere}`,
  };
}

function attemptEntry({ eventId, type }: MessageEvent, attempt: Attempt, index: number): Entry {
  const { at, url, outcome, statusCode, error, durationMs, responseStart } = attempt;
  const answer = statusCode === null ? (error ?? 'no answer') : `answered ${statusCode}`;
  return {
    key: `${eventId} ${index}`,
    at,
    kind: 'attempt',
    title: `Webhook ${type}, attempt ${index + 1}`,
    why: `${url}: ${answer} in ${durationMs} ms.${outcome === 'GIVEN_UP' ? ' It was the last one.' : ''}`,
    tone: outcome === 'DELIVERED' ? 'good' : outcome === 'RETRY' ? 'warn' : 'bad',
    ...(responseStart ? { raw: responseStart } : {}),
  };
}

import type { EndedAttempt, Receipt } from '../../api/operator-types.ts';
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
  'message.queued': { title: 'Queued', why: 'Stored, and waiting for submission to the carrier.', tone: 'calm' },
  'message.sent': { title: 'Sent', why: 'Accepted by the carrier.', tone: 'calm' },
  'message.delivery': { title: 'Delivered', why: 'The carrier reported the delivery to the handset.', tone: 'good' },
  'message.failed': { title: 'Failed', why: 'The message will not be delivered.', tone: 'bad' },
  'message.inbound': { title: 'Received', why: 'A handset sent a message to this number.', tone: 'good' },
};

/** Order of entries with the same timestamp. */
const ORDER = ['request', 'submit', 'receipt', 'event', 'attempt'];

/** Returns the history of a message as one timeline, oldest first. */
export function timelineOf(message: MessageDetail): Entry[] {
  const entries = [
    requestEntry(message),
    ...(message.attempts ?? []).map((attempt) => endedEntry(attempt)),
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
    const why = `Message from ${from}, received from the carrier.`;
    return { key: 'request', at: createdAt, kind: 'request', title: 'Inbound message', why, tone: 'calm' };
  }
  const key = idempotencyKey ? `, idempotency key ${idempotencyKey}` : '';
  const route = parts[0] ? `, carrier ${parts[0].carrier}` : '';
  const [title, why] = purpose
    ? ['Automatic reply', `Sent without a send request, in reply to a message from ${to} to ${from}${route}.`]
    : ['Accepted', `Send request from ${from} to ${to}${route}${key}.`];
  return { key: 'request', at: createdAt, kind: 'request', title, why, tone: 'calm' };
}

function endedEntry({ part, attempt, carrier, proof, carrierCode, reason, endedAt, reported }: EndedAttempt): Entry {
  const because = [carrierCode, reason].filter(Boolean).join(', ');
  const result =
    proof === 'NOT_SENT'
      ? 'Nothing was sent'
      : proof === 'REFUSED'
        ? 'The carrier refused it'
        : 'The outcome is unknown';
  const later = reported ? ` The carrier later reported the state ${reported.toLowerCase()}.` : '';
  return {
    ...{ key: `attempt ${part} ${attempt}`, at: endedAt, kind: 'submit', tone: 'warn' },
    title: `Attempt ${attempt} through ${carrier}`,
    why: `${result}${because ? `: ${because}` : ''}. Another attempt followed.${later}`,
  };
}

function submitEntry({ part, carrier, state, providerMessageRef, error, submittedAt }: Part, parts: number): Entry {
  const which = parts > 1 ? `segment ${part} of ${parts}` : 'the message';
  const rest = { key: `submit ${part}`, at: submittedAt, kind: 'submit' as const, title: `Submitted to ${carrier}` };
  if (state === 'UNKNOWN')
    return {
      ...rest,
      tone: 'warn',
      why: `No response from the carrier for ${which}. The outcome is unknown. A receipt can resolve it.`,
    };
  if (error && !providerMessageRef)
    return { ...rest, tone: 'bad', why: `The carrier rejected ${which}: ${error.message}` };
  // Whether the response or only a receipt confirmed the submit is not stored.
  const id = providerMessageRef ? ` Carrier message ID: ${providerMessageRef}.` : '';
  const why = `The carrier accepted ${which}.${id}`;
  return { ...rest, tone: 'calm', why };
}

/** Receipts themselves are for operators. Clients get the reported state of each segment. */
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
  const about = part === null ? '' : `, segment ${part}`;
  const reason = error ? `: ${error.message}` : '';
  return {
    key: `receipt ${index}`,
    at: receivedAt,
    kind: 'receipt',
    title: 'Receipt',
    why: `${carrier} reported the state ${state.toLowerCase()} for ${carrierRef ?? 'the message'}${about}${reason}.`,
    tone: /deliv/i.test(state) && !/un/i.test(state) ? 'good' : /fail|un|reject|expire/i.test(state) ? 'bad' : 'calm',
    ...(raw ? { raw } : {}),
  };
}

function eventEntry({ eventId, type, occurredAt, delivery }: MessageEvent, { error, parts }: MessageDetail): Entry {
  const meaning = EVENT_MEANING[type] ?? { title: type, why: '', tone: 'calm' as const };
  const count = `${parts.length} of ${parts.length} segments`;
  // A message is sent when the carrier has accepted all its segments.
  const why = type === 'message.sent' && parts.length > 0 ? `Accepted by the carrier (${count}).` : meaning.why;
  const reason = type === 'message.failed' && error ? ` ${error.code}: ${error.message}` : '';
  const next = delivery.nextAttemptAt && delivery.attempts.length > 0 ? ' The webhook will be retried.' : '';
  const nowhere = delivery.state === 'UNSENT' ? ' No endpoint is set for the webhook.' : '';
  return {
    key: eventId,
    at: occurredAt,
    kind: 'event',
    ...meaning,
    why: `${why}${reason}${next}${nowhere}`,
  };
}

function attemptEntry({ eventId, type }: MessageEvent, attempt: Attempt, index: number): Entry {
  const { at, url, outcome, statusCode, error, durationMs, responseStart } = attempt;
  const answer = statusCode === null ? (error ?? 'no response') : `response ${statusCode}`;
  return {
    key: `${eventId} ${index}`,
    at,
    kind: 'attempt',
    title: `Webhook ${type}, attempt ${index + 1}`,
    why: `${url}: ${answer} in ${durationMs} ms.${outcome === 'GIVEN_UP' ? ' No further attempts.' : ''}`,
    tone: outcome === 'DELIVERED' ? 'good' : outcome === 'RETRY' ? 'warn' : 'bad',
    ...(responseStart ? { raw: responseStart } : {}),
  };
}

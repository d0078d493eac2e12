import type { ListedMessage } from '../carrier.ts';
import { failureOf } from '../failures.ts';
import { noteOf, STATES } from './callbacks.ts';
import { codeOf, TWILIO_ERRORS } from './codes.ts';

/** Fields of a message resource (https://www.twilio.com/docs/messaging/api/message-resource). */
interface Resource {
  sid?: unknown;
  date_created?: unknown;
  direction?: unknown;
  status?: unknown;
  body?: unknown;
  num_media?: unknown;
  error_code?: unknown;
  error_message?: unknown;
}

/** Outbound messages in a page of the list. @throws Error if the body is not of the documented form. */
export function listedIn(body: string): ListedMessage[] {
  const { messages } = JSON.parse(body) as { messages?: unknown };
  if (!Array.isArray(messages)) throw new Error('the list of Twilio has no messages');
  return messages.flatMap((message: Resource) => listed(message) ?? []);
}

function listed(message: Resource): ListedMessage | undefined {
  const { sid, direction, status, body, num_media: files } = message;
  const createdAt = new Date(String(message.date_created));
  const state = typeof status === 'string' && Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (typeof sid !== 'string' || Number.isNaN(createdAt.getTime()) || !state) return undefined;
  // Inbound messages are `inbound`, and replies of Twilio's own applications `outbound-reply`.
  if (direction !== 'outbound-api') return undefined;
  return {
    carrierRef: sid,
    createdAt,
    messageType: files !== undefined && String(files) !== '0' ? 'MMS' : 'SMS',
    text: typeof body === 'string' && body !== '' ? body : null,
    report: { state, error: state === 'FAILED' ? failureIn(message) : noteOf(String(status)), raw: rawOf(message) },
  };
}

function failureIn({ status, error_code: errorCode, error_message: text }: Resource) {
  const code = codeOf(errorCode === null || errorCode === undefined ? null : String(errorCode));
  const known = code === undefined ? undefined : TWILIO_ERRORS[code];
  const fallback = status === 'undelivered' ? 'UNDELIVERABLE' : 'CARRIER_REJECTED';
  const reason = typeof text === 'string' ? text : known?.title;
  return failureOf(known?.failure ?? fallback, code === undefined ? String(status) : String(code), reason);
}

/** Entry for support, without the text of the message. */
function rawOf({ body: _body, ...message }: Resource): string {
  return `list ${JSON.stringify(message)}`;
}

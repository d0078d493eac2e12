import type { ListedMessage, Report } from '../carrier.ts';
import { failureOf, unconfirmedOf } from '../failures.ts';
import { failureCodeOf } from './error-codes.ts';
import { isObject } from './token.ts';

/** States of listed messages (bandwidth.yml, `messageStatusEnum`). */
const STATES: Readonly<Record<string, Report['state']>> = {
  RECEIVED: 'SENT',
  QUEUED: 'SENT',
  SENDING: 'SENT',
  ACCEPTED: 'SENT',
  SENT: 'SENT',
  DELIVERED: 'DELIVERED',
  FAILED: 'FAILED',
  UNDELIVERED: 'FAILED',
};

/** Outbound messages in a page of the list. The list has no texts. @throws Error if the body has another form. */
export function listedIn(body: string): ListedMessage[] {
  const { messages } = JSON.parse(body) as { messages?: unknown };
  if (!Array.isArray(messages)) throw new Error('the list of Bandwidth has no messages');
  return messages.filter(isObject).flatMap((message) => listed(message) ?? []);
}

/** Entry of the list (bandwidth.yml, `listMessageItem`). */
function listed(message: Record<string, unknown>): ListedMessage | undefined {
  const { messageId, messageStatus, messageDirection, messageType, receiveTime, errorCode } = message;
  const createdAt = new Date(String(receiveTime));
  const known = typeof messageStatus === 'string' && Object.hasOwn(STATES, messageStatus);
  if (typeof messageId !== 'string' || Number.isNaN(createdAt.getTime()) || !known) return undefined;
  if (messageDirection !== 'OUTBOUND' || (messageType !== 'sms' && messageType !== 'mms')) return undefined;
  const raw = `list ${JSON.stringify(message)}`;
  return {
    carrierRef: messageId,
    createdAt,
    messageType: messageType === 'mms' ? 'MMS' : 'SMS',
    report: { ...resultOf(messageStatus, errorCode), raw },
  };
}

function resultOf(status: string, errorCode: unknown): Pick<Report, 'state' | 'error'> {
  const state = STATES[status] as Report['state'];
  if (state !== 'FAILED') return { state, error: null };
  const number = typeof errorCode === 'number' ? errorCode : undefined;
  const code = failureCodeOf(number);
  // The message may have been delivered. Its acceptance is certain.
  if (code === 'ambiguous') {
    return { state: 'SENT', error: unconfirmedOf(`Bandwidth error ${number}`, String(number), true) };
  }
  return { state, error: failureOf(code, String(number ?? status), undefined) };
}

import { expect, test } from 'vitest';
import type { MessageDetail } from '../../api/types.ts';
import { timelineOf } from './timeline.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 23, 12) + ms).toISOString();

const MESSAGE: MessageDetail = {
  messageId: 'msg_abc123',
  direction: 'OUTBOUND',
  status: 'DELIVERED',
  numberId: 'num_abc123',
  from: '+15551234567',
  to: '+15557654321',
  messageType: 'SMS',
  text: 'a secret',
  media: null,
  externalReference: null,
  deliveryGuarantee: 'AT_MOST_ONCE',
  purpose: null,
  keyword: null,
  optOutType: null,
  bulkSendId: null,
  encoding: 'GSM7',
  segments: 1,
  sendAt: null,
  expiresAt: null,
  priority: 'NORMAL',
  providerMessageRef: 'sim-1',
  error: null,
  createdAt: at(0),
  sentAt: at(20),
  finishedAt: at(220),
  idempotencyKey: 'order-7',
  parts: [
    {
      part: 1,
      attempt: 1,
      state: 'DELIVERED',
      carrier: 'simulator',
      providerMessageRef: 'sim-1',
      error: null,
      submittedAt: at(10),
      finishedAt: at(220),
    },
  ],
  events: [event('message.queued', 1, 0, 30), event('message.sent', 2, 20, 40), event('message.delivery', 3, 220, 240)],
};

function event(
  type: MessageDetail['events'][number]['type'],
  sequence: number,
  ms: number,
  attemptMs: number,
): MessageDetail['events'][number] {
  const attempt = {
    at: at(attemptMs),
    url: 'https://example.com/hook',
    outcome: 'DELIVERED' as const,
    statusCode: 204,
    error: null,
    durationMs: 4,
    responseStart: null,
  };
  return {
    eventId: `evt_abc123_${sequence}`,
    type,
    sequence,
    status: 'SENT',
    occurredAt: at(ms),
    delivery: { state: 'DELIVERED', nextAttemptAt: null, attempts: [attempt] },
  };
}

test('The history of a message is one timeline from its request to the last webhook attempt.', () => {
  expect(timelineOf(MESSAGE).map(({ title }) => title)).toEqual([
    'Accepted',
    'Queued',
    'Submitted to simulator',
    'Sent',
    'Webhook message.queued, attempt 1',
    'Webhook message.sent, attempt 1',
    'Receipt',
    'Delivered',
    'Webhook message.delivery, attempt 1',
  ]);
});

test('The history contains the idempotency key of the request, but not the text of the message.', () => {
  const timeline = timelineOf(MESSAGE);
  expect(timeline[0]?.why).toContain('order-7');
  expect(JSON.stringify(timeline)).not.toContain('a secret');
});

test('The timeline states the number of segments that the carrier accepted.', () => {
  const sent = timelineOf(MESSAGE).find(({ title }) => title === 'Sent');
  expect(sent?.why).toBe('Accepted by the carrier (1 of 1 segments).');
});

test('An automatic reply is not shown as a request of a client.', () => {
  const [first] = timelineOf({ ...MESSAGE, purpose: 'OPT_OUT_REPLY' });
  expect(first).toMatchObject({ title: 'Automatic reply', why: expect.stringContaining('without a send request') });
});

test('Attempts that another one followed are shown with their proof and their later reports.', () => {
  const ended = {
    ...{ part: 1, attempt: 1, carrier: 'acme', endedAt: at(5), reported: null },
    ...{ outcome: 'REJECTED', proof: 'REFUSED', carrierCode: '88', reason: 'queue full' },
  };
  const unknown = { ...ended, attempt: 2, proof: null, carrierCode: null, reason: null, reported: 'DELIVERED' };
  const operators = { apiClientId: 'c', idempotencyKey: null, possibleDuplicate: true, receipts: [] };
  const timeline = timelineOf({ ...MESSAGE, ...operators, attempts: [ended, unknown] });
  expect(timeline.filter(({ kind }) => kind === 'submit').map(({ title, why }) => [title, why])).toEqual([
    ['Attempt 1 through acme', 'The carrier refused it: 88, queue full. Another attempt followed.'],
    [
      'Attempt 2 through acme',
      'The outcome is unknown. Another attempt followed. The carrier later reported the state delivered.',
    ],
    ['Submitted to simulator', expect.any(String)],
  ]);
});

test('A submit without a response is shown as a warning, and not as a failure.', () => {
  const part = { ...MESSAGE.parts[0], state: 'UNKNOWN', providerMessageRef: null, finishedAt: null };
  const timeline = timelineOf({ ...MESSAGE, parts: [part as MessageDetail['parts'][number]] });
  expect(timeline.find(({ kind }) => kind === 'submit')).toMatchObject({ tone: 'warn' });
  expect(timeline.filter(({ kind }) => kind === 'receipt')).toEqual([]);
});

import { expect, test } from 'vitest';
import type { EventBody } from '../../api/types.ts';
import { bubblesOf, handsetOf } from './bubbles.ts';

const HANDSET = '+15557654321';
const NUMBER = '+15551234567';

function event(type: EventBody['type'], messageId: string, from: string, to: string): EventBody {
  const rest = { sequence: 1, apiClientId: 'rc_test_client_123', numberId: 'num_abc123', messageType: 'SMS' as const };
  return { ...rest, eventId: `evt_${messageId}`, type, messageId, from, to, occurredAt: '', status: '', text: 'Hi' };
}

test('A handset shows its messages from and to one number, oldest first, and nothing of other handsets or numbers.', () => {
  const events = [
    event('message.inbound', 'msg_4', '+15550000000', NUMBER),
    event('message.inbound', 'msg_3', HANDSET, NUMBER),
    event('message.delivery', 'msg_1', NUMBER, HANDSET),
    event('message.delivery', 'msg_2', NUMBER, '+15550000000'),
    event('message.sent', 'msg_1', NUMBER, HANDSET),
    event('message.delivery', 'msg_5', '+15551234568', HANDSET),
    event('message.inbound', 'msg_6', HANDSET, '+15551234568'),
  ];
  expect(bubblesOf(events, HANDSET, NUMBER).map(({ messageId, direction }) => [messageId, direction])).toEqual([
    ['msg_1', 'in'],
    ['msg_3', 'out'],
  ]);
});

test('The handset of a message is its recipient or its sender, if that is a phone number.', () => {
  expect(handsetOf({ direction: 'OUTBOUND', from: NUMBER, to: HANDSET })).toBe(HANDSET);
  expect(handsetOf({ direction: 'INBOUND', from: HANDSET, to: NUMBER })).toBe(HANDSET);
  expect(handsetOf({ direction: 'INBOUND', from: 'RedBank', to: NUMBER })).toBeUndefined();
});

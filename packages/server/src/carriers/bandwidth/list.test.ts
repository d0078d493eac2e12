import { expect, test } from 'vitest';
import { listedIn } from './list.ts';

/** Entry as in the example of bandwidth.yml, `listMessageItem`. */
const ITEM = {
  ...{ messageId: '1589228074636lm4k2je7j7jklbn2', messageStatus: 'SENT', messageDirection: 'OUTBOUND' },
  ...{ messageType: 'sms', receiveTime: '2026-11-30T14:03:07.000Z' },
};
const list = (...items: object[]) => listedIn(JSON.stringify({ messages: items.map((one) => ({ ...ITEM, ...one })) }));

test('A listed message has its id, time, type and state, and no text.', () => {
  const [message] = list({});
  expect(message).toMatchObject({
    ...{ carrierRef: ITEM.messageId, createdAt: new Date(ITEM.receiveTime), messageType: 'SMS' },
    report: { state: 'SENT', error: null },
  });
  expect(message).not.toHaveProperty('text');
  expect(list({ messageType: 'mms' })).toMatchObject([{ messageType: 'MMS' }]);
});

test.each([
  ['QUEUED', undefined, 'SENT'],
  ['ACCEPTED', undefined, 'SENT'],
  ['DELIVERED', undefined, 'DELIVERED'],
  ['FAILED', 4720, 'FAILED'],
  ['UNDELIVERED', undefined, 'FAILED'],
  ['FAILED', 9902, 'SENT'],
])('The status %s with the error code %s means %s.', (messageStatus, errorCode, state) => {
  expect(list({ messageStatus, errorCode })[0]?.report.state).toBe(state);
});

test('Only an ambiguous failure has a note.', () => {
  const errors = list({ messageStatus: 'FAILED', errorCode: 9999 }, { messageStatus: 'ACCEPTED' });
  expect(errors.map(({ report }) => report.error?.code)).toEqual(['DELIVERY_UNCONFIRMED', undefined]);
});

test('Inbound messages and entries of another form are left out.', () => {
  expect(
    list({ messageDirection: 'INBOUND' }, { messageStatus: 'READ' }, { messageId: 7 }, { messageType: 'rcs' }),
  ).toEqual([]);
  expect(listedIn('{"messages":[1,null]}')).toEqual([]);
});

test.each(['', '{}', '{"messages":{}}'])('The body %j is no list.', (body) => {
  expect(() => listedIn(body)).toThrow();
});

import { expect, test } from 'vitest';
import { listedIn } from './list.ts';

/** Fields of a message resource, as in the example of twilio_api_v2010.json. */
const RESOURCE = {
  ...{ sid: 'SM1', body: 'Hello', num_media: '0', direction: 'outbound-api', status: 'sent' },
  ...{ date_created: 'Mon, 30 Nov 2026 18:17:59 +0000', error_code: null, error_message: null },
};
const list = (...messages: object[]) =>
  listedIn(JSON.stringify({ messages: messages.map((one) => ({ ...RESOURCE, ...one })) }));

test('A listed message has its id, time, type, text and state.', () => {
  expect(list({})).toMatchObject([
    {
      ...{ carrierRef: 'SM1', createdAt: new Date('2026-11-30T18:17:59Z'), messageType: 'SMS', text: 'Hello' },
      report: { state: 'SENT', error: { code: 'DELIVERY_UNCONFIRMED' } },
    },
  ]);
  expect(list({ status: 'queued' })).toMatchObject([{ report: { state: 'SENT', error: null } }]);
  expect(list({ num_media: '2', body: '' })).toMatchObject([{ messageType: 'MMS', text: null }]);
});

test.each([
  ['accepted', 'SENT'],
  ['queued', 'SENT'],
  ['sending', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['undelivered', 'FAILED'],
  ['failed', 'FAILED'],
])('The status %s means %s.', (status, state) => {
  expect(list({ status })[0]?.report.state).toBe(state);
});

test('A failed message has the error code of Twilio.', () => {
  const [message] = list({ status: 'undelivered', error_code: 30003, error_message: 'Unreachable' });
  expect(message?.report.error).toMatchObject({ code: 'UNREACHABLE_HANDSET', details: { carrierCode: '30003' } });
});

test('Inbound messages, replies of other applications and unknown entries are left out.', () => {
  expect(list({ direction: 'inbound' }, { direction: 'outbound-reply' }, { status: 'new' }, { sid: 1 })).toEqual([]);
  expect(list({ date_created: 'never' })).toEqual([]);
});

test('The raw text for support does not contain the text of the message.', () => {
  expect(list({})[0]?.report.raw).not.toContain('Hello');
});

test.each(['', '{}', '[]', '{"messages":1}'])('The body %j is no list.', (body) => {
  expect(() => listedIn(body)).toThrow();
});

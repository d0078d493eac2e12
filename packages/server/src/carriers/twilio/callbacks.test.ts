import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { TWILIO } from '../../../test/support/twilio.ts';
import type { CallbackItem, CallbackRequest } from '../callbacks.ts';
import { createTwilioCallbacks, noteOf, STATES } from './callbacks.ts';

const REFERENCE = 'msg_A/1.00ff00ff00ff00ff00ff00ff';
const INBOUND_URL = 'https://sms.example.com/carriers/us/callback';
const STATUS_URL = `${INBOUND_URL}?${new URLSearchParams({ ref: REFERENCE })}`;
const callbacks = createTwilioCallbacks(TWILIO);

type Form = Record<string, string>;

/** Status callback as documented, without `ErrorCode`. */
const STATUS: Form = {
  SmsSid: 'SM1',
  SmsStatus: 'sent',
  MessageStatus: 'sent',
  To: '+15557654321',
  MessageSid: 'SM1',
  AccountSid: 'AC0123',
  From: '+15551234567',
  ApiVersion: '2010-04-01',
};

/** Inbound message as documented. */
const INBOUND: Form = {
  ToCountry: 'US',
  SmsMessageSid: 'SM2',
  NumMedia: '0',
  SmsSid: 'SM2',
  SmsStatus: 'received',
  Body: 'Hello & 漢字 😀',
  To: '+15551234567',
  NumSegments: '1',
  MessageSid: 'SM2',
  AccountSid: 'AC0123',
  From: '+15557654321',
  ApiVersion: '2010-04-01',
};

function request(url: string, form: Form | string, headers: Record<string, string> = {}): CallbackRequest {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return {
    url,
    query: new URL(url).searchParams,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...headers },
    rawBody: Buffer.from(body),
  };
}

function statusItems(changes: Form): CallbackItem[] {
  return callbacks.parse(request(STATUS_URL, { ...STATUS, ...changes }));
}

function inboundItems(changes: Form): CallbackItem[] {
  return callbacks.parse(request(INBOUND_URL, { ...INBOUND, ...changes }));
}

describe('Verification', () => {
  test.each([
    ['HMAC_SHA1', 'the token'],
    ['HMAC_SHA256', 'the shared key'],
  ] as const)('A callback that is signed with %s and %s is valid.', (algorithm, secret) => {
    const headers = {
      'x-twilio-signature': getExpectedTwilioSignature(secret, STATUS_URL, STATUS, algorithm),
      ...(algorithm === 'HMAC_SHA256'
        ? { 'x-twilio-webhooks-signature-settings': `key=k,algorithm=${algorithm}` }
        : {}),
    };
    expect(callbacks.verify(request(STATUS_URL, STATUS, headers), 0)).toBe('valid');
    expect(callbacks.verify(request(INBOUND_URL, STATUS, headers), 0)).toBe('invalid');
    expect(callbacks.verify(request(STATUS_URL, { ...STATUS, MessageStatus: 'failed' }, headers), 0)).toBe('invalid');
  });

  test('A callback without a signature is invalid.', () => {
    expect(callbacks.verify(request(STATUS_URL, STATUS), 0)).toBe('invalid');
  });

  test('The secret of an API key does not verify callbacks.', () => {
    const keyed = createTwilioCallbacks({ ...TWILIO, apiKeySid: 'SK1', apiKeySecret: 'the key' });
    const signed = (secret: string) =>
      request(STATUS_URL, STATUS, { 'x-twilio-signature': getExpectedTwilioSignature(secret, STATUS_URL, STATUS) });
    expect(keyed.verify(signed('the token'), 0)).toBe('valid');
    expect(keyed.verify(signed('the key'), 0)).toBe('invalid');
  });
});

describe('Status callbacks', () => {
  test.each([
    ['accepted', 'SENT'],
    ['scheduled', 'SENT'],
    ['queued', 'SENT'],
    ['sending', 'SENT'],
    ['sent', 'SENT'],
    ['delivered', 'DELIVERED'],
    ['read', 'DELIVERED'],
    ['undelivered', 'FAILED'],
    ['failed', 'FAILED'],
    ['canceled', 'FAILED'],
  ] as const)('The status %s is the state %s.', (status, state) => {
    const [item, ...others] = statusItems({ MessageStatus: status });
    expect(others).toEqual([]);
    expect(item).toMatchObject({ kind: 'report', reference: REFERENCE, report: { carrierRef: 'SM1', state } });
    expect(STATES[status]).toBe(state);
  });

  test('Only the status sent has a note, because it can be the last one.', () => {
    const noted = Object.keys(STATES).filter((status) => STATES[status] !== 'FAILED' && noteOf(status) !== null);
    expect(noted).toEqual(['sent']);
    expect(statusItems({ MessageStatus: 'sent' })).toMatchObject([{ report: { error: noteOf('sent') } }]);
    expect(statusItems({ MessageStatus: 'queued' })).toMatchObject([{ report: { error: null } }]);
  });

  test('The test covers each status of the table.', () => {
    expect(Object.keys(STATES)).toHaveLength(10);
  });

  test.each(['partially_delivered', 'receiving', 'received', 'constructor', 'new-status'])(
    'The status %s yields nothing.',
    (status) => {
      expect(statusItems({ MessageStatus: status })).toEqual([]);
    },
  );

  test('A status of a message that other software has sent yields nothing.', () => {
    expect(callbacks.parse(request(INBOUND_URL, STATUS))).toEqual([]);
  });

  test('A report of success has no error, although Twilio sends a code.', () => {
    expect(statusItems({ MessageStatus: 'delivered', ErrorCode: '30008' })).toMatchObject([
      { report: { error: null } },
    ]);
  });

  test('The raw report has the parameters without the text of the message.', () => {
    const [item] = statusItems({ Body: 'secret' });
    expect(item).toMatchObject({ report: { raw: new URLSearchParams(STATUS).toString() } });
  });

  test.each([
    ['30001', 'CARRIER_REJECTED'],
    ['30002', 'CARRIER_REJECTED'],
    ['30003', 'UNREACHABLE_HANDSET'],
    ['30004', 'BLOCKED_BY_CARRIER'],
    ['30005', 'INVALID_NUMBER'],
    ['30006', 'INVALID_NUMBER'],
    ['30007', 'BLOCKED_BY_CARRIER'],
    ['30008', 'UNDELIVERABLE'],
    ['30011', 'MEDIA_UNSUPPORTED'],
    ['30019', 'MEDIA_TOO_LARGE'],
    ['11751', 'MEDIA_TOO_LARGE'],
    ['12300', 'MEDIA_UNSUPPORTED'],
    ['30024', 'SENDER_REJECTED'],
    ['30032', 'SENDER_REJECTED'],
    ['30034', 'SENDER_REJECTED'],
    ['30410', 'UNDELIVERABLE'],
    ['30500', 'UNDELIVERABLE'],
    ['63003', 'INVALID_NUMBER'],
    ['63019', 'MEDIA_UNSUPPORTED'],
    ['20500', 'UNDELIVERABLE'],
  ])('A failure with the code %s is %s.', (code, failure) => {
    for (const status of ['undelivered', 'failed']) {
      const [item, ...others] = statusItems({ MessageStatus: status, ErrorCode: code });
      expect(others).toEqual([]);
      expect(item).toMatchObject({
        report: { state: 'FAILED', error: { code: failure, details: { carrierCode: code } } },
      });
    }
  });

  test.each([
    ['undelivered', { ErrorCode: '39999' }, 'UNDELIVERABLE', { carrierCode: '39999' }],
    ['failed', { ErrorCode: '39999' }, 'CARRIER_REJECTED', { carrierCode: '39999' }],
    ['undelivered', {}, 'UNDELIVERABLE', { carrierCode: 'undelivered' }],
    ['canceled', { ErrorCode: '' }, 'CARRIER_REJECTED', { carrierCode: 'canceled' }],
    [
      'failed',
      { ErrorCode: '39999', ErrorMessage: 'Why' },
      'CARRIER_REJECTED',
      { carrierCode: '39999', reason: 'Why' },
    ],
    ['failed', { ErrorCode: '30007' }, 'BLOCKED_BY_CARRIER', { carrierCode: '30007', reason: 'Message filtered' }],
    [
      'failed',
      { ErrorCode: '63003', ChannelStatusMessage: 'Gone' },
      'INVALID_NUMBER',
      { carrierCode: '63003', reason: 'Gone' },
    ],
  ])('The status %s with %j is %s with the details %j.', (status, form, code, details) => {
    const [item] = statusItems({ MessageStatus: status, ...(form as Form) });
    expect(item).toMatchObject({ report: { error: { code } } });
    expect(item?.kind === 'report' && item.report.error?.details).toEqual(details);
  });

  test('Code 21610 fails the message and reports the opt-out.', () => {
    const [report, ...others] = statusItems({ MessageStatus: 'failed', ErrorCode: '21610' });
    expect(report).toMatchObject({ report: { state: 'FAILED', error: { code: 'OPTED_OUT_AT_CARRIER' } } });
    expect(others).toEqual([{ kind: 'optOut', number: '+15551234567', recipient: '+15557654321' }]);
  });

  test('Code 21610 without the numbers only fails the message.', () => {
    expect(statusItems({ MessageStatus: 'failed', ErrorCode: '21610', From: '' })).toHaveLength(1);
  });
});

describe('Inbound messages', () => {
  test('An SMS has its text and no media.', () => {
    expect(inboundItems({})).toEqual([
      {
        kind: 'inbound',
        carrierRef: 'SM2',
        from: '+15557654321',
        to: '+15551234567',
        text: 'Hello & 漢字 😀',
        media: [],
        isAnswered: false,
      },
    ]);
  });

  test('An MMS has its media in order. Its text is null if it has none.', () => {
    const media = {
      NumMedia: '2',
      MediaUrl0: 'https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages/MM1/Media/ME1',
      MediaContentType0: 'image/jpeg',
      MediaUrl1: 'https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages/MM1/Media/ME2',
      MediaContentType1: '',
    };
    const files = [
      { url: media.MediaUrl0, mimeType: 'image/jpeg', byteLength: null },
      { url: media.MediaUrl1, mimeType: null, byteLength: null },
    ];
    expect(inboundItems({ ...media, Body: '' })).toMatchObject([{ text: null, media: files }]);
    expect(inboundItems(media)).toMatchObject([{ text: INBOUND['Body'], media: files }]);
  });

  test('An empty SMS has an empty text.', () => {
    expect(inboundItems({ Body: '' })).toMatchObject([{ text: '', media: [] }]);
  });

  test.each(['START', 'HELP'])('A keyword with OptOutType %s is answered.', (type) => {
    expect(inboundItems({ Body: type, OptOutType: type })).toMatchObject([{ kind: 'inbound', isAnswered: true }]);
  });

  test('A keyword with OptOutType STOP is answered, and an opt-out with any text.', () => {
    expect(inboundItems({ Body: 'Arrêt', OptOutType: 'STOP' })).toMatchObject([
      { kind: 'inbound', text: 'Arrêt', isAnswered: true },
      { kind: 'optOut', number: '+15551234567', recipient: '+15557654321' },
    ]);
  });
});

describe('The form of callbacks', () => {
  test('Unknown parameters change nothing.', () => {
    const names = fc.string({ minLength: 1 }).map((name) => `X${name}`);
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (extra) => {
        expect(inboundItems(extra)).toEqual(inboundItems({}));
        const reports = statusItems(extra).map((item) => item.kind === 'report' && { ...item.report, raw: '' });
        const report = { carrierRef: 'SM1', state: 'SENT', error: { code: 'DELIVERY_UNCONFIRMED' }, raw: '' };
        expect(reports).toMatchObject([report]);
      }),
    );
  });

  test.each(['MessageSid', 'MessageStatus'])('A status callback without %s is refused.', (name) => {
    const { [name]: _, ...form } = STATUS;
    expect(() => callbacks.parse(request(STATUS_URL, form))).toThrow(`The callback has no ${name}.`);
  });

  test.each(['MessageSid', 'From', 'To'])('An inbound message without %s is refused.', (name) => {
    const { [name]: _, ...form } = INBOUND;
    expect(() => callbacks.parse(request(INBOUND_URL, form))).toThrow(`The callback has no ${name}.`);
  });

  test.each([{ NumMedia: 'two' }, { NumMedia: '-1' }, { NumMedia: '1' }, { NumMedia: '1000000000' }])(
    'An inbound message with %j and no media is refused.',
    (changes) => {
      expect(() => inboundItems(changes)).toThrow(/NumMedia|MediaUrl0/);
    },
  );

  test('A JSON body is refused.', () => {
    const json = request(INBOUND_URL, JSON.stringify(INBOUND), { 'content-type': 'application/json' });
    expect(() => callbacks.parse(json)).toThrow(/application\/json/);
    expect(() => callbacks.parse(request(INBOUND_URL, JSON.stringify(INBOUND)))).toThrow(/MessageSid/);
  });
});

test('Media at Twilio require the credentials of the API.', () => {
  const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });
  expect(callbacks.mediaHeaders()).toEqual(basic('AC0123:the token'));
  const keyed = createTwilioCallbacks({ ...TWILIO, apiKeySid: 'SK1', apiKeySecret: 'the key' });
  expect(keyed.mediaHeaders()).toEqual(basic('SK1:the key'));
});

import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { submissionOf } from '../../../test/support/submissions.ts';
import { TWILIO } from '../../../test/support/twilio.ts';
import type { Submission, SubmitResult } from '../carrier.ts';
import type { FailureCode } from '../failures.ts';
import type { VendorResponse } from '../http/exchange.ts';
import { createTwilioApi } from './api.ts';
import { codeOf, TWILIO_ERRORS } from './codes.ts';
import type { TwilioCarrier } from './settings.ts';

const KEY = { apiKeySid: 'SK0123', apiKeySecret: 'the key' };
const CONTEXT = { callbackUrl: 'https://sms.example.com/carriers/us/callback?ref=msg_A%2F1.00ff', tag: 'msg_A/1.00ff' };
const api = createTwilioApi(TWILIO);

function submission(changes: Partial<Submission> = {}): Submission {
  return submissionOf({ text: 'Hello & 漢字 😀 100%+', encoding: 'UCS2', latin1: false, ...changes });
}

/** Fields of a submit, in the order in which they are sent. */
function fields(changes: Partial<Submission>, settings: Partial<TwilioCarrier> = {}): [string, string][] {
  const { body } = createTwilioApi({ ...TWILIO, ...settings }).submit(submission(changes), CONTEXT);
  return [...new URLSearchParams(body)];
}

function response(status: number, body: unknown, headers: Record<string, string> = {}): VendorResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

describe('Requests to Twilio', () => {
  test('A submit is a form with the documented fields.', () => {
    const { method, path, headers } = api.submit(submission(), CONTEXT);
    expect({ method, path, headers }).toEqual({
      method: 'POST',
      path: '/2010-04-01/Accounts/AC0123/Messages.json',
      headers: {
        accept: 'application/json',
        authorization: basic('AC0123:the token'),
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(fields({})).toEqual([
      ['To', '+15557654321'],
      ['From', '+15551234567'],
      ['Body', 'Hello & 漢字 😀 100%+'],
      ['StatusCallback', CONTEXT.callbackUrl],
    ]);
  });

  test('A Messaging Service is named together with the sender.', () => {
    expect(fields({ text: 'Hello' }, { messagingServiceSid: 'MG0123' })).toEqual([
      ['To', '+15557654321'],
      ['From', '+15551234567'],
      ['MessagingServiceSid', 'MG0123'],
      ['Body', 'Hello'],
      ['StatusCallback', CONTEXT.callbackUrl],
    ]);
  });

  test('An MMS repeats MediaUrl in the order of its files, with or without a text.', () => {
    const file = { hash: '00', mimeType: 'image/png', byteLength: 1, fileName: null };
    const media = ['https://sms.example.com/media/1?s=a', 'https://sms.example.com/media/2'].map((url) => ({
      ...file,
      url,
    }));
    expect(fields({ messageType: 'MMS', text: null, encoding: null, media })).toEqual([
      ['To', '+15557654321'],
      ['From', '+15551234567'],
      ['MediaUrl', 'https://sms.example.com/media/1?s=a'],
      ['MediaUrl', 'https://sms.example.com/media/2'],
      ['StatusCallback', CONTEXT.callbackUrl],
    ]);
    expect(fields({ messageType: 'MMS', text: 'Look', media })).toContainEqual(['Body', 'Look']);
  });

  test('A submit is the request that the SDK of Twilio makes.', async () => {
    const mediaUrl = ['https://sms.example.com/media/1', 'https://sms.example.com/media/2'];
    const requests: Record<string, unknown>[] = [];
    const httpClient = {
      request: async (options: object) => {
        requests.push({ ...options });
        return { statusCode: 201, body: { sid: 'SM1' }, headers: {} };
      },
    };
    const client = twilio('AC0123', 'the token', { httpClient } as unknown as Parameters<typeof twilio>[2]);
    const service = { messagingServiceSid: 'MG0123' };
    await client.messages.create({
      ...{ to: '+15557654321', from: '+15551234567', body: 'Hello', mediaUrl, ...service },
      statusCallback: CONTEXT.callbackUrl,
    });
    const [{ method, uri, username, password, data } = {}] = requests;
    const form = Object.entries(data as Record<string, string | string[]>)
      .filter(([, value]) => value !== undefined)
      .flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const media = mediaUrl.map((url) => ({ hash: '00', mimeType: 'image/png', byteLength: 1, fileName: null, url }));
    const ours = api.submit(submission(), CONTEXT);
    expect({ method: ours.method, uri: `${api.baseUrl}${ours.path}` }).toEqual({
      method: String(method).toUpperCase(),
      uri,
    });
    expect(ours.headers['authorization']).toBe(basic(`${username}:${password}`));
    expect(fields({ text: 'Hello', media }, service).toSorted()).toEqual(form.toSorted());
  });

  test('An API key replaces the auth token.', () => {
    const { headers } = createTwilioApi({ ...TWILIO, ...KEY }).submit(submission(), CONTEXT);
    expect(headers['authorization']).toBe(basic('SK0123:the key'));
  });

  test('The check reads the account, or a message with an API key, which may not read the account.', () => {
    const headers = { accept: 'application/json', authorization: basic('AC0123:the token') };
    expect(api.check()).toEqual({ method: 'GET', path: '/2010-04-01/Accounts/AC0123.json', headers });
    expect(createTwilioApi({ ...TWILIO, ...KEY }).check()).toEqual({
      method: 'GET',
      path: '/2010-04-01/Accounts/AC0123/Messages.json?PageSize=1',
      headers: { ...headers, authorization: basic('SK0123:the key') },
    });
  });

  test('Requests go to the server of Twilio.', () => {
    expect(api.baseUrl).toBe('https://api.twilio.com');
  });
});

describe('Accepted submits', () => {
  test.each([200, 201, 202])('HTTP %i with a SID is accepted.', (status) => {
    const body = { sid: 'SM00000000000000000000000000000001', status: 'queued', error_code: null };
    expect(api.classify(response(status, body))).toEqual({ outcome: 'accepted', carrierRef: body.sid });
  });

  test.each([{}, { sid: null }, { sid: '' }, { sid: 5 }, { sid: 'a b' }, [], 'null', '', '<html>', '{"sid":"SM'])(
    'HTTP 201 with the body %j is unknown, because Twilio may have accepted the message.',
    (body) => {
      expect(api.classify(response(201, body))).toMatchObject({ outcome: 'unknown' });
    },
  );
});

/** Codes with their meaning in a response with HTTP 400. Each code of the table is here once. */
const MEANINGS: Record<string, number[]> = {
  misconfigured: [
    10001, 20003, 20004, 20005, 20006, 20008, 20010, 20011, 20012, 20403, 20404, 20426, 21609, 21701, 21702, 21705,
    30002, 70051, 90010,
  ],
  throttled: [20429, 60728, 63017, 63038],
  temporary: [14107, 30017],
  busySender: [21611, 30001, 30022, 63018],
  unknown: [20500, 20503],
  INVALID_NUMBER: [14101, 21211, 21217, 21265, 21266, 21604, 21614, 21635, 30005, 30006, 30014, 63003, 63024, 63031],
  OPTED_OUT_AT_CARRIER: [21610],
  UNREACHABLE_HANDSET: [30003, 63036],
  SENDER_REJECTED: [
    14102, 14108, 21212, 21601, 21603, 21606, 21607, 21612, 21616, 21621, 21659, 21660, 21703, 21704, 21709, 21711,
    21712, 30016, 30018, 30024, 30032, 30034, 63002, 63007,
  ],
  MEDIA_UNSUPPORTED: [11200, 12300, 21620, 21622, 21623, 30011, 63019, 63021, 63037],
  MEDIA_TOO_LARGE: [11751, 30019, 63034],
  BLOCKED_BY_CARRIER: [30004, 30007, 63013, 63014, 63026, 63033],
  CARRIER_REJECTED: [
    10002, 14103, 14111, 21408, 21602, 21605, 21608, 21617, 21618, 21619, 21658, 30010, 30023, 30027, 572005,
  ],
  UNDELIVERABLE: [30008, 30009, 30020, 30021, 30036, 30410, 30500, 63009, 63010, 63012],
};

function expected(meaning: string, code: number): Partial<SubmitResult> {
  const refusal = { outcome: 'rejected', carrierCode: String(code), reason: 'The reason' } as const;
  if (meaning === 'misconfigured') return { outcome: 'misconfigured' };
  if (meaning === 'throttled') return { outcome: 'throttled', retryAfterMs: 0 };
  if (meaning === 'busySender') return { outcome: 'throttled', retryAfterMs: 0, scope: 'sender' };
  if (meaning === 'unknown') return { outcome: 'unknown' };
  if (meaning === 'temporary') return { ...refusal, permanent: false };
  return { ...refusal, permanent: true, code: meaning as FailureCode };
}

describe('Refused submits', () => {
  test.each(Object.entries(MEANINGS).flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)))(
    'Code %i means %s.',
    (code, meaning) => {
      for (const status of [400, 401, 403, 404, 422]) {
        const result = api.classify(response(status, { code, message: 'The reason', status }));
        expect(result).toMatchObject(expected(meaning, code));
      }
    },
  );

  test('The test covers each code of the table.', () => {
    const tested = Object.values(MEANINGS).flat();
    expect(tested.toSorted((a, b) => a - b)).toEqual(Object.keys(TWILIO_ERRORS).map(Number));
  });

  test('A code without a row is a permanent refusal with the code and message of Twilio.', () => {
    const result = api.classify(response(400, { code: 21999, message: 'Something new', status: 400 }));
    expect(result).toEqual({
      outcome: 'rejected',
      permanent: true,
      carrierCode: '21999',
      reason: 'Something new',
      code: 'CARRIER_REJECTED',
    });
  });

  test.each([401, 403])('HTTP %i with a code without a row means that the settings are wrong.', (status) => {
    expect(api.classify(response(status, { code: 20999, message: 'No' }))).toMatchObject({ outcome: 'misconfigured' });
  });

  test('The reason of wrong settings states the code, the message and the fix.', () => {
    expect(api.classify(response(401, { code: 20003, message: 'Authenticate', status: 401 }))).toEqual({
      outcome: 'misconfigured',
      reason:
        'Twilio responded with error 20003 (HTTP 401): Authenticate. Check accountSid, authToken and the API key.',
    });
  });

  test.each([301, 307, 408, 409, 500, 502, 503, 504, 599])('HTTP %i is unknown with any code.', (status) => {
    for (const body of ['<html>', { code: 20500 }, { code: 21211 }, { code: 20003 }, { code: 20429 }]) {
      expect(api.classify(response(status, body))).toMatchObject({ outcome: 'unknown' });
    }
  });
});

describe('Throttled submits', () => {
  test.each([
    [{}, 0],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': ' 30 ' }, 30_000],
    [{ 'retry-after': '86400' }, 300_000],
    [{ 'retry-after': '-1' }, 0],
    [{ 'retry-after': '1.5' }, 0],
    [{ 'retry-after': 'Mon, 30 Nov 2026 02:00:00 GMT' }, 0],
    [{ 'retry-after': '99999999999999999999' }, 0],
  ])('HTTP 429 with the headers %j pauses %i ms.', (headers, retryAfterMs) => {
    for (const body of [{ code: 20429, message: 'Too Many Requests', status: 429 }, '', { code: 21211 }]) {
      expect(api.classify(response(429, body, headers))).toEqual({ outcome: 'throttled', retryAfterMs });
    }
  });

  test('HTTP 429 with the code of one recipient is a temporary rejection of the message.', () => {
    const body = { code: 14107, message: 'Limit reached' };
    expect(api.classify(response(429, body, { 'retry-after': '9' }))).toEqual({
      outcome: 'rejected',
      permanent: false,
      carrierCode: '14107',
      reason: 'Limit reached',
      code: 'CARRIER_REJECTED',
    });
  });

  test.each([21611, 63018])('HTTP 429 with the code %i of one sender throttles this sender only.', (code) => {
    expect(api.classify(response(429, { code, message: 'Full' }, { 'retry-after': '9' }))).toEqual({
      outcome: 'throttled',
      retryAfterMs: 9_000,
      scope: 'sender',
    });
  });
});

describe('The check of the credentials', () => {
  test.each([
    [200, { status: 'active', type: 'Full' }],
    [200, { messages: [], page_size: 1 }],
    [200, '<html>'],
    [429, { code: 20429 }],
    [500, { code: 20500 }],
    [503, ''],
    [400, { code: 20001, message: 'Unknown parameters' }],
  ])('HTTP %i with %j shows no problem.', (status, body) => {
    expect(api.problem(response(status, body))).toBeUndefined();
  });

  test.each([
    [200, { status: 'suspended' }, /suspended/],
    [200, { status: 'closed' }, /closed/],
    [301, '', /redirect .*Check baseUrl/],
    [401, { code: 20003, message: 'Authenticate' }, /20003.*Check accountSid/],
    [401, '', /HTTP 401/],
    [403, { code: 20008, message: 'Test credentials' }, /20008/],
    [403, { code: 70051, message: 'Authorization Failed' }, /70051/],
    [404, { code: 20404, message: 'Not found' }, /20404/],
    [404, '<html>', /HTTP 404.*Check baseUrl/],
  ])('HTTP %i with %j shows a problem.', (status, body, reason) => {
    expect(api.problem(response(status, body))).toMatch(reason);
  });
});

test.each([
  [21211, 21211],
  ['21211', 21211],
  [0, undefined],
  ['', undefined],
  ['0', undefined],
  ['2121x', undefined],
  ['-1', undefined],
  [1.5, undefined],
  [null, undefined],
  [{}, undefined],
])('The code %j is read as %j.', (value, code) => {
  expect(codeOf(value)).toBe(code);
});

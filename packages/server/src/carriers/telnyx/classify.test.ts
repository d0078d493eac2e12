import type Telnyx from 'telnyx';
import { describe, expect, test } from 'vitest';
import { TELNYX, TELNYX_MESSAGE_ID, TELNYX_PROFILE } from '../../../test/support/telnyx.ts';
import type { SubmitResult } from '../carrier.ts';
import { createTelnyxApi } from './api.ts';
import { CODES, type Meaning } from './codes.ts';

const plain = createTelnyxApi(TELNYX);
const profiled = createTelnyxApi({ ...TELNYX, messagingProfileId: TELNYX_PROFILE });

const respond = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const failed = (code: string, title = 'Title', detail = 'Detail') => {
  const error: Telnyx.MessagingError0b38e7044b = { code, title, detail };
  return { errors: [error] };
};

describe('Response that accepts a message', () => {
  const sent: Telnyx.MessageSendResponse = {
    data: {
      record_type: 'message',
      direction: 'outbound',
      id: TELNYX_MESSAGE_ID,
      type: 'SMS',
      messaging_profile_id: TELNYX_PROFILE,
      from: { phone_number: '+18445550001', carrier: 'TELNYX LLC', line_type: 'VoIP' },
      to: [{ phone_number: '+18665550001', status: 'queued', carrier: 'T-MOBILE USA, INC.', line_type: 'Wireless' }],
      text: 'Hello',
      encoding: 'GSM-7',
      parts: 1,
      errors: [],
    },
  };

  test('The carrier reference is the id of the message.', () => {
    expect(plain.classify(respond(200, sent))).toEqual({ outcome: 'accepted', carrierRef: TELNYX_MESSAGE_ID });
    expect(plain.classify(respond(202, sent))).toEqual({ outcome: 'accepted', carrierRef: TELNYX_MESSAGE_ID });
  });

  test.each<[string, unknown]>([
    ['an empty body', ''],
    ['a truncated body', JSON.stringify(sent).slice(0, 200)],
    ['HTML', '<html></html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no data', {}],
    ['no id', { data: { record_type: 'message' } }],
    ['an empty id', { data: { id: '' } }],
    ['a number as id', { data: { id: 5 } }],
  ])('A response with %s is unknown.', (_, body) => {
    expect(plain.classify(respond(200, body)).outcome).toBe('unknown');
  });
});

/** Meaning of each code. Kept apart from the table in codes.ts, so that a change there fails here. */
const MEANINGS: Record<Meaning, string> = {
  permanent: `10001 10002 10004 10014 10015 10016 20017 40001 40003 40004 40005 40007 40008 40009 40010 40012 40013 40015
    40017 40100 40150 40151 40300 40301 40302 40304 40305 40306 40308 40309 40310 40315 40316 40317 40319 40322 40328 40329`,
  temporary: '40002 40006 40014 40320',
  throttled: '10011',
  busySender: '40011 40016 40018 40318',
  misconfigured: '10003 10005 10009 10010 20002 20006 20012 20013 20014 20015 20016 20100 40311 40313 40314',
  profile: '10006 10017 40312 40321 40333',
  unknown: '10007 10008',
};
const OUTCOMES: Partial<Record<Meaning, SubmitResult['outcome']>> = {
  permanent: 'rejected',
  temporary: 'rejected',
  busySender: 'throttled',
};
const listed = Object.entries(MEANINGS).flatMap(([meaning, codes]) =>
  codes.split(/\s+/).map((code) => [code, meaning as Meaning] as const),
);

describe('Response with an error code', () => {
  test('The table has exactly the codes that are tested, each with its source.', () => {
    expect([...CODES.keys()].sort()).toEqual(listed.map(([code]) => code).sort());
    for (const { source } of CODES.values()) expect(source).toMatch(/^https:\/\/(developers|support)\.telnyx\.com\//);
  });

  test.each(listed)('Code %s is %s.', (code, meaning) => {
    const outcome = OUTCOMES[meaning] ?? meaning;
    for (const status of [400, 403, 422]) {
      const result = plain.classify(respond(status, failed(code)));
      const ofProfile = profiled.classify(respond(status, failed(code)));
      expect(result.outcome).toBe(meaning === 'profile' ? 'rejected' : outcome);
      expect(ofProfile.outcome).toBe(meaning === 'profile' ? 'misconfigured' : outcome);
      if (result.outcome === 'rejected') expect(result.permanent).toBe(meaning === 'permanent');
      if (result.outcome === 'throttled') expect(result.scope).toBe(meaning === 'busySender' ? 'sender' : undefined);
    }
  });

  test.each(listed)('Code %s with HTTP 5xx or 408 is unknown.', (code) => {
    for (const status of [408, 500, 502, 503, 504, 529]) {
      expect(plain.classify(respond(status, failed(code))).outcome).toBe('unknown');
    }
  });

  test.each(listed.filter(([code]) => code !== '40300'))('Code %s with HTTP 409 is unknown.', (code) => {
    expect(plain.classify(respond(409, failed(code))).outcome).toBe('unknown');
  });

  test.each([
    ['40001', 'INVALID_NUMBER'],
    ['40310', 'INVALID_NUMBER'],
    ['40305', 'SENDER_REJECTED'],
    ['40003', 'BLOCKED_BY_CARRIER'],
    ['40008', 'UNDELIVERABLE'],
    ['40317', 'MEDIA_UNSUPPORTED'],
    ['40302', 'CARRIER_REJECTED'],
    ['40999', 'CARRIER_REJECTED'],
    ['99999', 'CARRIER_REJECTED'],
  ])('A rejection with code %s has the failure code %s, and the code and the texts of Telnyx.', (code, failure) => {
    expect(plain.classify(respond(400, failed(code, 'Some title', 'some detail')))).toEqual({
      outcome: 'rejected',
      permanent: true,
      carrierCode: code,
      reason: 'Some title: some detail',
      code: failure,
      ...(failure === 'SENDER_REJECTED' ? { isRouteSpecific: true } : {}),
    });
  });

  test('An invalid number is the one that the pointer names.', () => {
    const at = (pointer: string, code = '10002') => {
      const error: Telnyx.MessagingError0b38e7044b = { code, title: 'Title', source: { pointer } };
      return plain.classify(respond(422, { errors: [error] }));
    };
    expect(at('/to')).toMatchObject({ code: 'INVALID_NUMBER' });
    expect(at('/from')).toMatchObject({ code: 'SENDER_REJECTED' });
    expect(at('/from', '10015')).toMatchObject({ code: 'CARRIER_REJECTED' });
  });

  test('A listed code has priority over codes that are not listed, and a number is read like a string.', () => {
    const errors = [{ code: '31337' }, { title: 'no code' }, null, { code: 40310, title: 'T' }];
    expect(plain.classify(respond(400, { errors }))).toMatchObject({ carrierCode: '40310', reason: 'T' });
    expect(plain.classify(respond(400, { errors: [{ code: '31337' }] }))).toMatchObject({
      reason: 'Telnyx error 31337',
    });
  });
});

describe('Response about a recipient who has opted out', () => {
  const STOP = "Messages cannot be sent from '+18445550001' to '+18665550001' due to an existing block rule.";
  const optedOut = {
    outcome: 'rejected',
    permanent: true,
    carrierCode: '40300',
    reason: `Blocked due to STOP message: ${STOP}`,
    code: 'OPTED_OUT_AT_CARRIER',
  };

  test.each([400, 403, 409, 422])('Code 40300 with HTTP %i is a permanent rejection.', (status) => {
    const response = respond(status, failed('40300', 'Blocked due to STOP message', STOP));
    expect(plain.classify(response)).toEqual(optedOut);
  });

  test('Code 40300 without any text is an opt-out.', () => {
    expect(plain.classify(respond(409, failed('40300', '', '')))).toMatchObject({ code: 'OPTED_OUT_AT_CARRIER' });
  });

  test('Code 40300 for another reason is no opt-out.', () => {
    expect(plain.classify(respond(409, failed('40300', 'Blocked', 'Number is not assigned')))).toMatchObject({
      outcome: 'rejected',
      permanent: true,
      code: 'BLOCKED_BY_CARRIER',
    });
  });

  test('Other conflicts are unknown.', () => {
    expect(plain.classify(respond(409, '')).outcome).toBe('unknown');
    expect(plain.classify(respond(409, failed('10036'))).outcome).toBe('unknown');
  });
});

describe('Response with a code that is not listed', () => {
  test.each([
    [301, 'unknown'],
    [400, 'rejected'],
    [401, 'misconfigured'],
    [402, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [405, 'misconfigured'],
    [408, 'unknown'],
    [409, 'unknown'],
    [415, 'rejected'],
    [422, 'rejected'],
    [429, 'throttled'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('HTTP %i is %s.', (status, outcome) => {
    expect(plain.classify(respond(status, failed('31337'))).outcome).toBe(outcome);
  });

  test('A code of a single message with HTTP 403 does not stop the carrier.', () => {
    expect(plain.classify(respond(403, failed('40399')))).toMatchObject({ outcome: 'rejected', permanent: true });
  });
});

describe('Response that throttles', () => {
  const pause = (headers: Record<string, string>) => {
    const result = plain.classify(respond(429, failed('10011', 'Too many requests'), headers));
    if (result.outcome !== 'throttled') throw new Error(result.outcome);
    return result.retryAfterMs;
  };

  test.each<[Record<string, string>, number]>([
    [{}, 0],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'x-ratelimit-reset': '7' }, 7_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': '2', 'x-ratelimit-reset': '9' }, 2_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', 'x-ratelimit-reset': '4' }, 4_000],
    [{ 'x-ratelimit-reset': '1795996800' }, 60_000],
    [{ 'retry-after': '-1' }, 0],
    [{ 'retry-after': '' }, 0],
    [{ 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0' }, 0],
  ])('The headers %j result in a pause of %i ms.', (headers, ms) => {
    expect(pause(headers)).toBe(ms);
  });

  test('A full queue throttles its sender only, so other senders continue.', () => {
    const full = failed('40318', 'Message queue full', 'Wait before resending');
    expect(plain.classify(respond(429, full, { 'retry-after': '5', 'x-ratelimit-reset': '1' }))).toEqual({
      outcome: 'throttled',
      retryAfterMs: 5_000,
      scope: 'sender',
    });
  });

  test('A spend limit is not throttling, although its status is 429.', () => {
    const response = respond(429, failed('40333', 'Messaging profile spend limit reached', 'Limit'));
    expect(profiled.classify(response)).toEqual({
      outcome: 'misconfigured',
      reason: 'Telnyx returned HTTP 429 with code 40333 (Messaging profile spend limit reached: Limit)',
    });
    expect(plain.classify(response)).toMatchObject({ outcome: 'rejected', permanent: false, code: 'SENDER_REJECTED' });
  });
});

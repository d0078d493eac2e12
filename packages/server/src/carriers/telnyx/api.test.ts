import type Telnyx from 'telnyx';
import { describe, expect, test } from 'vitest';
import { submissionOf } from '../../../test/support/submissions.ts';
import { TELNYX, TELNYX_PROFILE } from '../../../test/support/telnyx.ts';
import type { Submission } from '../carrier.ts';
import { createTelnyxApi } from './api.ts';

const plain = createTelnyxApi(TELNYX);
const profiled = createTelnyxApi({ ...TELNYX, messagingProfileId: TELNYX_PROFILE });

const sms = submissionOf({ from: '+18445550001', to: '+18665550001' });
const context = {
  callbackUrl: 'https://sms.example/carriers/telnyx/callback?ref=msg_A%2F1.0123456789abcdef01234567',
  tag: 'msg_A/1.0123456789abcdef01234567',
};
const file = (name: string) => ({
  hash: 'ab'.repeat(32),
  mimeType: 'image/png',
  byteLength: 1_000,
  fileName: name,
  url: `https://sms.example/media/${name}?signature=1`,
});

describe('Request of a submit', () => {
  const bodyOf = (submission: Partial<Submission>, api = plain): unknown =>
    JSON.parse(api.submit({ ...sms, ...submission }, context).body ?? '');

  test('A submit is one POST with the API key.', () => {
    const { body, ...request } = plain.submit(sms, context);
    expect(plain.baseUrl).toBe('https://api.telnyx.com');
    expect(request).toEqual({
      method: 'POST',
      path: '/v2/messages',
      headers: {
        authorization: 'Bearer KEY_test',
        accept: 'application/json',
        'content-type': 'application/json',
      },
    });
    expect(typeof body).toBe('string');
  });

  test('An SMS has its addresses, its text and the URL for its callbacks.', () => {
    const expected: Telnyx.MessageSendParams = {
      from: '+18445550001',
      to: '+18665550001',
      type: 'SMS',
      text: 'Hello',
      webhook_url: context.callbackUrl,
      use_profile_webhooks: false,
    };
    expect(bodyOf({})).toEqual(expected);
  });

  test('An MMS has the URLs of its files in their order.', () => {
    const expected: Telnyx.MessageSendParams = {
      from: '+18445550001',
      to: '+18665550001',
      type: 'MMS',
      text: 'Look',
      media_urls: ['https://sms.example/media/a.png?signature=1', 'https://sms.example/media/b.png?signature=1'],
      webhook_url: context.callbackUrl,
      use_profile_webhooks: false,
    };
    expect(bodyOf({ messageType: 'MMS', text: 'Look', media: [file('a.png'), file('b.png')] })).toEqual(expected);
  });

  test('An MMS without a text has no text field.', () => {
    for (const text of [null, '']) {
      const body = bodyOf({ messageType: 'MMS', text, encoding: null, media: [file('a.png')] });
      expect(body).not.toHaveProperty('text');
    }
  });

  test('A submit names the messaging profile of the settings.', () => {
    expect(bodyOf({}, profiled)).toHaveProperty('messaging_profile_id', TELNYX_PROFILE);
    expect(bodyOf({})).not.toHaveProperty('messaging_profile_id');
  });

  test('Repeated submits of a message are the same.', () => {
    expect(plain.submit(sms, context)).toEqual(plain.submit(sms, context));
  });
});

const respond = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const failed = (code: string, title = 'Title', detail = 'Detail') => {
  const error: Telnyx.MessagingError0b38e7044b = { code, title, detail };
  return { errors: [error] };
};

describe('Check of the settings', () => {
  test('The check reads the balance, or the messaging profile.', () => {
    const headers = { authorization: 'Bearer KEY_test', accept: 'application/json' };
    expect(plain.check()).toEqual({ method: 'GET', path: '/v2/balance', headers });
    expect(profiled.check()).toEqual({ method: 'GET', path: `/v2/messaging_profiles/${TELNYX_PROFILE}`, headers });
    const odd = createTelnyxApi({ ...TELNYX, messagingProfileId: '../a b?' });
    expect(odd.check().path).toBe('/v2/messaging_profiles/..%2Fa%20b%3F');
  });

  test('A readable balance or an enabled profile is no problem.', () => {
    const balance: Telnyx.BalanceRetrieveResponse = {
      data: { record_type: 'balance', balance: '300.00', currency: 'USD' },
    };
    const profile: Telnyx.MessagingProfileRetrieveResponse = { data: { id: TELNYX_PROFILE, enabled: true } };
    expect(plain.problem(respond(200, balance))).toBeUndefined();
    expect(profiled.problem(respond(200, profile))).toBeUndefined();
  });

  test('A disabled profile is a problem.', () => {
    const profile: Telnyx.MessagingProfileRetrieveResponse = { data: { id: TELNYX_PROFILE, enabled: false } };
    expect(profiled.problem(respond(200, profile))).toBe(
      `The messaging profile ${TELNYX_PROFILE} is disabled. Enable it at Telnyx`,
    );
  });

  test.each([
    [401, failed('10009', 'Authentication failed', 'No key')],
    [401, ''],
    [403, failed('20013', 'Account blocked')],
    [404, failed('10005', 'Resource not found')],
    [404, '<html></html>'],
    [422, failed('10006', 'Invalid ID')],
  ])('HTTP %i with %j is a problem.', (status, body) => {
    expect(profiled.problem(respond(status, body))).toMatch(`Telnyx returned HTTP ${status}`);
  });

  test('The problem names the code and the texts of Telnyx.', () => {
    expect(plain.problem(respond(401, failed('10009', 'Authentication failed', 'No key')))).toBe(
      'Telnyx returned HTTP 401 with code 10009 (Authentication failed: No key)',
    );
  });

  test.each([
    [403, failed('10010', 'Authorization failed')],
    [403, ''],
    [408, ''],
    [422, failed('10015')],
    [429, failed('10011')],
    [500, failed('10009')],
    [503, ''],
  ])('HTTP %i with %j shows no problem.', (status, body) => {
    expect(plain.problem(respond(status, body))).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { BANDWIDTH, BANDWIDTH_OAUTH } from '../../../test/support/bandwidth.ts';
import { authorization, basic, createTokenApi } from './token.ts';

const NOW = 1_000_000;
function read(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return createTokenApi(BANDWIDTH_OAUTH)?.read({ status, headers: {}, body: text }, NOW);
}
const tokenUntil = (seconds: number) => ({
  kind: 'token',
  token: { value: 'abc', renewAt: NOW + seconds * 1000 },
});

describe('token request', () => {
  test('A token request has the credentials of the client, and the form of the client credentials grant.', () => {
    expect(createTokenApi(BANDWIDTH_OAUTH)?.baseUrl).toBe('https://api.bandwidth.com');
    expect(createTokenApi(BANDWIDTH_OAUTH)?.request()).toEqual({
      method: 'POST',
      path: '/api/v1/oauth2/token',
      headers: {
        accept: 'application/json',
        authorization: 'Basic aWQ6c2VjcmV0',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
  });

  test('A token request goes to `baseUrl` if it is set.', () => {
    expect(createTokenApi({ ...BANDWIDTH_OAUTH, baseUrl: 'http://127.0.0.1:4010' })?.baseUrl).toBe(
      'http://127.0.0.1:4010',
    );
  });

  test('A token request does not exist with Basic authentication.', () => {
    expect(createTokenApi(BANDWIDTH)).toBeUndefined();
  });
});

describe('token response', () => {
  test.each([
    ['an hour', 3_600, 3_540],
    ['two minutes', 120, 60],
    ['30 seconds', 30, 15],
    ['a lifetime in quotes', '3600', 3_540],
    ['no lifetime', undefined, 240],
    ['a negative lifetime', -1, 240],
    ['years', 1e9, 86_340],
  ])('A token with %s is renewed before its expiry.', (_name, lifetime, seconds) => {
    expect(read(200, { access_token: 'abc', token_type: 'Bearer', expires_in: lifetime })).toEqual(tokenUntil(seconds));
  });

  test.each([
    ['200 without a token', 200, {}, 'unavailable'],
    ['200 with a token that is no header value', 200, { access_token: 'a\r\nb' }, 'unavailable'],
    ['200 of a proxy', 200, '<html>', 'unavailable'],
    ['400', 400, { error: 'invalid_client' }, 'refused'],
    ['401', 401, '', 'refused'],
    ['403', 403, { type: 'forbidden', description: 'Access Denied' }, 'refused'],
    ['429', 429, '', 'unavailable'],
    ['500', 500, '', 'unavailable'],
  ])('The response %s to a token request yields no token.', (_name, status, body, kind) => {
    expect(read(status, body)).toEqual({ kind, reason: expect.stringContaining(String(status)) });
  });

  test('A refused token request has the error of Bandwidth as its reason.', () => {
    const body = { error: 'invalid_client', error_description: 'Client authentication failed' };
    expect(read(401, body)).toEqual({ kind: 'refused', reason: 'token request: 401 Client authentication failed' });
  });
});

describe('authorization', () => {
  const token = { value: 'abc', renewAt: NOW };

  test('The Authorization header has the user, or the token.', () => {
    expect(authorization(BANDWIDTH)).toBe('Basic dXNlcjpwYXNz');
    expect(authorization(BANDWIDTH_OAUTH, token)).toBe('Bearer abc');
    expect(authorization(BANDWIDTH_OAUTH)).toBeUndefined();
  });

  test('The Authorization header encodes credentials in UTF-8.', () => {
    expect(basic('ü', 'ß')).toBe(`Basic ${Buffer.from('ü:ß').toString('base64')}`);
  });
});

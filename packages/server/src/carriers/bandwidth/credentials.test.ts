// @module-tag sized

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BANDWIDTH, BANDWIDTH_OAUTH } from '../../../test/support/bandwidth.ts';
import { sized } from '../../../test/support/thorough.ts';
import { createBandwidthCallbacks } from './callbacks.ts';
import { basic } from './token.ts';

function verify(authorization?: string, settings = BANDWIDTH, body = '[]') {
  const url = 'https://sms.example/carriers/band/callback';
  const request = { url, query: new URLSearchParams(), headers: { authorization }, rawBody: Buffer.from(body) };
  return createBandwidthCallbacks(settings).verify(request, 0);
}
const RIGHT = basic('callback', 'secret');

describe('credentials', () => {
  test('The credentials of a callback are valid if they are those of the application.', () => {
    expect(verify(RIGHT)).toBe('valid');
    expect(verify(RIGHT.replace('Basic ', 'basic  '))).toBe('valid');
  });

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme only', 'Basic'],
    ['the scheme and a space', 'Basic '],
    ['no scheme', RIGHT.slice('Basic '.length)],
    ['another scheme', RIGHT.replace('Basic', 'Bearer')],
    ['the credentials of the API', basic('user', 'pass')],
    ['another user', basic('Callback', 'secret')],
    ['a prefix of the password', basic('callback', 'secre')],
    ['a longer password', basic('callback', 'secrets')],
    ['the colon elsewhere', basic('callbac', 'k:secret')],
    ['more text', `${RIGHT} x`],
  ])('The credentials of a callback are refused with %s.', (_name, authorization) => {
    expect(verify(authorization)).toBe('unauthenticated');
  });

  test('The credentials of a callback are valid for any user and password, and no others are valid.', () => {
    const user = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !text.includes(':'));
    const password = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(user, password, user, password, (callbackUsername, callbackPassword, otherUser, otherPassword) => {
        const settings = { ...BANDWIDTH, callbackUsername, callbackPassword };
        expect(verify(basic(callbackUsername, callbackPassword), settings)).toBe('valid');
        const isSame = otherUser === callbackUsername && otherPassword === callbackPassword;
        expect(verify(basic(otherUser, otherPassword), settings)).toBe(isSame ? 'valid' : 'unauthenticated');
      }),
      { numRuns: sized(200) },
    );
  });

  test('The credentials of a callback are refused after a change of one bit, also in their encoding.', () => {
    const flipped = (bytes: Buffer, bit: number) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return changed;
    };
    const plain = Buffer.from('callback:secret');
    for (let bit = 0; bit < plain.length * 8; bit++) {
      expect(verify(`Basic ${flipped(plain, bit).toString('base64')}`)).toBe('unauthenticated');
    }
    const encoded = Buffer.from(plain.toString('base64'));
    for (let bit = 0; bit < encoded.length * 8; bit++) {
      expect(verify(`Basic ${flipped(encoded, bit).toString('latin1')}`)).toBe('unauthenticated');
    }
  });

  test('The credentials of a callback are checked before the body is interpreted.', () => {
    expect(verify(RIGHT, BANDWIDTH, 'no JSON')).toBe('valid');
    expect(verify(undefined, BANDWIDTH, 'no JSON')).toBe('unauthenticated');
  });
});

describe('media', () => {
  test('A request for media has the credentials of the API, not those of callbacks.', () => {
    expect(createBandwidthCallbacks(BANDWIDTH).mediaHeaders()).toEqual({ authorization: 'Basic dXNlcjpwYXNz' });
  });

  test('A request for media has the access token with OAuth 2.', () => {
    const { mediaHeaders } = createBandwidthCallbacks(BANDWIDTH_OAUTH);
    expect(mediaHeaders({ value: 'abc', renewAt: 0 })).toEqual({ authorization: 'Bearer abc' });
    expect(mediaHeaders()).toEqual({});
  });
});

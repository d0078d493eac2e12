import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, test } from 'vitest';
import { signatureHeaders } from './sign.ts';

const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
const body = fc.oneof(fc.json(), fc.string({ unit: 'grapheme' }));
const alone = (current: string) => ({ current, former: undefined });
const now = () => Math.floor(Date.now() / 1000);

describe('The headers of a webhook', () => {
  test('The headers match known values.', () => {
    // printf '1700000000.{"type":"message.sent"}' | openssl dgst -sha256 -hmac "$SECRET"
    // printf 'evt_1.1700000000.{"type":"message.sent"}' | openssl dgst -sha256 -hmac "$DECODED" -binary | base64
    expect(signatureHeaders(alone(SECRET), 'evt_1', 1_700_000_000, '{"type":"message.sent"}')).toEqual({
      'x-redcloud-timestamp': '1700000000',
      'x-redcloud-signature': '53e7974fe3b3cb27d1c810c98577adb30425d1fb77f11d5b8fdc2dd2bd35159e',
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': 'v1,Lqn/0Op7N5uinkzNnuO6ZmFE2OG9MdHmQgHzapnJvTc=',
    });
  });

  describe.each([
    ['standardwebhooks', Webhook],
    ['svix', SvixWebhook],
  ])('Verification by the package %s', (_, Library) => {
    test('The headers of a webhook verify.', () => {
      fc.assert(
        fc.property(secret, fc.json(), (key, text) => {
          const headers = signatureHeaders(alone(key), 'evt_1', now(), text);
          expect(() => new Library(key).verify(text, headers)).not.toThrow();
        }),
      );
    });

    test('An old or a future timestamp does not verify.', () => {
      for (const seconds of [-310, 310]) {
        const headers = signatureHeaders(alone(SECRET), 'evt_1', now() + seconds, '{}');
        expect(() => new Library(SECRET).verify('{}', headers)).toThrow(/timestamp/i);
      }
    });

    test('Another body, id, time or secret does not verify.', () => {
      const at = now();
      const headers = signatureHeaders(alone(SECRET), 'evt_1', at, '{"a":1}');
      const verify = (key: string, text: string, changes: Record<string, string> = {}) =>
        new Library(key).verify(text, { ...headers, ...changes });
      expect(() => verify(SECRET, '{"a":1}')).not.toThrow();
      expect(() => verify(SECRET, '{"a":2}')).toThrow();
      expect(() => verify(SECRET, '{"a":1}', { 'webhook-id': 'evt_2' })).toThrow();
      expect(() => verify(SECRET, '{"a":1}', { 'webhook-timestamp': String(at + 1) })).toThrow();
      expect(() => verify(`whsec_${randomBytes(24).toString('base64')}`, '{"a":1}')).toThrow();
    });
  });

  test('X-RedCloud-Signature is the lower-case hex HMAC-SHA256 of timestamp.body, keyed with all bytes of the secret.', () => {
    fc.assert(
      fc.property(secret, body, fc.nat(), (key, text, seconds) => {
        const headers = signatureHeaders(alone(key), 'evt_1', seconds, text);
        const expected = createHmac('sha256', Buffer.from(key, 'utf8'))
          .update(Buffer.from(`${headers['x-redcloud-timestamp']}.${text}`, 'utf8'))
          .digest('hex');
        expect(headers['x-redcloud-signature']).toBe(expected);
        expect(headers['x-redcloud-timestamp']).toBe(String(seconds));
      }),
    );
  });

  test('The headers do not depend on secrets that were used before.', () => {
    const others = Array.from({ length: 5 }, (_, i) => `whsec_${Buffer.alloc(24, i).toString('base64')}`);
    const sign = (key: string) => signatureHeaders(alone(key), 'evt_1', 1, 'x')['webhook-signature'];
    const first = others.map(sign);
    expect(new Set(first).size).toBe(5);
    expect(others.map(sign)).toEqual(first);
  });

  test('While two secrets sign, the headers verify with either secret, and X-RedCloud-Signature with the old one.', () => {
    fc.assert(
      fc.property(secret, secret, secret, fc.json(), (current, former, other, text) => {
        fc.pre(new Set([current, former, other]).size === 3);
        const headers = signatureHeaders({ current, former }, 'evt_1', now(), text);
        for (const key of [current, former]) expect(new Webhook(key).verify(text, headers)).toEqual(JSON.parse(text));
        expect(() => new Webhook(other).verify(text, headers)).toThrow();
        const old = signatureHeaders(alone(former), 'evt_1', Number(headers['x-redcloud-timestamp']), text);
        expect(headers['x-redcloud-signature']).toBe(old['x-redcloud-signature']);
      }),
    );
  });

  test('The signature of the new secret comes first.', () => {
    const fresh = 'whsec_bmV3LXdlYmhvb2stc2VjcmV0LTEyMw==';
    const both = signatureHeaders({ current: fresh, former: SECRET }, 'evt_1', 1, 'x')['webhook-signature'];
    const each = [fresh, SECRET].map((key) => signatureHeaders(alone(key), 'evt_1', 1, 'x')['webhook-signature']);
    expect(both).toBe(each.join(' '));
  });
});

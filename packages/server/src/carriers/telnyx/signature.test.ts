// @module-tag sized

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import Telnyx from 'telnyx';
import { describe, expect, test } from 'vitest';
import { TELNYX, TELNYX_MESSAGE_ID } from '../../../test/support/telnyx.ts';
import { sized } from '../../../test/support/thorough.ts';
import type { CallbackRequest } from '../callbacks.ts';
import { createTelnyxCallbacks } from './callbacks.ts';

function keyPair(): { publicKey: string; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string };
  return { publicKey: Buffer.from(x, 'base64url').toString('base64'), privateKey };
}

function callbacksFor(publicKey: string) {
  return createTelnyxCallbacks({ ...TELNYX, publicKey });
}

function request(body: string | Buffer, headers: Record<string, string | undefined>): CallbackRequest {
  const url = new URL('https://sms.example/carriers/telnyx/callback?ref=msg_A%2F1.0123456789abcdef01234567');
  return { url: url.href, query: url.searchParams, headers, rawBody: Buffer.from(body) };
}

const pair = keyPair();
const callbacks = callbacksFor(pair.publicKey);

describe('Signature of a callback', () => {
  const NOW = 1_795_996_800_000;
  const SECONDS = NOW / 1000;

  const signatureOf = (body: Buffer, timestamp: string, key = pair.privateKey) =>
    sign(null, Buffer.concat([Buffer.from(`${timestamp}|`), body]), key).toString('base64');
  const headersOf = (signature: string, timestamp: string) => ({
    'telnyx-signature-ed25519': signature,
    'telnyx-timestamp': timestamp,
  });
  const signed = (body: string, timestamp = String(SECONDS), key = pair.privateKey) =>
    request(body, headersOf(signatureOf(Buffer.from(body), timestamp, key), timestamp));

  test('A callback that the official SDK accepts is valid.', async () => {
    const client = new Telnyx({ apiKey: 'KEY_test' });
    const skew = fc.integer({ min: -290, max: 290 });
    await fc.assert(
      fc.asyncProperty(fc.json(), skew, async (body, seconds) => {
        const { publicKey, privateKey } = keyPair();
        const now = Date.now();
        const callback = signed(body, String(Math.floor(now / 1000) + seconds), privateKey);
        const headers = callback.headers as Record<string, string>;
        await client.webhooks.unwrap(body, { headers, key: publicKey });
        expect(callbacksFor(publicKey).verify(callback, now)).toBe('valid');
        expect(callbacks.verify(callback, now)).toBe('invalid');
      }),
      { numRuns: sized(400) },
    );
  });

  const flipped = (bytes: Buffer, bit: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return copy;
  };
  const eachFlip = (text: string) => {
    const bytes = Buffer.from(text, 'latin1');
    return Array.from({ length: bytes.length * 8 }, (_, bit) => flipped(bytes, bit));
  };

  test('A callback with one changed bit in its body, signature or timestamp is invalid.', () => {
    const body = JSON.stringify({ data: { event_type: 'message.sent', payload: { id: TELNYX_MESSAGE_ID } } });
    const timestamp = String(SECONDS);
    const signature = signatureOf(Buffer.from(body), timestamp);
    const verify = (bytes: string | Buffer, header: string, time: string) =>
      callbacks.verify(request(bytes, headersOf(header, time)), NOW);

    expect(verify(body, signature, timestamp)).toBe('valid');
    for (const changed of eachFlip(body)) expect(verify(changed, signature, timestamp)).toBe('invalid');
    for (const changed of eachFlip(signature)) {
      expect(verify(body, changed.toString('latin1'), timestamp)).toBe('invalid');
    }
    for (const changed of eachFlip(timestamp)) {
      expect(verify(body, signature, changed.toString('latin1'))).toBe('invalid');
    }
  });

  test('A callback with any body is valid, and invalid with one changed bit.', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.nat(),
        fc.nat({ max: 511 }),
        (bytes, bit, other) => {
          const body = Buffer.from(bytes);
          const timestamp = String(SECONDS);
          const signature = signatureOf(body, timestamp);
          const verify = (changed: Buffer, header: string) =>
            callbacks.verify(request(changed, headersOf(header, timestamp)), NOW);
          const wrong = flipped(Buffer.from(signature, 'base64'), other).toString('base64');
          expect(verify(body, signature)).toBe('valid');
          expect(verify(flipped(body, bit % (body.length * 8)), signature)).toBe('invalid');
          expect(verify(body, wrong)).toBe('invalid');
        },
      ),
      { numRuns: sized(1_000) },
    );
  });

  test.each([
    [-301, 'invalid'],
    [-300, 'valid'],
    [0, 'valid'],
    [300, 'valid'],
    [301, 'invalid'],
    [-86_400, 'invalid'],
    [1e9, 'invalid'],
  ])('A callback that was signed %i s from now is %s.', (seconds, expected) => {
    const callback = signed('{}', String(SECONDS + seconds));
    expect(callbacks.verify(callback, NOW)).toBe(expected);
    expect(callbacks.verify(callback, NOW + 999)).toBe(expected);
  });

  test('A callback without a signature or a timestamp is invalid.', () => {
    const { headers } = signed('{}');
    expect(callbacks.verify(request('{}', headers), NOW)).toBe('valid');
    for (const name of Object.keys(headers)) {
      const fewer = Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
      expect(callbacks.verify(request('{}', fewer), NOW)).toBe('invalid');
      expect(callbacks.verify(request('{}', { ...fewer, [name]: '' }), NOW)).toBe('invalid');
    }
  });

  test.each([
    '1795996800.0',
    ' 1795996800',
    '1795996800 ',
    '+1795996800',
    '0x6b0c4a00',
    'NaN',
    '-1',
    '',
    '1'.repeat(400),
  ])('The timestamp "%s" is invalid, although it is signed.', (timestamp) => {
    expect(callbacks.verify(signed('{}', timestamp), NOW)).toBe('invalid');
  });

  test('Only the canonical base64 of a signature is valid.', () => {
    const timestamp = String(SECONDS);
    const signature = signatureOf(Buffer.from('{}'), timestamp);
    const bytes = Buffer.from(signature, 'base64');
    const last = signature.at(-3) as string;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const twin = `${signature.slice(0, -3)}${alphabet[alphabet.indexOf(last) + 1]}==`;
    expect(Buffer.from(twin, 'base64')).toEqual(bytes);
    const others = [
      twin,
      signature.slice(0, -1),
      signature.slice(0, -2),
      `${signature} `,
      ` ${signature}`,
      bytes.toString('hex'),
    ];
    for (const other of others)
      expect(callbacks.verify(request('{}', headersOf(other, timestamp)), NOW)).toBe('invalid');
  });
});

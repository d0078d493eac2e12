// @module-tag sized

import fc from 'fast-check';
import { getExpectedBodyHash, getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { sized } from '../../../test/support/thorough.ts';
import type { CallbackRequest } from '../callbacks.ts';
import { type SigningSecrets, verifySignature } from './signature.ts';

const AUTH_TOKEN = 'the-secret-of-the-account';
const SHARED_KEY_SECRET = 'the-secret-of-the-key';
const SECRETS = { authToken: AUTH_TOKEN, sharedKeySecret: SHARED_KEY_SECRET };
const URL = 'https://sms.example.com/carriers/us/callback?ref=msg_A%2F1.00ff00ff00ff00ff00ff00ff';
const SHARED_KEY = 'key=webhooks_sharedkey_1,algorithm=HMAC_SHA256';

type Algorithm = 'HMAC_SHA1' | 'HMAC_SHA256';
type Pairs = readonly (readonly [string, string])[];

interface Changes {
  url?: string;
  body?: string | Buffer;
  signature?: string;
  settings?: string;
}

function request({ url = URL, body = '', signature, settings }: Changes): CallbackRequest {
  const query = new URLSearchParams(url.split('?').slice(1).join('?').split('#')[0]);
  const headers = { 'x-twilio-signature': signature, 'x-twilio-webhooks-signature-settings': settings };
  return { url, query, headers, rawBody: Buffer.from(body as string) };
}

function bodyOf(pairs: Pairs): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Parameters as a web framework passes them to the SDK: a repeated name has a list of values. */
function parametersOf(pairs: Pairs): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const others = parameters[name];
    parameters[name] = others === undefined ? value : [others, value].flat();
  }
  return parameters;
}

const names = fc.oneof(fc.constantFrom('Body', 'From', 'To', 'MessageSid'), fc.string({ minLength: 1, maxLength: 4 }));
const values = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 4 }));
const forms = fc.array(fc.tuple(names, values), { maxLength: 5 });
const algorithms = fc.constantFrom<Algorithm>('HMAC_SHA1', 'HMAC_SHA256');
const urls = fc.constantFrom(
  URL,
  'https://sms.example.com/carriers/us/callback',
  'https://sms.example.com:8443/carriers/us/callback?ref=a',
  'http://127.0.0.1:3000/carriers/us/callback?ref=a',
  'http://[::1]:3000/carriers/us/callback?ref=a',
  'https://user:pass@sms.example.com/callback',
);

/** Request that the SDK of Twilio has signed. */
function signedBySdk(url: string, pairs: Pairs, algorithm: Algorithm): Required<Changes> {
  const signature = getExpectedTwilioSignature(secretOf(algorithm), url, parametersOf(pairs), algorithm);
  return { url, body: bodyOf(pairs), signature, settings: algorithm === 'HMAC_SHA1' ? '' : SHARED_KEY };
}

/** Secret with which the tests sign. */
function secretOf(algorithm: Algorithm): string {
  return algorithm === 'HMAC_SHA1' ? AUTH_TOKEN : SHARED_KEY_SECRET;
}

function isSigned(callback: CallbackRequest, secrets: SigningSecrets = SECRETS): boolean {
  return verifySignature(callback, secrets) === 'valid';
}

/** All strings or bytes that differ from `value` in one bit. */
function* oneBitOff(value: string): Generator<Buffer> {
  const bytes = Buffer.from(value, 'latin1');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    yield changed;
  }
}

describe('Signatures of forms', () => {
  test('The example in the documentation of Twilio is valid.', () => {
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const body = bodyOf([
      ['CallSid', 'CA1234567890ABCDE'],
      ['From', '+12349013030'],
      ['To', '+18005551212'],
      ['Caller', '+12349013030'],
      ['Digits', '1234'],
    ]);
    expect(isSigned(request({ url, body, signature: '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' }), { authToken: '12345' })).toBe(
      true,
    );
  });

  test('Every form that the SDK of Twilio signs is valid, and only with its own secret.', () => {
    fc.assert(
      fc.property(urls, forms, algorithms, (url, pairs, algorithm) => {
        const signed = request(signedBySdk(url, pairs, algorithm));
        expect(isSigned(signed)).toBe(true);
        const isByToken = algorithm === 'HMAC_SHA1';
        expect(isSigned(signed, { ...SECRETS, authToken: `${AUTH_TOKEN}.` })).toBe(!isByToken);
        expect(isSigned(signed, { ...SECRETS, sharedKeySecret: `${SHARED_KEY_SECRET}.` })).toBe(isByToken);
        expect(isSigned(signed, { authToken: SHARED_KEY_SECRET, sharedKeySecret: AUTH_TOKEN })).toBe(false);
      }),
      { numRuns: sized(2_000) },
    );
  });

  test('Every change of one bit of the body is invalid, unless both bodies are the same form.', () => {
    fc.assert(
      fc.property(forms, algorithms, (pairs, algorithm) => {
        const signed = signedBySdk(URL, pairs, algorithm);
        const original = JSON.stringify([...new URLSearchParams(String(signed.body))]);
        for (const body of oneBitOff(String(signed.body))) {
          // `%2B` and `%2b` are the same character.
          const isSame = JSON.stringify([...new URLSearchParams(body.toString('utf8'))]) === original;
          expect(isSigned(request({ ...signed, body }))).toBe(isSame);
        }
      }),
      { numRuns: sized(60) },
    );
  });

  test('Every change of one bit of the signature is invalid.', () => {
    fc.assert(
      fc.property(forms, algorithms, (pairs, algorithm) => {
        const signed = signedBySdk(URL, pairs, algorithm);
        for (const changed of oneBitOff(signed.signature)) {
          expect(isSigned(request({ ...signed, signature: changed.toString('latin1') }))).toBe(false);
        }
      }),
      { numRuns: sized(60) },
    );
  });

  test('Every change of one bit of the URL is invalid.', () => {
    fc.assert(
      fc.property(urls, forms, algorithms, (url, pairs, algorithm) => {
        const signed = signedBySdk(url, pairs, algorithm);
        for (const changed of oneBitOff(url)) {
          expect(isSigned(request({ ...signed, url: changed.toString('latin1') }))).toBe(false);
        }
      }),
      { numRuns: sized(60) },
    );
  });

  test('A request that is valid here is valid for the SDK of Twilio.', () => {
    const changes = fc.constantFrom('', ' ', '=', '&a=1', '&Body=x', '%41');
    fc.assert(
      fc.property(urls, forms, algorithms, changes, (url, pairs, algorithm, change) => {
        const signed = signedBySdk(url, pairs, algorithm);
        const body = `${signed.body}${change}`;
        const parameters = parametersOf([...new URLSearchParams(body)]);
        const bySdk = validateRequest(secretOf(algorithm), signed.signature, url, parameters, algorithm);
        expect(isSigned(request({ ...signed, body }))).toBe(bySdk);
      }),
      { numRuns: sized(1_000) },
    );
  });

  test.each([
    ['A', ['a=2&a=1', 'a=1&a=2']],
    ['A repeated', ['a=1&a=1', 'a=1']],
  ])('%s parameter with several values is signed once for each value, in any order.', (_name, bodies) => {
    const pairs = [...new URLSearchParams(bodies[0])];
    const { signature } = signedBySdk(URL, pairs, 'HMAC_SHA1');
    for (const body of bodies) expect(isSigned(request({ body, signature }))).toBe(true);
  });
});

describe('Headers of signatures', () => {
  const pairs: Pairs = [['Body', 'Hello']];
  const signed = signedBySdk(URL, pairs, 'HMAC_SHA256');

  test.each([
    [SHARED_KEY, true],
    ['algorithm=HMAC_SHA256', true],
    ['key=k, algorithm = hmac_sha256 ', true],
    ['key=k,algorithm=HMAC_SHA1', false],
    ['key=k,algorithm=HMAC_MD5', false],
    ['key=k,algorithm=constructor', false],
    ['key=k', false],
    ['', false],
    [undefined, false],
  ])('With the settings %j, a signature of the SharedKey with HMAC-SHA256 is valid: %j.', (settings, isValid) => {
    expect(isSigned(request({ ...signed, settings: settings ?? '' }))).toBe(isValid);
  });

  test.each(['key=k,algorithm=HMAC_SHA1', 'key=k'])(
    'With the settings %j, a signature with HMAC-SHA1 is valid for the SharedKey only.',
    (settings) => {
      const sign = (secret: string) =>
        request({
          body: signed.body,
          settings,
          signature: getExpectedTwilioSignature(secret, URL, parametersOf(pairs)),
        });
      expect(isSigned(sign(SHARED_KEY_SECRET))).toBe(true);
      expect(isSigned(sign(AUTH_TOKEN))).toBe(false);
    },
  );

  test('The auth token does not verify HMAC-SHA256.', () => {
    const signature = getExpectedTwilioSignature(AUTH_TOKEN, URL, parametersOf(pairs), 'HMAC_SHA256');
    for (const settings of [SHARED_KEY, '']) {
      expect(isSigned(request({ ...signed, signature, settings }))).toBe(false);
    }
  });

  test('Without the secret of a SharedKey, its callbacks are refused with a reason, and others are valid.', () => {
    const secrets = { authToken: AUTH_TOKEN, sharedKeySecret: undefined };
    expect(verifySignature(request(signed), secrets)).toBe('sharedKeySecret is not set');
    expect(verifySignature(request(signedBySdk(URL, pairs, 'HMAC_SHA1')), secrets)).toBe('valid');
  });

  test('A request without a signature is invalid.', () => {
    const { signature: _, ...unsigned } = signed;
    expect(isSigned(request(unsigned))).toBe(false);
    expect(isSigned(request({ ...signed, signature: '' }))).toBe(false);
  });
});

describe('Ports of signed URLs', () => {
  test.each([
    ['https://sms.example.com/c?a=1', 'https://sms.example.com:443/c?a=1', true],
    ['https://sms.example.com:443/c?a=1', 'https://sms.example.com/c?a=1', true],
    ['http://sms.example.com/c', 'http://sms.example.com:80/c', true],
    ['https://sms.example.com:8443/c', 'https://sms.example.com/c', true],
    ['https://sms.example.com/c', 'https://sms.example.com:8443/c', false],
    ['https://sms.example.com/c', 'http://sms.example.com/c', false],
    ['https://sms.example.com:8443/c', 'https://sms.example.com:8444/c', false],
    ['https://[::1]:3000/c', 'https://[::1]/c', true],
    ['not a URL', 'not a URL', true],
  ])('A callback to %s with a signature for %s is valid: %j.', (url, signedUrl, isValid) => {
    const { signature } = signedBySdk(signedUrl, [['Body', 'Hello']], 'HMAC_SHA1');
    expect(isSigned(request({ url, body: 'Body=Hello', signature }))).toBe(isValid);
  });
});

describe('Signatures of other bodies', () => {
  const json = '{"MessageSid":"SM1","Body":"Zoë"}';

  function signedJson(body: string, algorithm: Algorithm): Required<Changes> {
    const url = `${URL}&bodySHA256=${getExpectedBodyHash(body)}`;
    return { ...signedBySdk(url, [], algorithm), body };
  }

  test('A JSON body with its hash in the URL is valid, and every change of one bit is invalid.', () => {
    for (const algorithm of ['HMAC_SHA1', 'HMAC_SHA256'] as const) {
      const signed = signedJson(json, algorithm);
      expect(isSigned(request(signed))).toBe(true);
      for (const changed of oneBitOff(Buffer.from(json).toString('latin1'))) {
        expect(isSigned(request({ ...signed, body: changed }))).toBe(false);
      }
      for (const changed of oneBitOff(signed.url)) {
        expect(isSigned(request({ ...signed, url: changed.toString('latin1') }))).toBe(false);
      }
    }
  });

  test('A JSON body without a hash in the URL is invalid.', () => {
    expect(isSigned(request({ ...signedBySdk(URL, [], 'HMAC_SHA1'), body: json }))).toBe(false);
  });
});

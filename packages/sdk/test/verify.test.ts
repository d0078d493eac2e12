import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { signatureHeaders } from '../../server/src/webhooks/delivery/sign.ts';
import { SignatureError, webhooks } from '../src/index.ts';
import { signForTest } from '../src/testing.ts';
import { EVENT, OTHER_SECRET, SECRET } from './event.ts';

const AT = Date.parse('2026-11-25T12:00:00Z');
const now = () => AT;
const SIGNING = { current: SECRET, former: undefined };
const REDCLOUD = ['x-redcloud-timestamp', 'x-redcloud-signature'];
const STANDARD = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

const only = (headers: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));

const fault = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error) => {
      if (error instanceof SignatureError) return error.fault;
      throw error;
    },
  );

const signed = () => signForTest(EVENT, SECRET, { at: AT });

describe('a webhook that the server signed', () => {
  const body = JSON.stringify(EVENT);
  const headers = signatureHeaders(SIGNING, EVENT.eventId, AT / 1000, body);

  test.each([
    ['both schemes', { ...headers }],
    ['X-RedCloud-* alone', only(headers, REDCLOUD)],
    ['Standard Webhooks alone', only(headers, STANDARD)],
    ['Headers', new Headers(headers)],
    [
      'names in any case',
      {
        'X-RedCloud-Timestamp': headers['x-redcloud-timestamp'],
        'X-REDCLOUD-SIGNATURE': headers['x-redcloud-signature'],
      },
    ],
    [
      'values in lists, as some frameworks have them',
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ],
  ])('Verification succeeds with %s.', async (_name, given) => {
    expect(await webhooks.verify(body, given, SECRET, { now })).toEqual(EVENT);
    expect(await webhooks.verify(new TextEncoder().encode(body), given, SECRET, { now })).toEqual(EVENT);
  });

  test('Verification succeeds with several signatures in one header, in any order.', async () => {
    const other = signatureHeaders({ current: OTHER_SECRET, former: undefined }, EVENT.eventId, AT / 1000, body)[
      'webhook-signature'
    ];
    const both = { ...only(headers, STANDARD), 'webhook-signature': `v2,x ${other} ${headers['webhook-signature']}` };
    expect(await fault(webhooks.verify(body, both, SECRET, { now }))).toBe('none');
    expect(await fault(webhooks.verify(body, both, OTHER_SECRET, { now }))).toBe('none');
  });

  test('During a rotation, receivers with either secret or both secrets verify the webhook.', async () => {
    const rotating = signatureHeaders({ current: OTHER_SECRET, former: SECRET }, EVENT.eventId, AT / 1000, body);
    for (const secrets of [SECRET, OTHER_SECRET, [SECRET, OTHER_SECRET]]) {
      expect(await fault(webhooks.verify(body, rotating, secrets, { now }))).toBe('none');
    }
  });

  test('A webhook is verified if any given secret matches.', async () => {
    expect(await fault(webhooks.verify(body, headers, [OTHER_SECRET, SECRET], { now }))).toBe('none');
    expect(await fault(webhooks.verify(body, headers, [OTHER_SECRET], { now }))).toBe('mismatch');
  });
});

test.each<[string, RegExp, unknown, unknown, unknown, number | undefined]>([
  ['a body that was parsed', /rawBody .* parsed/, EVENT, {}, SECRET, undefined],
  ['an ArrayBuffer', /rawBody .* bytes/, new ArrayBuffer(2), {}, SECRET, undefined],
  ['no body', /rawBody/, undefined, {}, SECRET, undefined],
  ['no secret', /secret must be a string, not undefined/, '{}', {}, undefined, undefined],
  ['a list without a secret in it', /secret must be a string, not undefined/, '{}', {}, [undefined], undefined],
  ['no headers', /headers/, '{}', undefined, SECRET, undefined],
  ['a tolerance that is none', /toleranceSeconds/, '{}', {}, SECRET, Number.NaN],
  ['no tolerance', /toleranceSeconds/, '{}', {}, SECRET, null as unknown as number],
])(
  '%s is incorrect use, and throws a TypeError with the reason.',
  async (_name, says, body, headers, secret, toleranceSeconds) => {
    const options = toleranceSeconds === undefined ? {} : { toleranceSeconds };
    const verified = webhooks.verify(body as string, headers as Headers, secret as string, options);
    await expect(verified).rejects.toThrow(says);
    await expect(verified).rejects.toBeInstanceOf(TypeError);
  },
);

test('The test signer produces the same signatures as the server.', async () => {
  const { body, headers } = await signed();
  expect(headers).toMatchObject(signatureHeaders(SIGNING, EVENT.eventId, AT / 1000, body));
});

test('The library of Standard Webhooks verifies webhooks of the test signer.', async () => {
  const { body, headers } = await signForTest(EVENT, SECRET);
  expect(new Webhook(SECRET).verify(body, headers)).toEqual(EVENT);
});

test('An event of an unknown type is returned unchanged.', async () => {
  const { body, headers } = await signForTest('{"type":"message.read","eventId":"evt_1","new":true}', SECRET, {
    at: AT,
  });
  expect(await webhooks.verify(body, headers, SECRET, { now })).toMatchObject({ type: 'message.read', new: true });
});

test.each([
  [-301, 'stale'],
  [-300, 'none'],
  [300, 'none'],
  [301, 'stale'],
])('A signature with a timestamp %i seconds from now has the fault %s.', async (seconds, expected) => {
  const { body, headers } = await signed();
  expect(await fault(webhooks.verify(body, headers, SECRET, { now: () => AT - seconds * 1000 }))).toBe(expected);
});

test('The tolerance is configurable.', async () => {
  const { body, headers } = await signed();
  const late = { now: () => AT + 400_000, toleranceSeconds: 500 };
  expect(await fault(webhooks.verify(body, headers, SECRET, late))).toBe('none');
});

test('A scheme without one of its headers counts as missing.', async () => {
  const { body, headers } = await signed();
  for (const [names, scheme] of [
    ...REDCLOUD.map((name) => [name, REDCLOUD] as const),
    ...STANDARD.map((name) => [name, STANDARD] as const),
  ]) {
    const { [names]: _, ...rest } = only(headers, scheme);
    expect(await fault(webhooks.verify(body, rest, SECRET, { now }))).toBe('missing');
  }
});

test.each([
  ['no event', '"message.sent"'],
  ['no JSON', '{'],
  ['nothing', ''],
  ['null', 'null'],
])('A signed body with %s is malformed.', async (_name, text) => {
  const { body, headers } = await signForTest(text, SECRET, { at: AT });
  expect(await fault(webhooks.verify(body, headers, SECRET, { now }))).toBe('malformed');
});

test('Text with an unpaired surrogate is rejected, because another text has the same bytes.', async () => {
  const { headers } = await signForTest('"\ufffd"', SECRET, { at: AT });
  expect(await fault(webhooks.verify('"\ud800"', headers, SECRET, { now }))).toBe('malformed');
});

test.each([
  ['no secret at all', []],
  ['an empty one', ''],
  ['another format', 'secret'],
  ['no base64', 'whsec_###'],
  ['nothing behind whsec_', 'whsec_'],
  ['one of several', [SECRET, 'secret']],
])('An invalid secret throws a TypeError instead of a SignatureError: %s.', async (_name, secret) => {
  const { body, headers } = await signed();
  await expect(webhooks.verify(body, headers, secret, { now })).rejects.toBeInstanceOf(TypeError);
});

test('Errors reveal neither the secret nor a valid signature.', async () => {
  const { body, headers } = await signed();
  const error: Error = await webhooks.verify(`${body} `, headers, SECRET, { now }).catch((reason) => reason);
  expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toMatch(/whsec_|c2FuZGJ|[0-9a-f]{64}/);
});

describe('tamper detection', () => {
  const scheme = fc.constantFrom(REDCLOUD, STANDARD);

  /** Generates a different text of at least one character that is valid in a header. */
  const changed = (value: string) =>
    fc
      .oneof(
        fc
          .tuple(fc.nat(value.length - 1), fc.integer({ min: 33, max: 126 }))
          .map(([at, code]) => value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1)),
        fc.nat(value.length - 1).map((at) => value.slice(0, at) + value.slice(at + 1)),
        fc
          .tuple(fc.nat(value.length), fc.integer({ min: 33, max: 126 }))
          .map(([at, code]) => value.slice(0, at) + String.fromCharCode(code) + value.slice(at)),
      )
      .filter((other) => other !== value);

  test('A body with a changed, added or missing byte is rejected.', async () => {
    const { body, headers } = await signed();
    const bytes = new TextEncoder().encode(body);
    await fc.assert(
      fc.asyncProperty(
        scheme,
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('flip', 'cut', 'add'),
        async (names, at, by, how) => {
          const other =
            how === 'cut'
              ? bytes.slice(0, at)
              : how === 'add'
                ? Uint8Array.of(...bytes, by)
                : bytes.map((byte, i) => (i === at ? byte ^ by : byte));
          expect(await fault(webhooks.verify(other, only(headers, names), SECRET, { now }))).toBe('mismatch');
          expect(await fault(webhooks.verify(other, headers, SECRET, { now }))).toBe('mismatch');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('A header with a changed, added or missing character is rejected.', async () => {
    const { body, headers } = await signed();
    const change = scheme.chain((names) =>
      fc
        .constantFrom(...names)
        .chain((name) =>
          fc.record({ names: fc.constant(names), name: fc.constant(name), value: changed(headers[name] as string) }),
        ),
    );
    await fc.assert(
      fc.asyncProperty(change, async ({ names, name, value }) => {
        const given = { ...only(headers, names), [name]: value };
        expect(await fault(webhooks.verify(body, given, SECRET, { now }))).not.toBe('none');
      }),
      { numRuns: 500 },
    );
  });

  test('A signature under another secret is rejected.', async () => {
    const { body, headers } = await signed();
    await fc.assert(
      fc.asyncProperty(scheme, fc.uint8Array({ minLength: 1, maxLength: 64 }), async (names, bytes) => {
        const other = `whsec_${Buffer.from(bytes).toString('base64')}`;
        fc.pre(other !== SECRET);
        expect(await fault(webhooks.verify(body, only(headers, names), other, { now }))).toBe('mismatch');
      }),
      { numRuns: 200 },
    );
  });

  test('A signed body is verified, regardless of its content.', async () => {
    await fc.assert(
      fc.asyncProperty(
        scheme,
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        async (names, fields, bytes) => {
          const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
          const text = JSON.stringify({ ...fields, type: 'message.sent' });
          const { body, headers } = await signForTest(text, secret, { at: AT });
          expect(await webhooks.verify(body, only(headers, names), secret, { now })).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 200 },
    );
  });
});

test.each<[string, RegExp, () => Promise<unknown>]>([
  ['no event', /^event must be/, () => signForTest(undefined as unknown as string, SECRET)],
  ['no moment', /^at must be/, () => signForTest(EVENT, SECRET, { at: Number.NaN })],
  ['no secret', /secret must be a string/, () => signForTest(EVENT, undefined as unknown as string)],
])('Signing with %s throws an error.', async (_name, says, sign) => {
  await expect(sign()).rejects.toThrow(says);
});

test('An event without an id is signed under a test id.', async () => {
  const event = { type: 'message.read' } as unknown as typeof EVENT;
  expect((await signForTest(event, SECRET)).headers['webhook-id']).toBe('evt_test');
});

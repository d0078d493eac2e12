import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { createTokens, isCanonical, OPERATOR_SECONDS, type Tokens } from './tokens.ts';

const KEY = Buffer.alloc(32, 3);
const ADMIN = 'the operator of this test';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

let clock: TestClock;
let tokens: Tokens;

beforeEach(() => {
  clock = new TestClock();
  tokens = createTokens(KEY, clock);
});

/** Texts that lenient decoders read as the same bytes. */
function respelt(token: string): string[] {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const last = ALPHABET.indexOf(signature.at(-1) as string);
  const unusedBits = [1, 2, 3].map((bits) => signature.slice(0, -1) + ALPHABET[last ^ bits]);
  const padded = (part: string) => [
    `${part}=`,
    `${part}==`,
    ` ${part}`,
    `${part} `,
    `${part}\n`,
    `${part}\0`,
    `${part}!`,
  ];
  const standard = (part: string) => part.replaceAll('-', '+').replaceAll('_', '/');
  return [
    ...[...unusedBits, ...padded(signature), standard(signature)].map((other) => `${head}.${payload}.${other}`),
    ...[...padded(payload), standard(payload)].map((other) => `${head}.${other}.${signature}`),
    ...[...padded(head), standard(head)].map((other) => `${other}.${payload}.${signature}`),
    ...[`${token}.`, `${token}.${signature}`, `.${token}`],
  ].filter((other) => other !== token);
}

describe('Token in another spelling', () => {
  test.each([
    ['access token', () => tokens.issue('client_1'), (token: string) => tokens.check(token)],
    ['session', () => tokens.issueSession('client_1'), (token: string) => tokens.checkSession(token, ADMIN)],
    [
      'session of the operator',
      () => tokens.issueOperator(ADMIN),
      (token: string) => tokens.checkSession(token, ADMIN),
    ],
  ])('Every other spelling is forged, even after the token itself was used: %s.', async (_name, issue, check) => {
    const token = await issue();
    for (const _ of ['before', 'after']) {
      for (const other of respelt(token)) expect(await check(other), other).toBe('forged');
      expect(await check(token)).toBeTypeOf('object');
    }
  });

  test('Exactly one text of the same bytes is canonical.', () => {
    const text = fc.string({ unit: fc.constantFrom(...ALPHABET, '+', '/', '=', ' '), maxLength: 60 });
    fc.assert(
      fc.property(text, (part) => {
        const bytes = Buffer.from(part, 'base64url');
        expect(isCanonical(part)).toBe(part === bytes.toString('base64url'));
        expect(isCanonical(`${bytes.toString('base64url')}.${bytes.toString('base64url')}`)).toBe(true);
      }),
    );
  });
});

describe('Signature check', () => {
  test('The check of an expired signed token returns refused, and not forged.', async () => {
    const [token, session] = [await tokens.issue('client_1'), await tokens.issueOperator(ADMIN)];
    expect(await tokens.check(token)).toMatchObject({ apiClientId: 'client_1' });
    clock.advance(OPERATOR_SECONDS * 1000);
    expect([await tokens.check(token), await tokens.checkSession(session, ADMIN)]).toEqual(['refused', 'refused']);
  });

  test('The check of a signed token for another use or operator token returns refused, and not forged.', async () => {
    const [session, operator] = [await tokens.issueSession('client_1'), await tokens.issueOperator(ADMIN)];
    expect(await tokens.check(session)).toBe('refused');
    expect(await tokens.check(operator)).toBe('refused');
    expect(await tokens.checkSession(await tokens.issue('client_1'), ADMIN)).toBe('refused');
    expect(await tokens.checkSession(operator, 'another operator token')).toBe('refused');
    expect(await tokens.checkSession(operator, undefined)).toBe('refused');
  });

  test.each(['', '.', '..', 'a.b.c', 'rc_token_example', `${'x'.repeat(8000)}.e30.e30`, 'é.é.é'])(
    'A text that this server has not signed is forged: "%.20s".',
    async (text) => {
      expect([await tokens.check(text), await tokens.checkSession(text, ADMIN)]).toEqual(['forged', 'forged']);
    },
  );

  test('A token signed under another key is forged.', async () => {
    const others = createTokens(Buffer.alloc(32, 4), clock);
    expect(await tokens.check(await others.issue('client_1'))).toBe('forged');
    expect(await tokens.checkSession(await others.issueOperator(ADMIN), ADMIN)).toBe('forged');
  });
});

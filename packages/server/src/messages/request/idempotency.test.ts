import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint, readIdempotencyKey } from './idempotency.ts';

const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });

/** The same value with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

/** Equality of JSON values without their text. The order of keys is irrelevant, the order of items is not. */
function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [mine, theirs] = [Object.entries(a), new Map(Object.entries(b))];
  return mine.length === theirs.size && mine.every(([key, value]) => theirs.has(key) && equal(value, theirs.get(key)));
}

describe('Fingerprint', () => {
  test('The fingerprint does not depend on the order of keys.', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fingerprint(reversed(value))).toBe(fingerprint(value));
      }),
    );
  });

  test('The fingerprint does not depend on white space or escapes.', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const spaced = JSON.stringify(value, null, '\t');
        const escaped = JSON.stringify(value).replace(
          /[^\0-~]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(fingerprint(JSON.parse(spaced))).toBe(fingerprint(value));
        expect(fingerprint(JSON.parse(escaped))).toBe(fingerprint(value));
      }),
    );
  });

  test('Fingerprints differ exactly when the values differ.', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(fingerprint(a) === fingerprint(b)).toBe(equal(a, b));
      }),
    );
  });

  test.each<[string, string, string]>([
    ['the order of an array', '[1,2]', '[2,1]'],
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['null and absence', '{"a":null}', '{}'],
    ['an empty array and an empty object', '[]', '{}'],
    ['the two ways to write é in Unicode', '"é"', '"e\\u0301"'],
    ['case', '{"a":1}', '{"A":1}'],
    ['a key named __proto__', '{"__proto__":{"a":1}}', '{}'],
    ['one character in a long text', `"${'x'.repeat(1600)}"`, `"${'x'.repeat(1599)}y"`],
  ])('Fingerprints differ for: %s.', (_, a, b) => {
    expect(fingerprint(JSON.parse(a))).not.toBe(fingerprint(JSON.parse(b)));
  });

  test('Equal numbers in different notations have the same fingerprint.', () => {
    expect(fingerprint(JSON.parse('[1.0, 1e2, -0]'))).toBe(fingerprint([1, 100, 0]));
  });

  test('The fingerprint is the SHA-256 of the canonical form of RFC 8785.', () => {
    // printf '{"a":[1,"é"],"b":null}' | openssl dgst -sha256 -binary | basenc --base64url
    expect(fingerprint({ b: null, a: [1, 'é'] })).toBe('HgK8gaJq8vAnMpVB6X7vNvMpC-3G3-BD2-ZrBX7LE7o');
  });
});

describe('Idempotency key', () => {
  test('A key of 1 to 255 printable ASCII characters is accepted unchanged.', () => {
    fc.assert(
      fc.property(printable, (key) => {
        if (key !== '') expect(readIdempotencyKey([key])).toBe(key);
      }),
    );
    expect(readIdempotencyKey(['x'.repeat(255)])).toHaveLength(255);
  });

  test.each([[undefined], [[]], [['']]])('A request without a key is rejected: %j.', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow('Idempotency-Key header is required');
  });

  test.each<[string, ...string[]]>([
    ['256 characters', 'x'.repeat(256)],
    ['a tab', 'a\tb'],
    ['a line break at the end', 'abc\n'],
    ['DEL', 'a\x7f'],
    ['U+0000', 'a\0'],
    ['beyond ASCII', 'clé'],
    ['given twice', 'a', 'a'],
  ])('An invalid key is rejected with INVALID_REQUEST: %s.', (_, ...header) => {
    expect(() => readIdempotencyKey(header)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: 'Idempotency-Key must be 1 to 255 printable ASCII characters, given once',
      }),
    );
  });
});

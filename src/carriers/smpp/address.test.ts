import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADDRESS_RULES, type Address, addressOf, textOf } from './address.ts';

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

describe('an address', () => {
  test.each<[string, string, Address]>([
    ['a number', '+15551234567', { ton: 1, npi: 1, value: '15551234567' }],
    ['the longest number', '+123456789012345', { ton: 1, npi: 1, value: '123456789012345' }],
    ['a short code of 3', '123', { ton: 3, npi: 0, value: '123' }],
    ['a short code of 8', '12345678', { ton: 3, npi: 0, value: '12345678' }],
    ['two digits', '12', { ton: 5, npi: 0, value: '12' }],
    ['nine digits', '123456789', { ton: 5, npi: 0, value: '123456789' }],
    ['letters', 'RedCloud', { ton: 5, npi: 0, value: 'RedCloud' }],
    ['letters and digits', '1RED2', { ton: 5, npi: 0, value: '1RED2' }],
    ['a plus alone', '+', { ton: 5, npi: 0, value: '+' }],
    ['nothing', '', { ton: 5, npi: 0, value: '' }],
  ])('goes out as its kind wants it: %s', (_, text, expected) => {
    expect(addressOf(text, ADDRESS_RULES)).toEqual(expected);
  });

  test('goes out as this carrier wants it', () => {
    const rules = {
      international: { ton: 2, npi: 8, plus: true },
      shortCode: { ton: 6, npi: 1 },
      alphanumeric: { ton: 0, npi: 9 },
    };
    expect(['+1555', '12345', 'Red'].map((text) => addressOf(text, rules))).toEqual([
      { ton: 2, npi: 8, value: '+1555' },
      { ton: 6, npi: 1, value: '12345' },
      { ton: 0, npi: 9, value: 'Red' },
    ]);
  });

  test('that went out comes back as it was', () => {
    const texts = fc.oneof(
      fc.stringMatching(/^\+[1-9][0-9]{0,14}$/),
      digits(3, 8),
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,10}$/),
    );
    fc.assert(
      fc.property(texts, fc.boolean(), (text, plus) => {
        const rules = { ...ADDRESS_RULES, international: { ...ADDRESS_RULES.international, plus } };
        expect(textOf(addressOf(text, rules))).toBe(text);
      }),
    );
  });
});

test.each([
  ['international', 1, '15551234567', '+15551234567'],
  ['international with its plus', 1, '+15551234567', '+15551234567'],
  ['international, with letters in it', 1, '1555x', '1555x'],
  ['a number without its type', 0, '15551234567', '+15551234567'],
  ['a number with its plus, without its type', 0, '+4915112345678', '+4915112345678'],
  ['a number of which the carrier says that it is its own', 3, '15551234567', '+15551234567'],
  ['national digits', 2, '5551234567', '5551234567'],
  ['national digits, many', 2, '55512345678', '55512345678'],
  ['ten digits without a type: nobody can say whose', 0, '5551234567', '5551234567'],
  ['sixteen digits are no number', 0, '1234567890123456', '1234567890123456'],
  ['a short code', 3, '12345', '12345'],
  ['a short code without its type', 0, '12345', '12345'],
  ['letters', 5, 'RedCloud', 'RedCloud'],
  ['with the prefix that dials abroad', 0, '0015551234567', '+15551234567'],
  ['international, with that prefix as well', 1, '0015551234567', '+15551234567'],
  ['nothing', 0, '', ''],
  ['nothing, international', 1, '', ''],
  ['nothing but that prefix', 1, '00', '+00'],
])('what a carrier sends is read: %s', (_, ton, value, expected) => {
  expect(textOf({ ton, value })).toBe(expected);
});

test.each([
  ['national digits', '1', 2, '5551234567', '+15551234567'],
  ['national digits with their trunk prefix', '49', 2, '015112345678', '+4915112345678'],
  ['ten digits without a type', '1', 0, '5551234567', '+15551234567'],
  ['a whole number without a type', '1', 0, '15551234567', '+15551234567'],
  ['an international number', '1', 1, '4915112345678', '+4915112345678'],
  ['a short code', '1', 3, '12345', '12345'],
  ['a short code without its type', '1', 0, '12345', '12345'],
  ['letters', '1', 5, 'RedCloud', 'RedCloud'],
  ['nothing', '1', 2, '', ''],
])('with a country code, what a carrier sends is read: %s', (_, countryCode, ton, value, expected) => {
  expect(textOf({ ton, value }, countryCode)).toBe(expected);
});

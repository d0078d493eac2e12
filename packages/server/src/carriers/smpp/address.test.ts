import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPossible } from '#platform/phone-numbers.ts';
import { possibleNumbers } from '../../../test/support/phone-numbers.ts';
import { ADDRESS_RULES, type Address, addressOf, textOf } from './address.ts';

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

describe('addressOf', () => {
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
  ])('An address is written by the rule of its kind: %s.', (_, text, expected) => {
    expect(addressOf(text, ADDRESS_RULES)).toEqual(expected);
  });

  test('An address is written by the rules of the carrier.', () => {
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

  test('A written address is read back as the same text.', () => {
    const texts = fc.oneof(
      possibleNumbers.map(({ e164 }) => e164),
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
  ['ten digits without a type, whose country is unknown', 0, '5551234567', '5551234567'],
  ['sixteen digits are no number', 0, '1234567890123456', '1234567890123456'],
  ['a short code', 3, '12345', '12345'],
  ['a short code without its type', 0, '12345', '12345'],
  ['letters', 5, 'RedCloud', 'RedCloud'],
  ['with the prefix that dials abroad', 0, '0015551234567', '+15551234567'],
  ['international, with that prefix as well', 1, '0015551234567', '+15551234567'],
  ['nothing', 0, '', ''],
  ['nothing, international', 1, '', ''],
  ['nothing but that prefix', 1, '00', '+00'],
])('An address from a carrier without a country code is read: %s.', (_, ton, value, expected) => {
  expect(textOf({ ton, value })).toBe(expected);
});

test.each([
  ['national digits', '1', 2, '5551234567', '+15551234567'],
  ['national digits with their trunk prefix', '49', 2, '015112345678', '+4915112345678'],
  ['national digits that begin with a bracket', '1', 2, '(555) 010-4324', '+15550104324'],
  ['ten digits without a type', '1', 0, '5551234567', '+15551234567'],
  ['a whole number without a type', '1', 0, '15551234567', '+15551234567'],
  ['an international number', '1', 1, '4915112345678', '+4915112345678'],
  ['a short code', '1', 3, '12345', '12345'],
  ['a short code without its type', '1', 0, '12345', '12345'],
  ['letters', '1', 5, 'RedCloud', 'RedCloud'],
  ['nothing', '1', 2, '', ''],
])('An address from a carrier with a country code is read: %s.', (_, countryCode, ton, value, expected) => {
  expect(textOf({ ton, value }, countryCode)).toBe(expected);
});

const [UNKNOWN, INTERNATIONAL, NATIONAL, NETWORK, SUBSCRIBER, ALPHANUMERIC, ABBREVIATED] = [0, 1, 2, 3, 4, 5, 6];

describe('A source or destination address of a deliver_sm', () => {
  test.each<[country: string | undefined, ton: number, value: string, expected: string]>([
    // North America: 10 digits, trunk prefix 1, which is also the calling code.
    ['1', NATIONAL, '15550104321', '+15550104321'],
    ['1', NATIONAL, '5550104321', '+15550104321'],
    ['1', NATIONAL, '115550104321', '+15550104321'],
    ['1', NATIONAL, '14165550123', '+14165550123'],
    ['1', NATIONAL, '8765550123', '+18765550123'],
    ['1', NATIONAL, '5550104', '5550104'],
    ['1', NATIONAL, '12345', '12345'],
    ['1', NATIONAL, '+15550104321', '+15550104321'],
    ['1', NATIONAL, '+1 (555) 010-4321', '+15550104321'],
    ['1', NATIONAL, '0015550104321', '+15550104321'],
    ['1', NATIONAL, '011447911123456', '+447911123456'],
    ['1', INTERNATIONAL, '15550104321', '+15550104321'],
    ['1', INTERNATIONAL, '0015550104321', '+15550104321'],
    ['1', INTERNATIONAL, '115550104321', '+15550104321'],
    ['1', INTERNATIONAL, '+0015550104321', '+15550104321'],
    ['1', UNKNOWN, '15551234567', '+15551234567'],
    ['1', UNKNOWN, '5550104321', '+15550104321'],
    ['1', UNKNOWN, '447911123456', '+447911123456'],
    ['1', UNKNOWN, '12345678', '12345678'],
    ['1', UNKNOWN, '12345', '12345'],
    ['1', NETWORK, '12345', '12345'],
    ['1', NETWORK, '12345678', '12345678'],
    ['1', NETWORK, '15550104321', '+15550104321'],
    ['1', SUBSCRIBER, '5550104321', '+15550104321'],
    ['1', SUBSCRIBER, '5550104', '5550104'],
    ['1', ALPHANUMERIC, 'RedCloud', 'RedCloud'],
    ['1', ALPHANUMERIC, '1RED2', '1RED2'],
    ['1', ALPHANUMERIC, '5550104321', '5550104321'],
    ['1', ABBREVIATED, '12345', '12345'],
    ['1', ABBREVIATED, '15550104321', '+15550104321'],
    // Italy: no trunk prefix, because the 0 of a landline belongs to the number.
    ['39', NATIONAL, '0612345678', '+390612345678'],
    ['39', NATIONAL, '3331234567', '+393331234567'],
    ['39', NATIONAL, '393331234567', '+393331234567'],
    ['39', NATIONAL, '390612345678', '+390612345678'],
    ['39', NATIONAL, '3912345678', '+393912345678'],
    ['39', UNKNOWN, '0612345678', '+390612345678'],
    ['39', UNKNOWN, '3331234567', '+393331234567'],
    ['39', INTERNATIONAL, '390612345678', '+390612345678'],
    ['39', INTERNATIONAL, '3331234567', '+393331234567'],
    // Germany and Austria: numbers of many lengths, trunk prefix 0.
    ['49', NATIONAL, '015112345678', '+4915112345678'],
    ['49', NATIONAL, '15112345678', '+4915112345678'],
    ['49', NATIONAL, '4915112345678', '+4915112345678'],
    ['49', NATIONAL, '03012345', '+493012345'],
    ['49', NATIONAL, '12345', '12345'],
    ['49', UNKNOWN, '015112345678', '+4915112345678'],
    ['49', UNKNOWN, '4915112345678', '+4915112345678'],
    ['49', INTERNATIONAL, '49015112345678', '+4915112345678'],
    ['49', INTERNATIONAL, '015112345678', '+4915112345678'],
    ['49', NATIONAL, '+49 (0) 151 12345678', '+4915112345678'],
    ['43', NATIONAL, '06641234567', '+436641234567'],
    ['43', NATIONAL, '436641234567', '+436641234567'],
    // Spain, Denmark and Ivory Coast: no trunk prefix.
    ['34', NATIONAL, '612345678', '+34612345678'],
    ['34', NATIONAL, '34612345678', '+34612345678'],
    ['45', NATIONAL, '20123456', '+4520123456'],
    ['45', NATIONAL, '45123456', '+4545123456'],
    ['45', NATIONAL, '4520123456', '+4520123456'],
    ['45', SUBSCRIBER, '20123456', '+4520123456'],
    ['225', NATIONAL, '0712345678', '+2250712345678'],
    // Russia and Kazakhstan: trunk prefix 8, one calling code.
    ['7', NATIONAL, '89161234567', '+79161234567'],
    ['7', NATIONAL, '9161234567', '+79161234567'],
    ['7', NATIONAL, '79161234567', '+79161234567'],
    ['7', NATIONAL, '8001234567', '+78001234567'],
    ['7', NATIONAL, '87011234567', '+77011234567'],
    ['7', UNKNOWN, '89161234567', '+79161234567'],
    ['7', INTERNATIONAL, '789161234567', '+79161234567'],
    // Hungary: trunk prefix 06.
    ['36', NATIONAL, '06301234567', '+36301234567'],
    ['36', NATIONAL, '301234567', '+36301234567'],
    ['36', NATIONAL, '36301234567', '+36301234567'],
    ['36', INTERNATIONAL, '3606301234567', '+36301234567'],
    // Great Britain, Guernsey and Jersey share +44.
    ['44', NATIONAL, '07911123456', '+447911123456'],
    ['44', NATIONAL, '07781123456', '+447781123456'],
    ['44', NATIONAL, '07797123456', '+447797123456'],
    ['44', INTERNATIONAL, '4407911123456', '+447911123456'],
    // Argentina writes 15 where E.164 has a 9 before the area code.
    // Mexico once had a 1 in E.164, which customers still use.
    ['54', NATIONAL, '0111523456789', '+5491123456789'],
    ['52', INTERNATIONAL, '5215512345678', '+5215512345678'],
    // Countries with no longer numbers.
    ['299', NATIONAL, '221234', '+299221234'],
    ['298', NATIONAL, '211234', '+298211234'],
    // Without a country code, the country of national digits is not known.
    [undefined, NATIONAL, '15550104321', '15550104321'],
    [undefined, NATIONAL, '0612345678', '0612345678'],
    [undefined, NATIONAL, '0015550104321', '+15550104321'],
    [undefined, INTERNATIONAL, '49015112345678', '+4915112345678'],
    [undefined, UNKNOWN, '15551234567', '+15551234567'],
    [undefined, UNKNOWN, '015112345678', '015112345678'],
    [undefined, SUBSCRIBER, '5550104321', '5550104321'],
    [undefined, ALPHANUMERIC, 'RedCloud', 'RedCloud'],
    [undefined, ABBREVIATED, '12345', '12345'],
  ])('With country code %s and type of number %i, %s is read as %s.', (countryCode, ton, value, expected) => {
    expect(textOf({ ton, value }, countryCode)).toBe(expected);
  });

  test('A number is read alike in E.164, in international form and in national form.', () => {
    fc.assert(
      fc.property(possibleNumbers, ({ e164, callingCode, national, dialled }) => {
        const international = `${callingCode}${national}`;
        const forms: [ton: number, value: string][] = [
          ...[UNKNOWN, INTERNATIONAL, NATIONAL, SUBSCRIBER].map((ton): [number, string] => [ton, e164]),
          ...[international, `00${international}`].map((value): [number, string] => [INTERNATIONAL, value]),
          ...[national, dialled].map((value): [number, string] => [NATIONAL, value]),
        ];
        for (const [ton, value] of forms) expect(textOf({ ton, value }, callingCode), `${ton} ${value}`).toBe(e164);
      }),
      { numRuns: 300 },
    );
  });

  test('An address of national type becomes a possible number, or stays unchanged.', () => {
    fc.assert(
      fc.property(digits(1, 20), fc.constantFrom('1', '7', '36', '39', '45', '49', '225'), (value, countryCode) => {
        const text = textOf({ ton: NATIONAL, value }, countryCode);
        expect(text === value || isPossible(text)).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, test } from 'vitest';
import { possibleNumbers } from '../../test/support/phone-numbers.ts';
import {
  callingCodeOf,
  isCallingCode,
  isPossible,
  isValid,
  readAny,
  readInternational,
  readNational,
  senderTypeOf,
} from './phone-numbers.ts';

describe('Possible numbers', () => {
  test.each([
    ['+15551234567', 'an unassigned range'],
    ['+14445556666', 'an unassigned area code'],
    ['+390612345678', 'an Italian number with its 0'],
    ['+77011234567', 'Kazakhstan, which shares +7 with Russia'],
    ['+447781123456', 'Guernsey, which shares +44 with Great Britain'],
    ['+80012345678', 'international freephone, which has no country'],
    ['+4681234567', 'a country with numbers of several lengths'],
  ])('Possible numbers include %s (%s).', (e164) => {
    expect(isPossible(e164)).toBe(true);
  });

  test.each([
    ['+115550104321', 'one digit too many'],
    ['+1555123456', 'one digit too few'],
    ['+4407911123456', 'a trunk prefix after the calling code'],
    ['+225712345678', 'a lost 0'],
    ['+99912345678', 'no assigned calling code'],
    ['+015112345678', 'a 0 after the plus'],
    ['15551234567', 'no plus'],
    ['RedCloud', 'a name'],
    ['12345', 'a short code'],
    ['', 'an empty text'],
  ])('Possible numbers do not include %j (%s).', (text) => {
    expect(isPossible(text)).toBe(false);
  });

  test('Possible numbers are valid only in assigned ranges.', () => {
    expect(['+12125551234', '+15551234567', '+4407911123456'].map(isValid)).toEqual([true, false, false]);
  });
});

test('Calling codes are known with and without a country.', () => {
  expect(['1', '7', '44', '358', '800'].every(isCallingCode)).toBe(true);
  expect(['', '0', '12', '999', '+1', '1555'].some(isCallingCode)).toBe(false);
  expect(['+15551234567', '+358401234567', '+99912345678', '+'].map(callingCodeOf)).toEqual([
    '1',
    '358',
    undefined,
    undefined,
  ]);
});

test('A possible number is read the same from each way to write it.', () => {
  fc.assert(
    fc.property(possibleNumbers, ({ e164, callingCode, national, dialled }) => {
      const international = `${callingCode}${national}`;
      expect(isPossible(e164)).toBe(true);
      expect(readInternational(international)).toBe(e164);
      expect(readInternational(`00${international}`, callingCode)).toBe(e164);
      expect(readNational(national, callingCode)).toBe(e164);
      expect(readNational(dialled, callingCode)).toBe(e164);
    }),
    { numRuns: 500 },
  );
});

test('Any digits are read as a possible number or not at all.', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 });
  fc.assert(
    fc.property(digits, fc.constantFrom('1', '7', '36', '39', '44', '49', '225', '999'), (text, callingCode) => {
      const read = readNational(text, callingCode);
      if (read !== undefined) expect(isPossible(read)).toBe(true);
    }),
  );
});

test.each(getCountries())('The example mobile number of %s is read from each form.', (country) => {
  const example = getExampleNumber(country, examples);
  if (!example) throw new Error('no example');
  const { number: e164, countryCallingCode: callingCode, nationalNumber: national } = example;
  const dialled = example.formatNational().replace(/\D/g, '');
  for (const digits of [national, dialled, `${callingCode}${national}`, `00${callingCode}${national}`]) {
    expect(readNational(digits, callingCode), digits).toBe(e164);
  }
  expect(readInternational(`${callingCode}${national}`, callingCode)).toBe(e164);
  if (dialled.endsWith(national)) expect(readInternational(`${callingCode}${dialled}`)).toBe(e164);
});

test('Digits of unknown form are read as a mobile number of the country, or else as international.', () => {
  expect(readAny('15112345678', '49')).toBe('+4915112345678');
  expect(readAny('12125551234', '49')).toBe('+12125551234');
  expect(readAny('12125551234', undefined)).toBe('+12125551234');
  expect(readAny('13123456789', '86')).toBe('+8613123456789');
});

describe('Types of senders', () => {
  test.each([
    ['+15551234567', 'LONG_CODE'],
    ['+447911123456', 'LONG_CODE'],
    ['+18005551234', 'TOLL_FREE'],
    ['+18335551234', 'TOLL_FREE'],
    ['+18885551234', 'TOLL_FREE'],
    // Reserved, and the freephone code of all countries.
    ['+18225551234', 'LONG_CODE'],
    ['+80012345678', 'LONG_CODE'],
    ['+1800555123', 'LONG_CODE'],
    ['18005551234', 'LONG_CODE'],
    ['123', 'SHORT_CODE'],
    ['55555', 'SHORT_CODE'],
    ['12345678', 'SHORT_CODE'],
    ['12', 'LONG_CODE'],
    ['123456789', 'LONG_CODE'],
    ['A', 'ALPHANUMERIC'],
    ['ACME Ltd. 24', 'LONG_CODE'],
    ['ACME Ltd 24', 'ALPHANUMERIC'],
    ['Müller&Söhn', 'ALPHANUMERIC'],
    ['24 7', 'LONG_CODE'],
    ['東京', 'LONG_CODE'],
    ['', 'LONG_CODE'],
  ])('The sender %j has the type %s.', (address, type) => {
    expect(senderTypeOf(address)).toBe(type);
  });

  test('A number in E.164 is toll-free with one of the seven area codes, and otherwise a long code.', () => {
    const areaCodes = fc.integer({ min: 800, max: 899 }).map((code) => ({ e164: `+1${code}5551234` }));
    fc.assert(
      fc.property(fc.oneof(possibleNumbers, areaCodes), ({ e164 }) => {
        const isTollFree = ['800', '833', '844', '855', '866', '877', '888'].includes(e164.slice(2, 5));
        const expected = isTollFree && e164.startsWith('+1') && e164.length === 12 ? 'TOLL_FREE' : 'LONG_CODE';
        expect(senderTypeOf(e164)).toBe(expected);
      }),
    );
  });
});

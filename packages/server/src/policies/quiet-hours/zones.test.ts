import fc from 'fast-check';
import { getCountries, getExampleNumber, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, test } from 'vitest';
import { possibleNumbers } from '../../../test/support/phone-numbers.ts';
import { sized } from '../../../test/support/thorough.ts';
import { zoneEntryOf } from './zone-data.ts';
import { canonicalZone, isZone } from './zone-names.ts';
import { possibleZones } from './zones.ts';

const canonical = (...names: string[]) => names.map((name) => canonicalZone(name) as string).toSorted();

test.each([
  ['+12125551234', 'an area code', ['America/New_York']],
  ['+16025551234', 'an area without daylight saving time', ['America/Phoenix']],
  ['+18085551234', 'Hawaii', ['Pacific/Honolulu']],
  ['+12423575555', 'the Bahamas, which share +1', ['America/Nassau']],
  ['+15551234567', 'a sandbox number', ['America/New_York']],
  ['+15550000001', 'a sandbox number', ['America/New_York']],
  ['+9779812345678', 'a country with one zone', ['Asia/Kathmandu']],
  ['+8613812345678', 'a mobile number of China, which has one official time', ['Asia/Shanghai']],
  ['+5511987654321', 'a mobile number with an area code', ['America/Sao_Paulo']],
  ['+61298765432', 'a fixed line with an area code', ['Australia/Sydney']],
  ['+4915112345678', 'a country with two zones of the same time', ['Europe/Berlin', 'Europe/Busingen']],
  ['+38344123456', 'Kosovo, which Intl does not know', ['Europe/Belgrade']],
  ['+24740123', 'Ascension, which Intl does not know', ['Atlantic/St_Helena']],
])('%s has exactly the zones of its area or country (%s).', (e164, _, zones) => {
  expect(possibleZones(e164).toSorted()).toEqual(canonical(...zones));
});

test.each([
  ['+61412345678', 'a mobile number without an area', ['Australia/Sydney', 'Australia/Perth', 'Australia/Brisbane']],
  ['+79161234567', 'a mobile number without an area', ['Europe/Kaliningrad', 'Europe/Moscow', 'Asia/Kamchatka']],
  ['+6281112345678', 'a mobile number without an area', ['Asia/Jakarta', 'Asia/Jayapura']],
  ['+74012123456', 'an area with a zone of another country in the data', ['Europe/Kaliningrad', 'Europe/Bucharest']],
  ['+213551234567', 'a country with a zone of another country in the data', ['Africa/Algiers', 'Europe/Paris']],
  ['+18005551234', 'a toll-free number', ['America/St_Johns', 'Pacific/Honolulu', 'Pacific/Guam']],
  ['+14445551234', 'an unassigned area code', ['America/St_Johns', 'Pacific/Honolulu', 'Pacific/Guam']],
  ['+56912345678', 'one range for mobile phones and fixed lines', ['America/Punta_Arenas', 'Pacific/Easter']],
  ['+881612345678', 'a satellite phone', ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']],
  ['+99912345678', 'an unassigned calling code', ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']],
])('%s has all zones of its countries, or of the world (%s).', (e164, _, zones) => {
  expect(possibleZones(e164)).toEqual(expect.arrayContaining(canonical(...zones)));
});

test('Every possible number has at least one zone, only known zones, and the same array at each call.', () => {
  fc.assert(
    fc.property(possibleNumbers, ({ e164 }) => {
      const zones = possibleZones(e164);
      expect(zones.length).toBeGreaterThan(0);
      expect(zones.filter((zone) => !isZone(zone))).toEqual([]);
      expect(new Set(zones).size).toBe(zones.length);
      expect(possibleZones(e164)).toBe(zones);
    }),
  );
});

/** Rule of libphonenumber (`PhoneNumberToTimeZonesMapper`), with its own classification of numbers. */
function zonesOfLibrary(number: PhoneNumber): string[] {
  const { callingCode, e164 } = { callingCode: number.countryCallingCode as string, e164: number.number as string };
  const type = number.getType();
  // libphonenumber knows mobile numbers of Jamaica, and of other countries with the calling code 1, from fixed lines.
  const isMobileWithArea = type === 'MOBILE' && ['1', '52', '54', '55', '86'].includes(callingCode);
  const hasArea = type === 'FIXED_LINE' || type === 'FIXED_LINE_OR_MOBILE' || isMobileWithArea;
  return canonical(...(zoneEntryOf(hasArea ? e164.slice(1) : callingCode)?.zones ?? []));
}

test('The zones of an assigned number include those that libphonenumber has for it.', { tags: 'sized' }, () => {
  const assigned = possibleNumbers
    .map(({ e164 }) => parsePhoneNumberFromString(e164))
    .filter((one) => one?.isValid() === true);
  const checked = new Set<string>();
  fc.assert(
    fc.property(assigned as fc.Arbitrary<PhoneNumber>, (number) => {
      checked.add(number.countryCallingCode);
      expect(possibleZones(number.number)).toEqual(expect.arrayContaining(zonesOfLibrary(number)));
    }),
    { numRuns: sized(1_000) },
  );
  expect(checked.size).toBeGreaterThan(60);
});

test('A mobile number of every country has the zones that Intl has for the country.', () => {
  for (const country of getCountries()) {
    const number = getExampleNumber(country, examples);
    if (!number || ['1', '52', '54', '55', '86'].includes(number.countryCallingCode)) continue;
    const locale = new Intl.Locale('und', { region: country }) as { getTimeZones?(): string[]; timeZones?: string[] };
    const zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
    expect(possibleZones(number.number), country).toEqual(expect.arrayContaining(canonical(...zones)));
  }
});

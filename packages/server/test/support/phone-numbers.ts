import fc from 'fast-check';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

export interface WrittenNumber {
  callingCode: string;
  /** Digits after the calling code. */
  national: string;
  e164: string;
  /** With the trunk prefix, as dialled within the country. */
  dialled: string;
}

const CALLING_CODES = [...new Set(getCountries().map((country) => getCountryCallingCode(country) as string))];

function lengthsOf(callingCode: string): number[] {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(callingCode as CountryCode);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  return lengths.filter((length) => length >= 7 && length + callingCode.length <= 15);
}

/**
 * Possible numbers of at least 7 national digits, most of them unassigned. Excludes numbers whose national form is
 * ambiguous: their national digits begin with `00` or with the country's own calling code.
 */
export const possibleNumbers = fc
  .constantFrom(...CALLING_CODES.filter((code) => lengthsOf(code).length > 0))
  .chain((callingCode) =>
    fc
      .constantFrom(...lengthsOf(callingCode))
      .chain((length) =>
        fc
          .string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
          .map((national) => ({ callingCode, national, e164: `+${callingCode}${national}` })),
      ),
  )
  .map((number): WrittenNumber | undefined => {
    const parsed = parsePhoneNumberFromString(number.e164, { extract: false });
    // The library would remove a trunk prefix. Such a number is not in E.164.
    if (parsed?.number !== number.e164 || /^00/.test(number.national)) return undefined;
    if (number.national.startsWith(number.callingCode)) return undefined;
    const dialled = parsed.isValid() ? parsed.formatNational().replace(/\D/g, '') : number.national;
    const { callingCode: defaultCallingCode } = number;
    // Gabon has numbers whose national form equals that of a longer number of today.
    const isReadBack = parsePhoneNumberFromString(dialled, { defaultCallingCode })?.number === number.e164;
    return { ...number, dialled: isReadBack ? dialled : number.national };
  })
  .filter((number) => number !== undefined);

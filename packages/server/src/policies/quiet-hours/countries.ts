import { type CountryCode, getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/max';

/** Data of libphonenumber and Intl about the countries of a calling code. */
export interface Countries {
  /** Time zones of all countries, as Intl names them. Empty for satellite and other networks without a country. */
  zones: ReadonlySet<string>;
  /** Matches national numbers that may be fixed lines. */
  fixedLine: RegExp;
  /** Matches national numbers that may be mobile phones. Some countries have one range for both. */
  mobile: RegExp;
}

/** About 220 calling codes exist. */
const known = new Map<string, Countries>();

/** @param callingCode assigned calling code, without a plus. */
export function countriesOf(callingCode: string): Countries {
  const found = known.get(callingCode) ?? readCountries(callingCode);
  known.set(callingCode, found);
  return found;
}

function readCountries(callingCode: string): Countries {
  const countries = getCountries().filter((country) => getCountryCallingCode(country) === callingCode);
  return {
    zones: new Set(countries.flatMap(zonesOfCountry)),
    fixedLine: anyOf(countries, 'FIXED_LINE'),
    mobile: anyOf(countries, 'MOBILE'),
  };
}

/** `Intl.Locale` of ECMA-402, "Intl Locale Info". Node 22 has the accessor, Node 24 the method. */
interface LocaleInfo {
  getTimeZones?(): string[] | undefined;
  timeZones?: string[];
}

/** @returns zones, in the same canonical form as `canonicalZone`. Empty for Kosovo and Ascension. */
function zonesOfCountry(country: CountryCode): string[] {
  const locale = new Intl.Locale('und', { region: country }) as LocaleInfo;
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

type LineType = 'FIXED_LINE' | 'MOBILE';

/** Numbering plan of the library, with a method that its types lack. `getType` uses the same patterns. */
interface NumberingPlan {
  type(name: LineType): { pattern(): string } | undefined;
}

/** Matches no text. */
const NEVER = '(?!)';

function anyOf(countries: readonly CountryCode[], type: LineType): RegExp {
  const patterns = countries.map((country) => {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    return (metadata.numberingPlan as unknown as NumberingPlan).type(type)?.pattern() ?? NEVER;
  });
  return new RegExp(`^(?:${patterns.join('|') || NEVER})$`);
}

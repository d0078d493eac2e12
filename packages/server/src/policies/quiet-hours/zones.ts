import { callingCodeOf } from '#platform/phone-numbers.ts';
import { type Countries, countriesOf } from './countries.ts';
import { type ZoneEntry, zoneEntryOf } from './zone-data.ts';
import { canonicalZone } from './zone-names.ts';

/** Numbers of the sandbox (docs/sandbox.md). The area code 555 is not assigned, so no other recipient has such a number. */
const SANDBOX_NUMBER = /^\+1555/;
const SANDBOX_ZONES: readonly string[] = ['America/New_York'];

const NORTH_AMERICA = '1';
/**
 * Other calling codes whose mobile numbers belong to an area (libphonenumber, `GEO_MOBILE_COUNTRIES`). Indonesia (62) is
 * absent, because only few of its mobile numbers do.
 */
const MOBILE_WITH_AREA: ReadonlySet<string> = new Set(['52', '54', '55', '86']);

/** Results by prefix of the data and by calling code. Bounded by the data, which has 3,300 prefixes. */
const results = new Map<string, readonly string[]>();

/**
 * Time zones in which the owner of a number may be, in canonical form. Never empty.
 *
 * - A number of an area has the zones of the area.
 * - Any other number has the zones of all countries of its calling code. Most mobile numbers belong to no area.
 * - A number without a country, such as that of a satellite phone, has all zones of the world. At each instant, every
 *   hour of the day is the local time of one of them, so most windows are closed at all times.
 * - A sandbox number (`+1555…`) is in America/New_York.
 *
 * Takes less than a microsecond after the first number of a country, and 0.1 s for the first number of all.
 *
 * @param e164 number in E.164.
 */
export function possibleZones(e164: string): readonly string[] {
  if (SANDBOX_NUMBER.test(e164)) return SANDBOX_ZONES;
  const callingCode = callingCodeOf(e164);
  if (callingCode === undefined) return worldZones();
  const digits = e164.slice(1);
  const countries = countriesOf(callingCode);
  const entry = zoneEntryOf(digits);
  if (entry && hasArea(digits.slice(callingCode.length), callingCode, countries)) {
    return cached(entry.prefix, () => areaZones(entry, callingCode, countries));
  }
  return countryZones(callingCode, countries);
}

/** In North America, the area code alone decides, since mobile phones and fixed lines share the numbers of an area. */
function hasArea(national: string, callingCode: string, { fixedLine, mobile }: Countries): boolean {
  if (callingCode === NORTH_AMERICA) return true;
  if (MOBILE_WITH_AREA.has(callingCode)) return mobile.test(national) || fixedLine.test(national);
  return fixedLine.test(national) && !mobile.test(national);
}

/** @param key prefix of the data, or another name of the result. */
function cached(key: string, find: () => readonly string[]): readonly string[] {
  const known = results.get(key) ?? find();
  results.set(key, known);
  return known;
}

/**
 * Zones of an area. The data sometimes name a zone of another country that had the same time, such as Europe/Bucharest
 * for Kaliningrad. Such an area has all zones of its countries.
 */
function areaZones({ zones }: ZoneEntry, callingCode: string, countries: Countries): readonly string[] {
  const found = canonicalZones(zones);
  const isForeign = found.length === 0 || found.some((zone) => !countries.zones.has(zone));
  return isForeign ? distinct([...found, ...countryZones(callingCode, countries)]) : distinct(found);
}

/**
 * Zones of all countries of a calling code, from Intl and from the data. Both count where they differ, so that no
 * message is sent at a time that either of them calls quiet. Intl lacks Kosovo and Ascension.
 */
function countryZones(callingCode: string, { zones }: Countries): readonly string[] {
  return cached(`countries ${callingCode}`, () => {
    const found = distinct([...canonicalZones(zoneEntryOf(callingCode)?.zones ?? []), ...zones]);
    return found.length > 0 ? found : worldZones();
  });
}

/** Begins with zones that are eight hours apart, so that an intersection is usually empty after the first three. */
function worldZones(): readonly string[] {
  return cached('world', () =>
    distinct(['Africa/Abidjan', 'Asia/Tokyo', 'America/Los_Angeles', ...Intl.supportedValuesOf('timeZone')]),
  );
}

/** Omits zones that Intl does not know, such as `Etc/Unknown`. */
function canonicalZones(names: readonly string[]): string[] {
  return names.map(canonicalZone).filter((zone) => zone !== undefined);
}

/** Results are shared between callers, and therefore frozen. */
function distinct(names: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(names)]);
}

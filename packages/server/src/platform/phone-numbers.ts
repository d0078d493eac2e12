import {
  type CountryCode,
  Metadata,
  type PhoneNumber,
  parseIncompletePhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/** E.164 (ITU-T), §6.2.1: a plus and at most 15 digits, the first not 0. No subscriber number has fewer than 7. */
export const E164 = /^\+[1-9]\d{6,14}$/;

/** Types of senders. Carriers limit messages by the type of their sender. */
export type SenderType = 'LONG_CODE' | 'TOLL_FREE' | 'SHORT_CODE' | 'ALPHANUMERIC';

/** Toll-free area codes in use (NANPA, "Toll-Free Numbers", https://www.nanpa.com). */
const TOLL_FREE = /^\+1(?:800|833|844|855|866|877|888)\d{7}$/;
/** Short codes have 3 to 8 digits: 5 or 6 in North America (CTIA Short Code Monitoring Handbook), others elsewhere. */
const SHORT_CODE = /^\d{3,8}$/;
/**
 * Alphanumeric sender: up to 11 characters of the GSM 7-bit default alphabet (3GPP TS 23.040 §9.1.2.5, TS 23.038
 * §6.2.1), with at least one letter. Twilio, Telnyx and Bandwidth document the same length and the same letter.
 */
const ALPHANUMERIC = /^(?=.*\p{L})[ -Z_a-z£¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüàΔΦΓΛΩΠΨΣΘΞ]{1,11}$/u;

/** @param address sender: E.164, a short code, or an alphanumeric sender. */
export function senderTypeOf(address: string): SenderType {
  if (TOLL_FREE.test(address)) return 'TOLL_FREE';
  if (SHORT_CODE.test(address)) return 'SHORT_CODE';
  return ALPHANUMERIC.test(address) ? 'ALPHANUMERIC' : 'LONG_CODE';
}

/** Fewer digits are a short code rather than a national number, with the exceptions in `isShortCode`. */
const SHORTEST_NATIONAL = 7;
/** Fewer digits without a plus are more likely national than international. */
const SHORTEST_INTERNATIONAL = 11;

/** The trunk prefixes of all countries (0, 01, 06, 1, 8, 80) begin with one of these digits. */
const MAY_BE_TRUNK_PREFIX = /^[018]/;
const LONGEST_TRUNK_PREFIX = 2;

/** Numbering plan of a country calling code. If several regions share the code, that of the main region. */
interface Plan {
  callingCode: string;
  /** Possible lengths of a national number, in digits. */
  lengths: readonly number[];
  /** Regular expression of the international dialling prefixes. */
  iddPrefix: string;
}

/** Plans by first three digits, so that a scan of a large list does not search the metadata again. */
const plans = new Map<string, Plan | undefined>();

function planOf(digits: string): Plan | undefined {
  const start = digits.slice(0, 3);
  if (!plans.has(start)) plans.set(start, findPlan(start));
  return plans.get(start);
}

function findPlan(start: string): Plan | undefined {
  for (let length = 1; length <= start.length; length += 1) {
    const callingCode = start.slice(0, length);
    const metadata = new Metadata();
    try {
      // The library also accepts a calling code, and then selects the main region. The types of the library only know
      // regions.
      metadata.selectNumberingPlan(callingCode as CountryCode);
    } catch {
      continue;
    }
    const plan = metadata.numberingPlan;
    if (plan) return { callingCode, lengths: plan.possibleLengths(), iddPrefix: plan.IDDPrefix() };
  }
  return undefined;
}

/** Whether a code is an assigned country calling code, without a plus: "1", "49", "800". */
export function isCallingCode(code: string): boolean {
  return planOf(code)?.callingCode === code;
}

/** @returns country calling code of a number in E.164, or undefined if the number begins with none. */
export function callingCodeOf(e164: string): string | undefined {
  return planOf(e164.slice(1))?.callingCode;
}

/**
 * Whether a text is E.164 with a length that its country has. Unassigned ranges such as `+1555…` are possible. A trunk
 * prefix is not removed, so `+4407911123456` is impossible.
 */
export function isPossible(text: string): boolean {
  if (!E164.test(text)) return false;
  const digits = text.slice(1);
  const plan = planOf(digits);
  return plan?.lengths.includes(digits.length - plan.callingCode.length) ?? false;
}

/** Whether the range is assigned as well. Takes more than 100 µs, too slow for each number of a list. */
export function isValid(e164: string): boolean {
  const parsed = parse(e164);
  return parsed?.number === e164 && parsed.isValid();
}

/**
 * Reads digits that begin with a country calling code. Removes `00`, and a trunk prefix after the calling code, as in
 * `49015112345678`. A possible number is not changed otherwise.
 * @param callingCode country whose national form the digits may be, if they are no possible international number.
 * @returns E.164. Digits without a possible reading are returned with a plus if they have the form of E.164. A client
 *   may have sent to this very number. Undefined otherwise.
 */
export function readInternational(digits: string, callingCode?: string): string | undefined {
  const plain = digits.replace(/^00(?=[1-9])/, '');
  const national = () => (callingCode === undefined ? undefined : readNational(plain, callingCode));
  if (plain.startsWith('0')) return national();
  const e164 = `+${plain}`;
  const possible = isPossible(e164);
  if (possible && !MAY_BE_TRUNK_PREFIX.test(plain.slice(callingCodeOf(e164)?.length))) return e164;
  const parsed = withoutTrunkPrefix(e164);
  if (parsed && isPossible(parsed.number) && (!possible || parsed.isValid())) return parsed.number;
  if (possible) return e164;
  return national() ?? (E164.test(e164) ? e164 : undefined);
}

/** @returns undefined without a trunk prefix, or if more than the trunk prefix would change. */
function withoutTrunkPrefix(e164: string): PhoneNumber | undefined {
  const parsed = parse(e164);
  if (!parsed || !e164.endsWith(parsed.nationalNumber)) return undefined;
  const removed = e164.length - parsed.number.length;
  return removed > 0 && removed <= LONGEST_TRUNK_PREFIX ? parsed : undefined;
}

/**
 * Reads digits in national form, with or without the trunk prefix. The digits may also be an international number
 * without its plus (`4915112345678` in Germany), or follow the prefix that dials abroad. National length rules decide.
 * Among several possible readings, a mobile number precedes another assigned number, and an assigned number precedes an
 * unassigned one.
 * @param callingCode country calling code: "1".
 * @returns E.164, or undefined if no reading is a possible number.
 */
export function readNational(digits: string, callingCode: string): string | undefined {
  return nationalReading(digits, callingCode)?.number;
}

/**
 * Reads digits that may be national, or international without a plus. A mobile number of the country comes first, then
 * the international reading.
 */
export function readAny(digits: string, callingCode: string | undefined): string | undefined {
  const national = callingCode === undefined ? undefined : nationalReading(digits, callingCode);
  return national && isMobile(national)
    ? national.number
    : (readInternational(digits, callingCode) ?? national?.number);
}

/**
 * Reads digits of unknown form, from carriers that omit the type of number.
 * @param callingCode country whose national form the digits may be. Absent: unknown.
 * @returns E.164, or undefined for a short code and for national digits of an unknown country.
 */
export function readUntyped(digits: string, callingCode: string | undefined): string | undefined {
  if (digits.length < SHORTEST_NATIONAL) return undefined;
  const isLong = digits.length >= SHORTEST_INTERNATIONAL;
  return (isLong ? readAny(digits, callingCode) : undefined) ?? readNationalForm(digits, callingCode);
}

/** Same as `readNational`. Without a calling code, reads only digits that dial abroad with `00`. */
export function readNationalForm(digits: string, callingCode: string | undefined): string | undefined {
  if (callingCode !== undefined) return readNational(digits, callingCode);
  return /^00[1-9]/.test(digits) ? readInternational(digits) : undefined;
}

function nationalReading(digits: string, callingCode: string): PhoneNumber | undefined {
  const plan = planOf(callingCode);
  if (plan?.callingCode !== callingCode) return undefined;
  const [idd = ''] = new RegExp(`^(?:${plan.iddPrefix})`).exec(digits) ?? [];
  const readings = [
    // Dialled abroad from any country (ITU-T E.164, annex A). Few national numbers begin with `00`.
    /^00[1-9]/.test(digits) ? parse(`+${digits.slice(2)}`) : undefined,
    parse(digits, callingCode),
    digits.startsWith(callingCode) ? parse(`+${digits}`) : undefined,
    // A single 0 is more likely a trunk prefix or part of the number.
    idd.length > 1 ? parse(`+${digits.slice(idd.length)}`) : undefined,
  ].filter((one) => one !== undefined && isPossible(one.number) && !isShortCode(digits, one, plan)) as PhoneNumber[];
  // The first reading with the highest rank.
  const [first, ...others] = readings;
  return others.reduce((best, one) => (best && rankOf(one) <= rankOf(best) ? best : one), first);
}

/** Mobile numbers are no short codes, nor are numbers of a country without longer numbers. */
function isShortCode(digits: string, reading: PhoneNumber, { lengths }: Plan): boolean {
  if (digits.length >= SHORTEST_NATIONAL) return false;
  return Math.max(...lengths) > SHORTEST_NATIONAL && !isMobile(reading);
}

function rankOf(number: PhoneNumber): number {
  return isMobile(number) ? 2 : number.isValid() ? 1 : 0;
}

function isMobile(number: PhoneNumber): boolean {
  const type = number.getType();
  return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}

function parse(text: string, callingCode?: string): PhoneNumber | undefined {
  const options = callingCode === undefined ? {} : { defaultCallingCode: callingCode };
  return parsePhoneNumberFromString(text, { ...options, extract: false });
}

/** Phone number as a person writes it, without separators. */
export interface WrittenNumber {
  digits: string;
  hasPlus: boolean;
}

/** A URI of RFC 3966, or a plus, digits of any script and the separators of international and national forms. */
const WRITTEN = /^(?:tel:)?\s*\+?[\p{Nd}\s().·•/\p{Pd}]+$/iu;
/** Directional marks are copied along with a number from an address book. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** @returns undefined for a text that is no phone number in any spelling: a name, an id, a single separator. */
export function readWritten(text: string): WrittenNumber | undefined {
  const plain = text.normalize('NFKC').replace(INVISIBLE, '').trim();
  if (!WRITTEN.test(plain)) return undefined;
  const read = parseIncompletePhoneNumber(plain.replace(/^tel:/i, ''));
  const digits = read.replace('+', '');
  return digits === '' ? undefined : { digits, hasPlus: read.startsWith('+') };
}

/** No area code of North America begins with 0 or 1. The length rules alone would accept such a code. */
const NORTH_AMERICAN = /^(1?[2-9]\d{9}|011\d+)$/;

/**
 * Whether digits written by a person may be in the national form of a country. Stricter than the length rules where
 * more is known.
 */
export function isDialledIn(callingCode: string, digits: string): boolean {
  return callingCode !== '1' || NORTH_AMERICAN.test(digits);
}

/**
 * All numbers that a spelling may mean: the international one, and without a plus also the national ones.
 * @param callingCodes countries whose national form the digits may be.
 * @returns distinct numbers in E.164. Empty for too few or too many digits, and for no number of these countries.
 */
export function readingsOf({ digits, hasPlus }: WrittenNumber, callingCodes: readonly string[]): string[] {
  const international = [`+${digits}`, readInternational(digits)].filter((one) => one !== undefined && E164.test(one));
  if (hasPlus) return [...new Set(international)] as string[];
  const isLong = digits.length >= SHORTEST_INTERNATIONAL;
  const national = callingCodes.map((callingCode) => readNational(digits, callingCode));
  const readings = [...international.filter((one) => one !== undefined && (isLong || isPossible(one))), ...national];
  return [...new Set(readings.filter((one) => one !== undefined))];
}

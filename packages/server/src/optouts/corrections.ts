import {
  callingCodeOf,
  isDialledIn,
  isPossible,
  isValid,
  readInternational,
  readNational,
  readUntyped,
} from '../platform/phone-numbers.ts';

/**
 * Fault in the recipient of a stored opt-out, which makes the opt-out ineffective. IMPOSSIBLE: no phone number has this
 * form. DOUBTFUL: the length is possible, but only the correction is an assigned number.
 */
export type Fault = 'IMPOSSIBLE' | 'DOUBTFUL';

export interface Faulty {
  fault: Fault;
  /** Corrected numbers in E.164. Exactly one if the intended number is known. */
  corrections: string[];
}

/** Maximum digits of a short code. Short codes are not corrected. */
const LONGEST_SHORT_CODE = 8;
/**
 * Calling codes where a leading 0 belongs to the number: Italy, San Marino, Ivory Coast, Gabon, Congo. Older versions
 * removed it.
 */
const KEEPS_ZERO = new Set(['39', '378', '225', '241', '242']);

/** Whether to examine a recipient. Cheap enough for a scan of all opt-outs. */
export function isSuspect(recipient: string): boolean {
  if (!isPossible(recipient)) return new RegExp(`^(\\+\\d+|\\d{${LONGEST_SHORT_CODE + 1},})$`).test(recipient);
  const callingCode = callingCodeOf(recipient) ?? '';
  const national = recipient.slice(1 + callingCode.length);
  return national.startsWith('0') || national.startsWith(callingCode) || KEEPS_ZERO.has(callingCode);
}

/**
 * Examines a recipient that older versions may have stored incorrectly. Such a recipient has an extra calling code or
 * its trunk prefix, or lacks a 0 that belongs to the number.
 * @param ownNumber number that received the opt-out, in E.164. Gives the country if the recipient does not.
 * @returns undefined when the recipient has no fault.
 */
export function examine(recipient: string, ownNumber: string | undefined): Faulty | undefined {
  if (!isSuspect(recipient)) return undefined;
  const corrections = correctionsOf(recipient, ownNumber && callingCodeOf(ownNumber));
  if (!isPossible(recipient)) return { fault: 'IMPOSSIBLE', corrections };
  if (isValid(recipient)) return undefined;
  const assigned = corrections.filter(isValid);
  return assigned.length === 1 ? { fault: 'DOUBTFUL', corrections: assigned } : undefined;
}

/** All possible readings, or only the assigned number if there is exactly one. */
function correctionsOf(recipient: string, ownCode: string | undefined): string[] {
  const digits = recipient.replace('+', '');
  const nationalCode = ownCode !== undefined && isDialledIn(ownCode, digits) ? ownCode : undefined;
  const readings = recipient.startsWith('+') ? readingsOf(digits, ownCode) : [readUntyped(digits, nationalCode)];
  const possible = readings.filter((one) => one !== undefined && one !== recipient && isPossible(one)) as string[];
  const distinct = [...new Set(possible)];
  const assigned = distinct.length > 1 ? distinct.filter(isValid) : [];
  return assigned.length === 1 ? assigned : distinct;
}

/** Readings of the digits after the calling code as a carrier may have sent them, with and without the removed 0. */
function readingsOf(digits: string, ownCode: string | undefined): (string | undefined)[] {
  const callingCode = callingCodeOf(`+${digits}`);
  const rest = digits.slice(callingCode?.length ?? 0);
  return [
    readInternational(digits),
    readDialled(rest, callingCode),
    rest.startsWith('0') ? undefined : withTrunkPrefix(rest, callingCode),
    readDialled(digits, ownCode),
  ];
}

/** Restores the removed 0, dialled within the country. In North America a 0 before `11…` would dial abroad. */
function withTrunkPrefix(rest: string, callingCode: string | undefined): string | undefined {
  const reading = readDialled(`0${rest}`, callingCode);
  return reading?.startsWith(`+${callingCode}`) ? reading : undefined;
}

function readDialled(digits: string, callingCode: string | undefined): string | undefined {
  if (callingCode === undefined || !isDialledIn(callingCode, digits)) return undefined;
  return readNational(digits, callingCode);
}

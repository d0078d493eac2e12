import {
  callingCodeOf,
  isDialledIn,
  isPossible,
  isValid,
  readInternational,
  readNational,
  readUntyped,
} from '../phone-numbers.ts';

/**
 * What is wrong with the recipient of a stored opt-out, so that it protects nobody. IMPOSSIBLE: no phone number has this
 * form. DOUBTFUL: the length is possible, but only the correction is an assigned number.
 */
export type Fault = 'IMPOSSIBLE' | 'DOUBTFUL';

export interface Faulty {
  fault: Fault;
  /** E.164; exactly one where the meant number is known. */
  corrections: string[];
}

/** Digits of the longest short code. Those of short codes stay as they are. */
const LONGEST_SHORT_CODE = 8;
/** Where a 0 at the beginning belongs to the number: Italy, San Marino, Ivory Coast, Gabon, Congo. Older versions removed it. */
const KEEPS_ZERO = new Set(['39', '378', '225', '241', '242']);

/** Whether a recipient deserves a closer look: cheap, for a scan of all opt-outs. */
export function isSuspect(recipient: string): boolean {
  if (!isPossible(recipient)) return new RegExp(`^(\\+\\d+|\\d{${LONGEST_SHORT_CODE + 1},})$`).test(recipient);
  const callingCode = callingCodeOf(recipient) ?? '';
  const national = recipient.slice(1 + callingCode.length);
  return national.startsWith('0') || national.startsWith(callingCode) || KEEPS_ZERO.has(callingCode);
}

/**
 * Examines a recipient that older versions may have stored wrongly: with a calling code too many, with its trunk prefix, or
 * without a 0 that belongs to it.
 * @param ownNumber the number that was written to, in E.164: the sender's country where the recipient does not tell it.
 * @returns undefined when nothing is wrong with it.
 */
export function examine(recipient: string, ownNumber: string | undefined): Faulty | undefined {
  if (!isSuspect(recipient)) return undefined;
  const corrections = correctionsOf(recipient, ownNumber && callingCodeOf(ownNumber));
  if (!isPossible(recipient)) return { fault: 'IMPOSSIBLE', corrections };
  if (isValid(recipient)) return undefined;
  const assigned = corrections.filter(isValid);
  return assigned.length === 1 ? { fault: 'DOUBTFUL', corrections: assigned } : undefined;
}

/** All possible readings; only the assigned number where there is exactly one. */
function correctionsOf(recipient: string, ownCode: string | undefined): string[] {
  const digits = recipient.replace('+', '');
  const nationalCode = ownCode !== undefined && isDialledIn(ownCode, digits) ? ownCode : undefined;
  const readings = recipient.startsWith('+') ? readingsOf(digits, ownCode) : [readUntyped(digits, nationalCode)];
  const possible = readings.filter((one) => one !== undefined && one !== recipient && isPossible(one)) as string[];
  const distinct = [...new Set(possible)];
  const assigned = distinct.length > 1 ? distinct.filter(isValid) : [];
  return assigned.length === 1 ? assigned : distinct;
}

/** Reads the digits after the calling code as a carrier may have sent them, with and without the 0 that was removed. */
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

/** The 0 that was removed dialled within the country. In front of `11…` it would dial abroad from North America. */
function withTrunkPrefix(rest: string, callingCode: string | undefined): string | undefined {
  const reading = readDialled(`0${rest}`, callingCode);
  return reading?.startsWith(`+${callingCode}`) ? reading : undefined;
}

function readDialled(digits: string, callingCode: string | undefined): string | undefined {
  if (callingCode === undefined || !isDialledIn(callingCode, digits)) return undefined;
  return readNational(digits, callingCode);
}

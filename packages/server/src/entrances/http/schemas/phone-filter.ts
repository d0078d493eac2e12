import type { Numbers } from '#numbers/numbers.ts';
import { invalidRequest } from '#platform/errors.ts';
import { isDialledIn, readingsOf, readWritten, type WrittenNumber } from '#platform/phone-numbers.ts';

/** A text with fewer digits and without a plus is a short code or a name such as `24/7`. */
const SHORTEST_NUMBER = 7;
const LONGEST_SHORT_CODE = 8;

export interface AddressFilter {
  /** Name and location of the parameter. The default location is `querystring`. */
  field: string;
  in?: string;
  text: string;
  apiClientId: string;
  /** Whether stored addresses include national digits as a carrier sent them, as those of senders do. */
  hasNationalDigits: boolean;
}

type CallingCodes = Pick<Numbers, 'callingCodesOf'>;

/**
 * Stored addresses that match a filter. A number in E.164 matches itself. Another spelling matches each number that it
 * can be in the countries of the client's own numbers. Examples are ` 1555…` (a plus that was not escaped in the URL)
 * and `(555) 123-0000`. Names and short codes match themselves.
 * @throws ApiError INVALID_REQUEST naming the field, for a phone number that has no possible reading.
 */
export async function addressesMeant(numbers: CallingCodes, filter: AddressFilter): Promise<string[]> {
  const addresses = await addressesIn(numbers, filter);
  if (addresses.length === 0) throw unreadable(filter);
  return addresses;
}

/**
 * Recipients as sent that a filter matches: the text itself, which may be no phone number, and the addresses that it can
 * mean. An address that was sent in another spelling than the text does not match.
 */
export async function recipientsMeant(numbers: CallingCodes, filter: AddressFilter): Promise<string[]> {
  return [...new Set([filter.text, ...(await addressesIn(numbers, filter))])];
}

/** @returns no address for a phone number that has no possible reading. */
async function addressesIn(numbers: CallingCodes, filter: AddressFilter): Promise<string[]> {
  const { text, hasNationalDigits } = filter;
  // An unescaped plus is decoded as a space. Neither a plus nor a space is an address by itself.
  if (filter.in === undefined && !/[\p{L}\p{N}]/u.test(text)) return [];
  const written = readWritten(unescaped(text));
  if (!written || (!written.hasPlus && written.digits.length < SHORTEST_NUMBER)) return [text];
  const readings = await readAll(numbers, filter, written);
  const isBare = text === written.digits;
  const isStored = isBare && (hasNationalDigits || text.length <= LONGEST_SHORT_CODE);
  if (readings.length === 0 && !isStored) return [];
  const keepsDigits = isStored || (hasNationalDigits && !written.hasPlus);
  return keepsDigits ? [...readings, written.digits] : readings;
}

async function readAll(numbers: CallingCodes, { apiClientId }: AddressFilter, written: WrittenNumber) {
  if (written.hasPlus) return readingsOf(written, []);
  // The inventory is North American, and its numbers are often written without their country code.
  const callingCodes = new Set(['1', ...(await numbers.callingCodesOf(apiClientId))]);
  return readingsOf(
    written,
    [...callingCodes].filter((callingCode) => isDialledIn(callingCode, written.digits)),
  );
}

/** Decodes a value that was escaped twice: `%2B1555…`. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unreadable({ field, in: within = 'querystring' }: AddressFilter) {
  const message =
    `${field} is not a complete phone number. Write it with a plus and its country code, such as +15551234567. ` +
    'In a URL, escape the plus as %2B.';
  return invalidRequest(message, { in: within, field });
}

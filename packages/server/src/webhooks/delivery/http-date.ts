const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. */
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<shortYear>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/** A year of two digits that appears to be further ahead lies in the past (RFC 9110 §5.6.7). */
const YEARS_AHEAD = 50;

/**
 * Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7). All forms are UTC, regardless of the time zone of this
 * machine.
 * @param now completes a two-digit year in the RFC 850 form.
 * @returns milliseconds since 1970, or undefined if the text has another form or names a day that does not exist.
 */
export function readHttpDate(text: string, now: Date): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (!parts) return undefined;
  const { day, month = '', year, shortYear, hour, minute, second } = parts;
  const fullYear = year === undefined ? completed(Number(shortYear), now.getUTCFullYear()) : Number(year);
  const date = new Date(0);
  date.setUTCFullYear(fullYear, MONTHS.indexOf(month), Number(day));
  if (date.getUTCDate() !== Number(day)) return undefined;
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

/** The latest year that ends with these digits and is not too far ahead. */
function completed(twoDigits: number, thisYear: number): number {
  const latest = thisYear + YEARS_AHEAD;
  return latest - ((latest - twoDigits) % 100);
}

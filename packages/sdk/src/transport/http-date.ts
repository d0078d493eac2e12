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

/**
 * Maximum number of years that a two-digit year may be in the future. A later year is in the past (RFC 9110 §5.6.7).
 */
const YEARS_AHEAD = 50;

/**
 * Reads an HTTP date in any of its three formats (RFC 9110 §5.6.7). All formats are in UTC. The local time zone has no
 * effect.
 *
 * @param now milliseconds since 1970, completes the two-digit year of the RFC 850 format
 * @returns milliseconds since 1970, or undefined for another format or a nonexistent day
 */
export function readHttpDate(text: string, now: number): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (!parts) return undefined;
  const { day, month = '', year, shortYear, hour, minute, second } = parts;
  const fullYear = year === undefined ? completed(Number(shortYear), new Date(now).getUTCFullYear()) : Number(year);
  const date = new Date(0);
  date.setUTCFullYear(fullYear, MONTHS.indexOf(month), Number(day));
  if (date.getUTCDate() !== Number(day)) return undefined;
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

/** Latest year with these last two digits that is at most `YEARS_AHEAD` years ahead. */
function completed(twoDigits: number, thisYear: number): number {
  const latest = thisYear + YEARS_AHEAD;
  return latest - ((latest - twoDigits) % 100);
}

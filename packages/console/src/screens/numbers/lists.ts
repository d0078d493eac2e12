/** Address of a number as the API accepts it: E.164, a short code, or an alphanumeric sender. */
const SENDER = /^(\+[1-9]\d{6,14}|\d{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ._&'-]{0,9}[A-Za-z0-9])?)$/;

/** Attributes for a list of carriers. Browsers show the title for an invalid list. */
export const CARRIER_LIST = {
  pattern: '\\s*[a-z0-9][a-z0-9_\\-]{0,31}(\\s*,\\s*[a-z0-9][a-z0-9_\\-]{0,31})*\\s*',
  title: 'Names of carriers, separated by commas: twilio, backup',
};

/** Attributes for a list of country calling codes. */
export const COUNTRY_LIST = {
  inputMode: 'tel' as const,
  pattern: '\\s*\\+?[1-9]\\d{0,2}(\\s*,\\s*\\+?[1-9]\\d{0,2})*\\s*',
  title: 'Country calling codes, separated by commas: 1, 44',
};

/** Distinct entries of a list with commas. Null for an empty list, which means all. */
export function listOf(text: string): string[] | null {
  const entries = text.split(',').map((entry) => entry.trim().replace(/^\+/, ''));
  const given = new Set(entries.filter((entry) => entry !== ''));
  return given.size > 0 ? [...given] : null;
}

/** Distinct addresses of a text with one address per line, and the first line that is not an address. */
export function sendersOf(text: string): { senders: string[]; wrong: string | undefined } {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const senders = [...new Set(lines.filter((line) => line !== ''))];
  return { senders, wrong: senders.find((sender) => !SENDER.test(sender)) };
}

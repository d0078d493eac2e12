/** Control characters, and those that turn text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A handset's text must not be able to move the cursor, to colour, or to write into somebody's clipboard. */
export function printable(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\r?\n/g, ' ⏎ ').replace(UNPRINTABLE, '\ufffd');
}

/** JSON that no terminal obeys: JSON.stringify spells out only the first of the control characters. */
export function json(value: unknown, indent?: number): string {
  const spelt = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(UNPRINTABLE, (char) => (char === '\n' ? char : spelt(char)));
}

/** @returns how many columns of a terminal it takes, as nearly as code points tell. */
export function widthOf(text: string): number {
  return [...text].length;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** RFC 3339 to the second, as it stands in a table. */
export function moment(value: string | null | undefined): string {
  return value ? value.replace(/\.\d+Z$/, 'Z').replace('T', ' ') : '–';
}

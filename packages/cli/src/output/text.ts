/** Control characters, and characters that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Replaces control characters. The text of a handset must not move the cursor, change colours or write to the
 * clipboard.
 */
export function printable(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\r?\n/g, ' ⏎ ').replace(UNPRINTABLE, '\ufffd');
}

/** Escapes all control characters in JSON for terminals. `JSON.stringify` escapes only those below U+0020. */
export function json(value: unknown, indent?: number): string {
  const spelt = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(UNPRINTABLE, (char) => (char === '\n' ? char : spelt(char)));
}

/** @returns the approximate number of terminal columns, one per code point. */
export function widthOf(text: string): number {
  return [...text].length;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Formats RFC 3339 for a table, to the second. */
export function moment(value: string | null | undefined): string {
  return value ? value.replace(/\.\d+Z$/, 'Z').replace('T', ' ') : '–';
}

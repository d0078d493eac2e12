/** Maximum length of a file name, in UTF-16 code units. */
export const MAX_FILE_NAME = 255;

/**
 * Characters that a name must not have: control characters, line and paragraph separators, marks that change the
 * direction of the text (Unicode TR9, §2), and invisible spaces.
 */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/**
 * Last component of a path, without characters that could disguise the name or break a header.
 * @returns null if nothing is left.
 */
export function safeFileName(name: string): string | null {
  const last = name.toWellFormed().replaceAll(FORBIDDEN, '').split(/[/\\]/).at(-1) ?? '';
  const short = last.trim().slice(0, MAX_FILE_NAME).toWellFormed().trim();
  return /^\.*$/.test(short) ? null : short;
}

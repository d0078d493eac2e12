/**
 * Plain equivalents of typographic characters, where the meaning stays the same. Take precedence over the Unicode
 * classes below. Letters keep their accents. Fractions and superscripts stay, because `1½` must not become `11/2`.
 */
const EQUIVALENTS: ReadonlyMap<string, string> = new Map([
  ...each("'", '`\u00b4\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a'),
  ...each("'", '\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u275b\u275c\ua78c'),
  ...each('"', '\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u02ba\u02dd\u02ee\u275d\u275e\u301d\u301e\u301f'),
  ...each('-', '\u2212\u02d7\u2043'),
  ...each('~', '\u02dc\u223c\u2053\u301c\u3030'),
  ...each('...', '\u2026\u22ef'),
  ...each('..', '\u2025'),
  ...each('.', '\u00b7\u2024\u2027\u22c5\u3002\uff61'),
  ...each(',', '\u3001\uff64'),
  ...each('*', '\u2022\u2023\u25e6\u25cf\u25aa\u2219\u2217\u204e'),
  ...each('/', '\u2044\u2215'),
  ...each(':', '\u2236\ua789'),
  ...each('|', '\u00a6\u2223'),
  ...each('(', '\u2768\u276a'),
  ...each(')', '\u2769\u276b'),
  // Tab, fillers whose Unicode class is letter, and the empty Braille pattern.
  ...each(' ', '\t\u115f\u1160\u3164\uffa0\u2800'),
  ...each('\n', '\u000b\u0085\u2028\u2029'),
  ['\u0152', 'OE'],
  ['\u0153', 'oe'],
]);

function each(equivalent: string, characters: string): [string, string][] {
  return [...characters].map((character) => [character, equivalent]);
}

/**
 * Characters that differ from a plain character only in look. The compatibility decomposition (NFKC) of such a
 * character is plain.
 */
const COMPATIBILITY_FORM = new RegExp(
  [
    '[\u{fb00}-\u{fb06}\u{132}\u{133}]', // ligatures
    '[\u{ff01}-\u{ff5e}\u{ffe0}-\u{ffe6}]', // full width
    '[\u{fe10}-\u{fe19}\u{fe30}-\u{fe4f}\u{fe50}-\u{fe6b}]', // vertical and small punctuation
    '[\u{203c}\u{2047}-\u{2049}]', // double exclamation and question marks
    '[\u{1d400}-\u{1d7ff}]', // letters and digits in another font, including those that Unicode encoded earlier
    '[\u{2102}\u{210a}-\u{210e}\u{2110}-\u{2113}\u{2115}\u{2119}-\u{211d}\u{2124}\u{2128}\u{212c}\u{212d}]',
    '[\u{212f}-\u{2131}\u{2133}\u{2134}]',
  ].join('|'),
  'u',
);

/** Zero-width and directional characters, soft hyphens, variation selectors, annotation marks. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;
const SPACE = /\p{Zs}/u;
const DASH = /\p{Pd}/u;
const QUOTE = /[\p{Pi}\p{Pf}]/u;

/** A symbol shown as an emoji. Must stay, even where its text form has an equivalent, as in `‼️`. */
const EMOJI = /\p{Extended_Pictographic}\ufe0f/u;

/** @returns the text in plain characters. Characters without an equivalent stay. A text with an emoji is unchanged. */
export function plainText(text: string): string {
  if (EMOJI.test(text)) return text;
  return Array.from(text, plainCharacter).join('').normalize('NFC');
}

function plainCharacter(character: string): string {
  const equivalent = EQUIVALENTS.get(character);
  if (equivalent !== undefined) return equivalent;
  if (character <= '\u007f') return character;
  if (COMPATIBILITY_FORM.test(character)) return plainFormOf(character);
  if (INVISIBLE.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  return QUOTE.test(character) ? '"' : character;
}

function plainFormOf(character: string): string {
  const decomposed = character.normalize('NFKC');
  return decomposed === character ? character : Array.from(decomposed, plainCharacter).join('');
}

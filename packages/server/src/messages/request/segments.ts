import { plainText } from './typography.ts';

/**
 * Encoding of a text on the radio interface (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1). A segment carries 140
 * octets. In a concatenated message the header takes some of them.
 */
export type Encoding = 'GSM7' | 'UCS2';

export interface Segmentation {
  encoding: Encoding;
  /** Text of each segment, in order. Joined, they are the whole text. An empty text has one empty segment. */
  segments: string[];
}

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

/** Septets per character. An extension character is an escape and a character, and is never split. */
const SEPTETS = new Map<string, number>([
  ...[...BASIC].map((character) => [character, 1] as const),
  ...[...EXTENSION].map((character) => [character, 2] as const),
]);

const OCTETS = 140;
/** Octets of the concatenation header. 6: with an 8-bit reference number. 7: with a 16-bit reference number. */
export type HeaderOctets = 6 | 7;

/** Capacity of the given octets, in septets (GSM7) or UTF-16 code units (UCS2). */
const CAPACITY = {
  GSM7: (octets: number) => Math.floor((octets * 8) / 7),
  UCS2: (octets: number) => Math.floor(octets / 2),
} as const;

/**
 * Replaces typographic characters by plain ones if all of the text then fits GSM-7. The text stays unchanged if it
 * needs UCS-2 anyway, if the result would take more segments, or if the result would be empty.
 */
export function smartEncode(text: string): string {
  if (encodingOf(text) === 'GSM7') return text;
  const plain = plainText(text);
  if (plain === '' || encodingOf(plain) !== 'GSM7') return text;
  return segment(plain).segments.length <= segment(text).segments.length ? plain : text;
}

export function encodingOf(text: string): Encoding {
  for (const character of text) if (!SEPTETS.has(character)) return 'UCS2';
  return 'GSM7';
}

/** Characters that GSM-7 lacks, with their positions in code points. */
export function nonGsm(text: string): { character: string; index: number }[] {
  return [...text].flatMap((character, index) => (SEPTETS.has(character) ? [] : [{ character, index }]));
}

/** Splits a text into segments. An escape pair or a surrogate pair is never split. */
export function segment(text: string, header: HeaderOctets = 6, encoding = encodingOf(text)): Segmentation {
  const size = encoding === 'GSM7' ? septets : codeUnits;
  const capacity = CAPACITY[encoding];
  if (lengthOf(text, size) <= capacity(OCTETS)) return { encoding, segments: [text] };
  return { encoding, segments: fill(text, size, capacity(OCTETS - header)) };
}

function fill(text: string, size: (character: string) => number, capacity: number): string[] {
  const segments: string[] = [];
  let current = '';
  let used = 0;
  for (const character of text) {
    if (used + size(character) > capacity) {
      segments.push(current);
      current = '';
      used = 0;
    }
    current += character;
    used += size(character);
  }
  segments.push(current);
  return segments;
}

function lengthOf(text: string, size: (character: string) => number): number {
  let length = 0;
  for (const character of text) length += size(character);
  return length;
}

const septets = (character: string) => SEPTETS.get(character) ?? 0;
const codeUnits = (character: string) => character.length;

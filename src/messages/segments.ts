import { plainText } from './typography.ts';

/**
 * How a text travels over the air: its alphabet and its segments (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1).
 * A segment carries 140 octets; one of several gives some of them to the header that joins them.
 */
export type Encoding = 'GSM7' | 'UCS2';

export interface Segmentation {
  encoding: Encoding;
  /** The text of each segment, in order; together they are the text. At least one, however short the text. */
  segments: string[];
}

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

/** Septets a character takes: an extension character is an escape and a character, and is never split. */
const SEPTETS = new Map<string, number>([
  ...[...BASIC].map((character) => [character, 1] as const),
  ...[...EXTENSION].map((character) => [character, 2] as const),
]);

const OCTETS = 140;
/** Of the header, with an 8-bit reference number; a 16-bit one takes an octet more. */
export type HeaderOctets = 6 | 7;

/** Septets (GSM7) or UTF-16 code units (UCS2) that so many octets hold. */
const CAPACITY = {
  GSM7: (octets: number) => Math.floor((octets * 8) / 7),
  UCS2: (octets: number) => Math.floor(octets / 2),
} as const;

/**
 * Replaces typographic characters by plain ones, if all of the text then fits GSM-7. A text that needs UCS-2 all the same,
 * that would take more segments, or of which nothing would be left, stays as it is.
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

/** Splits a text as it will be sent. An escape pair or a surrogate pair is never torn apart. */
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

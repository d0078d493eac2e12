import smpp from 'smpp';
import { type CodedText, type Coding, decodeText, gsm7 } from './decode.ts';
import type { Shift } from './gsm7.ts';

/** Text of a segment as `data_coding` (SMPP 3.4, §5.2.19) and bytes. */
export interface Coded {
  dataCoding: number;
  bytes: Buffer;
}

/** Default alphabet of the carrier. `gsm7` is the default and has one septet per octet (TS 23.038 §6.2.1). */
export type DefaultAlphabet = 'gsm7' | 'latin1';

const DEFAULT = 0x00;
const LATIN1 = 0x03;
const UCS2 = 0x08;

export interface TextRules {
  defaultAlphabet: DefaultAlphabet;
  /** Whether texts that fit Latin-1 but not GSM-7 use Latin-1. A segment has as many characters as in UCS-2. */
  preferLatin1: boolean;
}

/**
 * Writes the text of a segment.
 * @param encoding encoding of the whole message, so that all of its segments are written alike.
 * @param latin1 whether Latin-1 has all characters of the whole message.
 */
export function codeText(text: string, encoding: 'GSM7' | 'UCS2', rules: TextRules, latin1 = isLatin1(text)): Coded {
  if (encoding === 'GSM7' && rules.defaultAlphabet === 'gsm7') {
    return { dataCoding: DEFAULT, bytes: smpp.encodings.ASCII.encode(text) };
  }
  if (latin1) {
    if (encoding === 'GSM7') return { dataCoding: DEFAULT, bytes: Buffer.from(text, 'latin1') };
    if (rules.preferLatin1) return { dataCoding: LATIN1, bytes: Buffer.from(text, 'latin1') };
  }
  return { dataCoding: UCS2, bytes: utf16be(text) };
}

export type Alphabet = 'default' | 'ucs2' | 'binary' | Exclude<Coding, `gsm7:${string}`>;

/** Alphabets by data_coding where SMPP 3.4, §5.2.19 names one. 2 and 4 are binary, 9 is pictograms. */
const BY_DATA_CODING: Readonly<Record<number, Alphabet>> = {
  0: 'default',
  1: 'latin1',
  2: 'binary',
  3: 'latin1',
  4: 'binary',
  5: 'japanese',
  6: 'iso-8859-5',
  7: 'iso-8859-8',
  8: 'ucs2',
  9: 'binary',
  10: 'japanese',
  13: 'jis-x-0212',
  14: 'ks-c-5601',
};

/** Alphabets of the general data coding groups, by bits 3 and 2 (TS 23.038 §4). */
const GENERAL: readonly Alphabet[] = ['default', 'binary', 'ucs2', 'binary'];

/** Alphabet of a data_coding, from SMPP 3.4, §5.2.19 below 16. Others come from the handset (TS 23.038 §4). */
export function alphabetOf(dataCoding: number): Alphabet {
  if (dataCoding < 0x10) return BY_DATA_CODING[dataCoding] ?? 'binary';
  // The groups 01xx, which mark the message for deletion, have the same bits.
  if (dataCoding < 0x80) return GENERAL[(dataCoding >> 2) & 3] as Alphabet;
  if (dataCoding >= 0xf0) return dataCoding & 0x04 ? 'binary' : 'default';
  if (dataCoding >= 0xe0) return 'ucs2';
  return dataCoding >= 0xc0 ? 'default' : 'binary';
}

const DEFAULT_SHIFT: Shift = { locking: 0, single: 0 };

/**
 * Names the coding of an inbound text. Octets of a data_coding without an alphabet are Latin-1, so that ASCII is kept.
 * Removes a byte order mark, and the zeros with which some carriers end a string. A zero in GSM-7 is `@` and stays.
 * @param shift national language tables that the user data header names.
 */
export function codedText(
  dataCoding: number,
  bytes: Buffer,
  { defaultAlphabet }: Pick<TextRules, 'defaultAlphabet'>,
  shift: Shift = DEFAULT_SHIFT,
): CodedText {
  const alphabet = alphabetOf(dataCoding);
  if (alphabet === 'ucs2') return codedUcs2(bytes);
  if (alphabet === 'binary') return { coding: 'latin1', octets: bytes };
  if (alphabet !== 'default') return { coding: alphabet, octets: withoutZeros(bytes) };
  if (defaultAlphabet === 'latin1') return { coding: 'latin1', octets: withoutZeros(bytes) };
  return { coding: gsm7(shift), octets: bytes };
}

/** Decodes a message of one segment. See `codedText`. */
export function readText(
  dataCoding: number,
  bytes: Buffer,
  rules: Pick<TextRules, 'defaultAlphabet'>,
  shift?: Shift,
): string {
  return decodeText(codedText(dataCoding, bytes, rules, shift));
}

export function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** UCS-2 with the byte order of its mark. Without a mark, an earlier segment decides. */
export function codedUcs2(bytes: Buffer): CodedText {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfeff) return { coding: 'utf-16be', octets: bytes.subarray(2) };
  if (mark === 0xfffe) return { coding: 'utf-16le', octets: bytes.subarray(2) };
  return { coding: 'utf-16', octets: bytes };
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function withoutZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}

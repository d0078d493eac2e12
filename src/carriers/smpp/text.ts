import smpp from 'smpp';

/** How a part's text is written: `data_coding` (SMPP 3.4, §5.2.19) and its bytes. */
export interface Coded {
  dataCoding: number;
  bytes: Buffer;
}

/** The carrier's default alphabet, which is taken to be GSM-7 a septet an octet (TS 23.038 §6.2.1) unless it says else. */
export type DefaultAlphabet = 'gsm7' | 'latin1';

const DEFAULT = 0x00;
const LATIN1 = 0x03;
const UCS2 = 0x08;

export interface TextRules {
  defaultAlphabet: DefaultAlphabet;
  /** Texts that GSM-7 has not, but Latin-1 has, go as Latin-1. A part of such a text has as many characters as in UCS-2. */
  preferLatin1: boolean;
}

/**
 * @param encoding of the whole message, so that all of its parts are written alike.
 * @param latin1 whether Latin-1 has all that the whole message has.
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

type Alphabet = 'default' | 'ucs2' | 'other';

/** SMPP 3.4, §5.2.19, for codings below 16; TS 23.038 §4 for the others, which carriers pass on as the handset said them. */
function alphabetOf(dataCoding: number): Alphabet {
  if (dataCoding < 0x10) return dataCoding === DEFAULT ? 'default' : dataCoding === UCS2 ? 'ucs2' : 'other';
  if (dataCoding < 0x40) return (['default', 'other', 'ucs2', 'other'] as const)[(dataCoding >> 2) & 3] as Alphabet;
  if (dataCoding >= 0xf0) return dataCoding & 0x04 ? 'other' : 'default';
  if (dataCoding >= 0xe0) return 'ucs2';
  return dataCoding >= 0xc0 ? 'default' : 'other';
}

/**
 * What a handset wrote. A data_coding that stands for no text, or for an alphabet that is not known here, is read as
 * Latin-1, so that nothing is lost of what is ASCII.
 */
export function readText(
  dataCoding: number,
  bytes: Buffer,
  { defaultAlphabet }: Pick<TextRules, 'defaultAlphabet'>,
): string {
  const alphabet = alphabetOf(dataCoding);
  if (alphabet === 'ucs2') return fromUtf16be(bytes);
  if (alphabet === 'other' || defaultAlphabet === 'latin1') return bytes.toString('latin1');
  // An escape to what is no character of the extension is none itself (TS 23.038 §6.2.1).
  return smpp.encodings.ASCII.decode(bytes).replaceAll('\u001b', '');
}

export function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function fromUtf16be(bytes: Buffer): string {
  // Half a character at the end is none.
  const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return whole.swap16().toString('utf16le');
}

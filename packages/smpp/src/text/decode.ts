import iconv from 'iconv-lite';
import { decodeGsm7, isGsm7, type Shift } from './gsm7.ts';
import { eucOf, isIso2022 } from './iso2022.ts';

/** Names of codings, stored with the segments of an inbound message. */
export type Coding =
  /** Text that is already decoded, as UTF-16LE. */
  | 'text'
  /** GSM-7, one septet per octet, with the national language tables `locking` and `single`. */
  | `gsm7:${number}:${number}`
  /** UTF-16 with the byte order stated by an earlier segment, or else big-endian. */
  | 'utf-16'
  | 'utf-16be'
  | 'utf-16le'
  | 'latin1'
  | 'iso-8859-5'
  | 'iso-8859-8'
  /** Shift_JIS, EUC-JP or ISO-2022-JP, detected from the octets. */
  | 'japanese'
  /** EUC-JP or ISO-2022-JP, with JIS X 0212. */
  | 'jis-x-0212'
  | 'ks-c-5601';

/** Octets of a text, with the name of their coding. */
export interface CodedText {
  coding: Coding;
  octets: Buffer;
}

export function gsm7({ locking, single }: Shift): Coding {
  return `gsm7:${locking}:${single}`;
}

/** Decodes a whole text. Never throws. Octets without a character become U+FFFD. */
export function decodeText({ coding, octets }: CodedText): string {
  switch (coding) {
    case 'utf-16':
    case 'utf-16be':
      return trimmed(utf16be(octets));
    case 'text':
      return octets.toString('utf16le');
    case 'utf-16le':
      return trimmed(whole(octets).toString('utf16le'));
    case 'latin1':
      return octets.toString('latin1');
    case 'iso-8859-5':
    case 'iso-8859-8':
      return new TextDecoder(coding).decode(octets);
    case 'japanese':
      return decodeJapanese(octets);
    case 'jis-x-0212':
      return new TextDecoder('euc-jp').decode(isIso2022(octets) ? eucOf(octets) : octets);
    case 'ks-c-5601':
      // Unified Hangul Code, which contains EUC-KR. Node's own decoder supports EUC-KR only.
      return iconv.decode(octets, 'cp949');
    default:
      return decodeSeptets(coding, octets);
  }
}

export interface CodedSegment extends CodedText {
  /** Place in the message, from 1. */
  part: number;
}

/**
 * Decodes the segments of one message, in the order of their places. Neighbouring segments with the same coding are
 * joined before decoding, because a character can be split between segments.
 */
export function decodeSegments(segments: readonly CodedSegment[]): string {
  let order: Coding = 'utf-16be';
  let text = '';
  let run: { coding: Coding; octets: Buffer[]; next: number } | undefined;
  const decodeRun = () => (run ? decodeText({ coding: run.coding, octets: Buffer.concat(run.octets) }) : '');
  for (const { coding: stated, octets, part } of segments) {
    if (stated === 'utf-16be' || stated === 'utf-16le') order = stated;
    const coding = stated === 'utf-16' ? order : stated;
    if (run && run.coding === coding && run.next === part) run.octets.push(octets);
    else {
      text += decodeRun();
      run = { coding, octets: [octets], next: part };
    }
    run.next = part + 1;
  }
  return text + decodeRun();
}

function decodeSeptets(coding: string, octets: Buffer): string {
  // An octet with its highest bit set is not a septet, so the default alphabet of the carrier is not GSM-7.
  if (!isGsm7(octets)) return trimmed(octets.toString('latin1'));
  const [, locking, single] = coding.split(':');
  return decodeGsm7(octets, { locking: Number(locking), single: Number(single) });
}

/** Tries Shift_JIS first, which most carriers send. Some EUC-JP texts are also valid in Shift_JIS and are misread. */
function decodeJapanese(octets: Buffer): string {
  if (isIso2022(octets)) return new TextDecoder('euc-jp').decode(eucOf(octets));
  for (const charset of ['shift_jis', 'euc-jp']) {
    const text = strictly(charset, octets);
    if (text !== undefined) return text;
  }
  return new TextDecoder('shift_jis').decode(octets);
}

/** Decodes octets if all of them are valid. Node decodes some invalid octets to control characters. */
function strictly(charset: string, octets: Buffer): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(octets);
    return /[\u0080-\u009f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function utf16be(octets: Buffer): string {
  return Buffer.from(whole(octets)).swap16().toString('utf16le');
}

/** Drops half a code unit at the end. */
function whole(octets: Buffer): Buffer {
  return octets.subarray(0, octets.length & ~1);
}

/** Drops U+0000 at the end, which is the terminator of a C string. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\0') end -= 1;
  return text.slice(0, end);
}

import { messageOf, numberOf, type Pdu } from '../pdu/codec.ts';
import { placeOf, readUserData } from '../pdu/user-data.ts';
import { decodeText } from '../text/decode.ts';
import { decodeGsm7 } from '../text/gsm7.ts';
import { alphabetOf, codedUcs2, type TextRules } from '../text/text.ts';

/** Fields that are read from the text of a receipt (SMPP 3.4, appendix B). */
export interface ReceiptFields {
  id: string | undefined;
  status: string | undefined;
  error: string | undefined;
}

/** Start of the quotation of the message, which comes last and is not a field. */
const QUOTATION = /(?<![a-z])text\s*[:=]/i;
const NAME = '(?:id|sub|dlvrd|submit ?date|done ?date|stat(?:us)?|err(?:or)?)';
/** Start of a field that follows another field without a space. */
const GLUED = new RegExp(
  `(?<=\\d|DELIVRD|UNDELIV|EXPIRED|DELETED|REJECTD|ACCEPTD|ENROUTE|UNKNOWN)(?=${NAME}\\s*[:=])`,
  'gi',
);
/** Pattern for `name:value` or `name=value` in any case, with optional spaces. An empty field does not match. */
const fieldNamed = (name: string) => new RegExp(`(?:^|[\\s,;])${name}\\s*[:=]\\s*(?!${NAME}\\s*[:=])([^\\s,;]+)`, 'i');
const ID = fieldNamed('id');
const STATUS = fieldNamed('stat(?:us)?');
const ERROR = fieldNamed('err(?:or)?');

export function fieldsOf(text: string): ReceiptFields {
  const said = (text.split(QUOTATION, 1)[0] as string).replace(GLUED, ' ');
  return { id: ID.exec(said)?.[1], status: STATUS.exec(said)?.[1], error: ERROR.exec(said)?.[1] };
}

/** Text before the quotation of the message. */
export function withoutQuotation(text: string): string {
  // Trims spaces before the quotation, because a pattern for these spaces would be tried at each of them.
  const at = text.search(QUOTATION);
  return at < 0 ? text : text.slice(0, at).trimEnd();
}

/**
 * Decodes the text of a receipt. Carriers write receipts in other codings than data_coding states. Returns the first
 * reading with the fields of a receipt, or else the likeliest reading.
 * A later segment of a receipt without any field quotes the message. The text of such a segment is empty.
 */
export function receiptText(pdu: Pdu, rules: Pick<TextRules, 'defaultAlphabet'>): string {
  const octets = messageOf(pdu);
  const { fragment, bytes } = readUserData(numberOf(pdu, 'esm_class') ?? 0, octets);
  const dataCoding = numberOf(pdu, 'data_coding') ?? 0;
  let fallback: string | undefined;
  for (const text of readings(bytes, octets, dataCoding, rules)) {
    const { id, status } = fieldsOf(text);
    if (id !== undefined && status !== undefined) return text;
    if (id !== undefined || status !== undefined || QUOTATION.test(text)) fallback ??= text;
  }
  if (fallback !== undefined) return fallback;
  const place = fragment ?? placeOf(pdu);
  if (place && place.part > 1) return '';
  const [likeliest = ''] = readings(bytes, octets, dataCoding, rules);
  return likeliest;
}

/** Readings of a receipt, the likeliest first. The last one is for a wrong user data header indicator in esm_class. */
function* readings(
  bytes: Buffer,
  octets: Buffer,
  dataCoding: number,
  rules: Pick<TextRules, 'defaultAlphabet'>,
): Generator<string> {
  const isUcs2 = alphabetOf(dataCoding) === 'ucs2';
  const zeroIsAt = alphabetOf(dataCoding) === 'default' ? rules.defaultAlphabet === 'gsm7' : dataCoding === IA5;
  if (isUcs2) yield decodeText(codedUcs2(bytes));
  yield fromOctets(bytes, zeroIsAt);
  if (!isUcs2) yield decodeText(codedUcs2(bytes));
  yield decodeText({ coding: 'utf-16le', octets: bytes });
  if (bytes.length < octets.length) yield fromOctets(octets, zeroIsAt);
}

/** data_coding of ASCII. Some carriers send GSM-7 under this value. */
const IA5 = 0x01;
const ESCAPE = 0x1b;
const WHITE_SPACE = new Set([0x09, 0x0a, 0x0d]);

/**
 * Reads octets as ASCII and as GSM-7 at once, because each octet distinguishes both. The GSM-7 codes of `_`, `@` and
 * `$` are control characters in ASCII. The ASCII codes of these characters are `§`, `¡` and `¤` in GSM-7, which ids do
 * not contain. Octets above 0x7f are Latin-1. Zeros at the end are terminators.
 * @param zeroIsAt whether a zero elsewhere is the `@` of GSM-7. Otherwise a zero is a space.
 */
function fromOctets(bytes: Buffer, zeroIsAt: boolean): string {
  if (bytes.every((octet) => octet >= 0x20)) return bytes.toString('latin1');
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  let text = '';
  for (let i = 0; i < end; i += 1) {
    const octet = bytes[i] as number;
    if (octet >= 0x20 || WHITE_SPACE.has(octet)) text += String.fromCharCode(octet);
    else if (octet === 0 && !zeroIsAt) text += ' ';
    else {
      const size = octet === ESCAPE ? 2 : 1;
      text += decodeGsm7(bytes.subarray(i, Math.min(i + size, end)));
      i += size - 1;
    }
  }
  return text;
}

import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { canonicalType } from '#carriers/media-types.ts';

/** Bytes at the beginning of a file that decide whether it is a text. */
const HEAD_BYTES = 4_096;

/** Types that containers share, so that a file cannot tell them apart. */
const INTERCHANGEABLE: readonly ReadonlySet<string>[] = [
  new Set(['audio/mp4', 'video/mp4', 'audio/aac']),
  new Set(['audio/3gpp', 'video/3gpp', 'video/3gpp2', 'video/mp4']),
  new Set(['text/plain', 'text/vcard', 'text/calendar']),
];

/** Media type of a Content-Type field without its parameters (RFC 9110 §8.3), in lower case. */
export function typeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether a file of the detected type may be declared as the other one. Both are canonical. */
export function agree(declared: string, detected: string): boolean {
  if (declared === detected) return true;
  // A vCard is also a plain text, but not the other way round.
  if (declared === 'text/vcard' || declared === 'text/calendar') return false;
  return INTERCHANGEABLE.some((types) => types.has(declared) && types.has(detected));
}

/**
 * Detects the type of a file from its content.
 * @returns canonical type if it is supported, another type such as `image/heic`, or undefined for unknown content.
 */
export async function detectType(path: string): Promise<string | undefined> {
  const found = await fileTypeFromFile(path);
  if (found) return canonicalType(found.mime) ?? found.mime;
  return textType(await headOf(path));
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Begin of a document in HTML or XML: an element, a comment, a declaration or a processing instruction. */
const MARKUP = /^<[a-z!?/]/i;
/** Elements that run code or show other documents. A text that has one is not plain. */
const DOCUMENT = /<(!doctype|\?xml|html|head|body|script|svg|math|iframe|object|embed|smil)[\s>/]/i;

/** Whether the type is a document with markup, which no carrier type supports. */
export function isMarkup(mimeType: string): boolean {
  return MARKUP_TYPES.has(mimeType);
}

const MARKUP_TYPES: ReadonlySet<string> = new Set([
  ...['text/html', 'image/svg+xml', 'application/xml', 'application/xhtml+xml', 'text/xml'],
]);

/** vCard (RFC 6350 §6.1.1) and iCalendar (RFC 5545 §3.4) are known by their first line. */
function textType(head: Buffer): string | undefined {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let decoded: string;
  try {
    // The last character may be cut.
    decoded = text.decode(head, { stream: head.length === HEAD_BYTES });
  } catch {
    return undefined;
  }
  const [first = ''] = decoded.trimStart().split(/\r?\n/, 1);
  if (/^BEGIN:VCARD\s*$/i.test(first)) return 'text/vcard';
  if (/^BEGIN:VCALENDAR\s*$/i.test(first)) return 'text/calendar';
  if (MARKUP.test(decoded.trimStart()) || DOCUMENT.test(decoded))
    return /<svg[\s>/]/i.test(decoded) ? 'image/svg+xml' : 'text/html';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: binary content has control characters
  return decoded.length > 0 && !/[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(decoded) ? 'text/plain' : undefined;
}

/** Extensions of file names for carriers, which some handsets need. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'image/tiff': 'tiff',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/3gpp2': '3g2',
  'video/quicktime': 'mov',
  'video/mpeg': 'mpg',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/3gpp': '3ga',
  'application/pdf': 'pdf',
  'text/vcard': 'vcf',
  'text/calendar': 'ics',
  'text/plain': 'txt',
};

/** @returns extension without a dot. `bin` for an unknown type. */
export function extensionOf(mimeType: string): string {
  return EXTENSIONS[canonicalType(mimeType) ?? ''] ?? 'bin';
}

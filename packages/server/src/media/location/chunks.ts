import { textShowsLocation } from './text.ts';
import { tiffShowsLocation } from './tiff.ts';

/** Chunks without a text, of PNG (third edition, §11), Apple and ImageMagick. Unknown chunks count as a location. */
const PNG_CHUNKS: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI'],
  ...['bKGD', 'hIST', 'pHYs', 'sPLT', 'tIME', 'acTL', 'fcTL', 'fdAT', 'oFFs', 'sTER'],
  ...['iDOT', 'CgBI', 'vpAg', 'orNT'],
]);
/** Names of text chunks with binary metadata, as ImageMagick writes them. */
const RAW_PROFILE = 'Raw profile type ';

export function pngShowsLocation(png: Buffer): boolean {
  let at = 8;
  // The file may be cut.
  while (at + 8 <= png.length) {
    const length = png.readUInt32BE(at);
    const type = png.subarray(at + 4, at + 8).toString('latin1');
    const content = png.subarray(at + 8, at + 8 + length);
    at += length + 12;
    if (type === 'IEND') return png.subarray(at).some((byte) => byte !== 0);
    if (type === 'eXIf' && exifShowsLocation(content)) return true;
    if (type === 'tEXt' && pngTextShowsLocation(content)) return true;
    if (type === 'iTXt' && internationalTextShowsLocation(content)) return true;
    if (type !== 'eXIf' && type !== 'tEXt' && type !== 'iTXt' && !PNG_CHUNKS.has(type)) return true;
  }
  return false;
}

/** Keyword, zero, text. */
function pngTextShowsLocation(content: Buffer): boolean {
  const end = content.indexOf(0);
  const isRaw = content.subarray(0, RAW_PROFILE.length).toString('latin1') === RAW_PROFILE;
  return (
    end === -1 || isRaw || textShowsLocation(content.subarray(0, end)) || textShowsLocation(content.subarray(end + 1))
  );
}

/** Keyword, zero, whether the text is compressed, method, language, zero, translated keyword, zero, text. */
function internationalTextShowsLocation(content: Buffer): boolean {
  const keyword = content.indexOf(0);
  const isCompressed = content[keyword + 1] !== 0;
  if (keyword === -1 || isCompressed) return true;
  const language = content.indexOf(0, keyword + 3);
  const translated = language === -1 ? -1 : content.indexOf(0, language + 1);
  if (translated === -1) return true;
  const parts = [
    content.subarray(0, keyword),
    content.subarray(language + 1, translated),
    content.subarray(translated + 1),
  ];
  return parts.some(textShowsLocation);
}

/** Chunks of WebP without metadata (RFC 9649, §2.7). Unknown chunks count as a location. */
const WEBP_CHUNKS: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ANIM', 'ANMF', 'ALPH', 'ICCP']);

export function webpShowsLocation(webp: Buffer): boolean {
  const end = webp.readUInt32LE(4) + 8;
  let at = 12;
  while (at + 8 <= Math.min(end, webp.length)) {
    const type = webp.subarray(at, at + 4).toString('latin1');
    const length = webp.readUInt32LE(at + 4);
    const content = webp.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
    if (type === 'EXIF' ? exifShowsLocation(content) : type === 'XMP ' && textShowsLocation(content)) return true;
    if (type !== 'EXIF' && type !== 'XMP ' && !WEBP_CHUNKS.has(type)) return true;
  }
  return webp.subarray(end).some((byte) => byte !== 0);
}

/** Exif in a chunk. Some writers add the header of a JPEG segment. */
function exifShowsLocation(content: Buffer): boolean {
  const hasHeader = content.subarray(0, 6).toString('latin1') === 'Exif\0\0';
  return tiffShowsLocation(hasHeader ? content.subarray(6) : content);
}

/** Blocks of GIF (GIF89a, appendix A). */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const APPLICATION = 0xff;
const GRAPHIC_CONTROL = 0xf9;
/** Application extensions without metadata. Unknown ones count as a location, also XMP, which has no common form. */
const GIF_APPLICATIONS: ReadonlySet<string> = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012']);

export function gifShowsLocation(gif: Buffer): boolean {
  let at = 13 + colorBytes(gif.readUInt8(10));
  while (at < gif.length) {
    const block = gif[at];
    if (block === TRAILER) return gif.subarray(at + 1).some((byte) => byte !== 0);
    if (block === EXTENSION) {
      const label = gif[at + 1] ?? 0;
      const { content, end } = subBlocks(gif, at + 2);
      if (extensionShowsLocation(label, content)) return true;
      at = end;
    } else if (block === IMAGE) {
      // The file is cut.
      if (at + 10 > gif.length) return false;
      at = subBlocks(gif, at + 11 + colorBytes(gif.readUInt8(at + 9))).end;
    } else return true;
  }
  return false;
}

function extensionShowsLocation(label: number, content: Buffer): boolean {
  if (label === GRAPHIC_CONTROL) return false;
  if (label !== APPLICATION) return textShowsLocation(content);
  return !GIF_APPLICATIONS.has(content.subarray(0, 11).toString('latin1'));
}

/** Bytes of a color table. */
function colorBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Joins sub-blocks up to the empty one. */
function subBlocks(gif: Buffer, from: number): { content: Buffer; end: number } {
  const parts: Buffer[] = [];
  let at = from;
  for (let length = gif[at] ?? 0; length > 0; length = gif[at] ?? 0) {
    parts.push(gif.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { content: Buffer.concat(parts), end: at + 1 };
}

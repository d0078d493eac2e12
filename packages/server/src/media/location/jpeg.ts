import { iptcShowsLocation, textShowsLocation } from './text.ts';
import { tiffShowsLocation } from './tiff.ts';

/** Second byte of markers (ISO/IEC 10918-1, table B.1). */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
const RST0 = 0xd0;
const RST7 = 0xd7;
const APP0 = 0xe0;
const APP15 = 0xef;
const COM = 0xfe;

const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const PHOTOSHOP = 'Photoshop 3.0\0';
/** Application segments without a place, as `marker name`. All others count as a location. */
const HARMLESS = ['e0 JFIF\0', 'e2 ICC_PROFILE\0', 'ec Ducky', 'ee Adobe'];

/** Reads all segments of a JPEG file, also those between scans. A second image behind the first one is not read. */
export function jpegShowsLocation(jpeg: Buffer): boolean {
  let at = 2;
  while (at < jpeg.length) {
    if (jpeg[at] !== 0xff) return true;
    while (jpeg[at] === 0xff) at += 1;
    const marker = jpeg[at];
    at += 1;
    // The file is cut.
    if (marker === undefined) return false;
    // Bytes after the image: a second image (CIPA DC-007), a video, or data of the camera. Zeros are padding.
    if (marker === EOI) return jpeg.subarray(at).some((byte) => byte !== 0);
    if (marker === 0 || marker === SOI) return true;
    if (marker === TEM || isRestart(marker)) continue;
    if (at + 2 > jpeg.length) return false;
    const end = at + jpeg.readUInt16BE(at);
    if (end < at + 2 || segmentShowsLocation(marker, jpeg.subarray(at + 2, end))) return true;
    at = marker === SOS ? endOfScan(jpeg, end) : end;
  }
  return false;
}

function segmentShowsLocation(marker: number, content: Buffer): boolean {
  if (marker === COM) return textShowsLocation(content);
  if (marker < APP0 || marker > APP15) return false;
  const begin = content.subarray(0, XMP.length).toString('latin1');
  if (marker === 0xe1 && begin.startsWith(EXIF)) return tiffShowsLocation(content.subarray(EXIF.length));
  if (marker === 0xe1 && begin === XMP) return textShowsLocation(content.subarray(XMP.length));
  if (marker === 0xed && begin.startsWith(PHOTOSHOP)) return iptcShowsLocation(content);
  return !HARMLESS.some((harmless) => `${marker.toString(16)} ${begin}`.startsWith(harmless));
}

/** Position of the marker that ends the data of a scan. */
function endOfScan(jpeg: Buffer, from: number): number {
  for (let at = jpeg.indexOf(0xff, from); at !== -1; at = jpeg.indexOf(0xff, at + 1)) {
    const next = jpeg[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return jpeg.length;
}

function isRestart(marker: number): boolean {
  return marker >= RST0 && marker <= RST7;
}

import { iptcShowsLocation, textShowsLocation } from './text.ts';

const ENTRY_BYTES = 12;
/** Bytes of a value, by its type (TIFF 6.0, §2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Version of TIFF 6.0. Others, such as BigTIFF, are not read. */
const VERSION = 42;
/** Most directories that are read. */
const MAX_DIRECTORIES = 64;

/** Tags of directories: Exif (Exif 2.32, §4.6.3) and SubIFDs (TIFF, technical note 1). */
const DIRECTORIES: ReadonlySet<number> = new Set([0x8769, 0x14a]);
/** Tags of positions: the GPS directory (Exif 2.32, §4.6.3), and the tags of GeoTIFF (OGC 19-008r4, §7.1.2). */
const POSITIONS: ReadonlySet<number> = new Set([0x8825, 0x830e, 0x8482, 0x85d8, 0x87af, 0x87b0, 0x87b1]);
const XMP = 0x2bc;
/** IPTC, and the image resources of Photoshop. */
const IPTC: ReadonlySet<number> = new Set([0x83bb, 0x8649]);
/** Position and length of a thumbnail in JPEG (Exif 2.32, §4.5.8). */
const THUMBNAIL = 0x201;
const THUMBNAIL_BYTES = 0x202;
/** Begin of metadata in a thumbnail, which must not have any (Exif 2.32, §4.5.8). */
const METADATA = ['Exif\0', 'http://ns.adobe.com/', 'Photoshop'];

/** Reads the directories of a TIFF file, or of an Exif segment without its header. */
export function tiffShowsLocation(tiff: Buffer): boolean {
  const order = tiff.subarray(0, 2).toString('latin1');
  if (order !== 'II' && order !== 'MM') return true;
  const reader = new Reader(tiff, order === 'II');
  if (reader.short(2) !== VERSION) return true;
  const waiting = [reader.long(4)];
  const seen = new Set<number>();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === 0 || seen.has(at)) continue;
    seen.add(at);
    if (seen.size > MAX_DIRECTORIES) return true;
    const further = readDirectory(reader, at);
    if (further === 'location') return true;
    waiting.push(...further);
  }
  return false;
}

class Reader {
  readonly bytes: Buffer;
  readonly #isLittle: boolean;

  constructor(bytes: Buffer, isLittle: boolean) {
    this.bytes = bytes;
    this.#isLittle = isLittle;
  }

  short(at: number): number {
    return this.#isLittle ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  long(at: number): number {
    return this.#isLittle ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  /** Value of an entry. Up to four bytes are in the entry itself. @throws RangeError beyond the end of the file. */
  valueOf(entry: number): Buffer {
    const length = this.long(entry + 4) * (TYPE_BYTES[this.short(entry + 2)] ?? 1);
    const at = length <= 4 ? entry + 8 : this.long(entry + 8);
    if (at + length > this.bytes.length) throw new RangeError('value beyond the end of the file');
    return this.bytes.subarray(at, at + length);
  }
}

/** @returns positions of further directories. */
function readDirectory(reader: Reader, at: number): number[] | 'location' {
  const entries = reader.short(at);
  const further: number[] = [];
  const thumbnail = { at: 0, length: 0 };
  for (let i = 0; i < entries; i += 1) {
    const entry = at + 2 + i * ENTRY_BYTES;
    const tag = reader.short(entry);
    if (POSITIONS.has(tag)) return 'location';
    if (tag === XMP && textShowsLocation(reader.valueOf(entry))) return 'location';
    if (IPTC.has(tag) && iptcShowsLocation(reader.valueOf(entry))) return 'location';
    if (DIRECTORIES.has(tag)) further.push(...offsetsOf(reader, entry));
    if (tag === THUMBNAIL) thumbnail.at = reader.long(entry + 8);
    if (tag === THUMBNAIL_BYTES) thumbnail.length = reader.long(entry + 8);
  }
  const image = reader.bytes.subarray(thumbnail.at, thumbnail.at + thumbnail.length);
  if (METADATA.some((begin) => image.includes(begin, 0, 'latin1'))) return 'location';
  const end = at + 2 + entries * ENTRY_BYTES;
  // Some writers of Exif omit the position of the next directory.
  if (end + 4 <= reader.bytes.length) further.push(reader.long(end));
  return further;
}

function offsetsOf(reader: Reader, entry: number): number[] {
  const count = reader.long(entry + 4);
  if (count <= 1) return [reader.long(entry + 8)];
  const first = reader.long(entry + 8);
  return Array.from({ length: Math.min(count, MAX_DIRECTORIES + 1) }, (_, i) => reader.long(first + 4 * i));
}

import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { showsLocation } from './location.ts';

const GPS = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } };
const image = () => sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } });
const owned = () => image().withExif({ IFD0: { Copyright: 'Ann' } });
const located = () => image().withExif({ IFD0: { Copyright: 'Ann' }, ...GPS });

const bytes = (text: string) => Buffer.from(text, 'latin1');
const at = (image: Buffer, position: number, added: Buffer) =>
  Buffer.concat([image.subarray(0, position), added, image.subarray(position)]);
const behind = (image: Buffer, ...added: Buffer[]) => Buffer.concat([image, ...added]);

/** Segment of a JPEG. */
function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** Chunk of a PNG. The checksum does not matter. */
function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content, Buffer.alloc(4)]);
}

/** Chunk of a WebP. */
function riff(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function webpWith(webp: Buffer, added: Buffer) {
  const whole = Buffer.concat([webp, added]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

/** TIFF with one directory of entries `[tag, type, count, value]`, and `more` behind it. */
function tiff(entries: readonly (readonly number[])[], more: Buffer = Buffer.alloc(0), next = 0): Buffer {
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write('II*\0\x08', 'latin1');
  head.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag = 0, type = 0, count = 0, value = 0], i) => {
    const entry = 10 + i * 12;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(type, entry + 2);
    head.writeUInt32LE(count, entry + 4);
    head.writeUInt32LE(value, entry + 8);
  });
  head.writeUInt32LE(next, 10 + entries.length * 12);
  return Buffer.concat([head, more]);
}

/** Position of what follows a directory with this number of entries. */
const afterEntries = (entries: number) => 8 + 2 + entries * 12 + 4;
const GPS_ENTRY = [0x8825, 4, 1, 8];
const GPS_DIRECTORY = tiff([GPS_ENTRY]).subarray(8);
const XMP_WITH_GPS = bytes('<x:xmpmeta><rdf:Description exif:GPSLatitude="51,30.5N"/></x:xmpmeta>');
const XMP_WITHOUT = bytes('<x:xmpmeta><rdf:Description dc:creator="Ann"/></x:xmpmeta>');

async function parts() {
  const [jpeg, png, webp, gif] = [
    await image().jpeg().toBuffer(),
    await image().png().toBuffer(),
    await image().webp().toBuffer(),
    await image().gif().toBuffer(),
  ];
  const jpegWithGps = await located().jpeg().toBuffer();
  const exif = (await sharp(jpegWithGps).metadata()).exif as Buffer;
  return { jpeg, png, webp, gif, jpegWithGps, exif, iend: png.length - 12 };
}
type Parts = Awaited<ReturnType<typeof parts>>;

describe('Images that may show a location', () => {
  test.each<[string, (parts: Parts) => Buffer | Promise<Buffer>]>([
    ['a JPEG with a position', ({ jpegWithGps }) => jpegWithGps],
    [
      'a JPEG with a position in its second Exif segment',
      (p) => at(p.jpegWithGps, 2, segment(0xe1, behind(bytes('Exif\0\0'), tiff([])))),
    ],
    [
      'a JPEG with a position in XMP',
      ({ jpeg }) => at(jpeg, 2, segment(0xe1, behind(bytes('http://ns.adobe.com/xap/1.0/\0'), XMP_WITH_GPS))),
    ],
    [
      'a JPEG with extended XMP',
      ({ jpeg }) => at(jpeg, 2, segment(0xe1, behind(bytes('http://ns.adobe.com/xmp/extension/\0'), XMP_WITHOUT))),
    ],
    [
      'a JPEG with a city in IPTC',
      ({ jpeg }) =>
        at(jpeg, 2, segment(0xed, bytes('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x09\x1c\x02\x5a\0\x04Bonn'))),
    ],
    [
      'a JPEG with Exif in the image resources of Photoshop',
      ({ jpeg }) => at(jpeg, 2, segment(0xed, bytes('Photoshop 3.0\x008BIM\x04\x22\0\0\0\0\0\0'))),
    ],
    ['a JPEG with an unknown application segment', ({ jpeg }) => at(jpeg, 2, segment(0xe5, bytes('Ranch')))],
    ['a JPEG with a comment about its position', ({ jpeg }) => at(jpeg, 2, segment(0xfe, bytes('GPS 51.5 N')))],
    ['a JPEG with a second JPEG behind it', ({ jpeg, jpegWithGps }) => behind(jpeg, jpegWithGps)],
    ['a JPEG with a video behind it', ({ jpeg }) => behind(jpeg, bytes('\0\0\0\x18ftypmp42'))],
    ['a JPEG whose Exif is cut', ({ jpeg }) => at(jpeg, 2, segment(0xe1, bytes('Exif\0\0II*\0\x08\0\0\0\x09\0')))],
    [
      'a JPEG with a position in the thumbnail of its Exif',
      ({ jpeg, jpegWithGps }) =>
        at(
          jpeg,
          2,
          segment(
            0xe1,
            behind(
              bytes('Exif\0\0'),
              tiff(
                [
                  [0x201, 4, 1, afterEntries(2)],
                  [0x202, 4, 1, jpegWithGps.length],
                ],
                jpegWithGps,
              ),
            ),
          ),
        ),
    ],
    ['a TIFF with a GPS directory', () => tiff([GPS_ENTRY])],
    ['a TIFF with a GPS directory in its second page', () => tiff([], GPS_DIRECTORY, afterEntries(0))],
    ['a TIFF with a GPS directory in its Exif', () => tiff([[0x8769, 4, 1, afterEntries(1)]], GPS_DIRECTORY)],
    ['a TIFF with a GPS directory in a SubIFD', () => tiff([[0x14a, 4, 1, afterEntries(1)]], GPS_DIRECTORY)],
    ['a TIFF with a position in XMP', () => tiff([[0x2bc, 1, XMP_WITH_GPS.length, afterEntries(1)]], XMP_WITH_GPS)],
    ['a TIFF with the tags of a map', () => tiff([[0x87af, 3, 4, 0]])],
    ['a BigTIFF', () => bytes('II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0')],
    ['a PNG with a position in Exif', ({ png, exif }) => at(png, 33, chunk('eXIf', exif.subarray(6)))],
    ['a PNG with a position in Exif behind the pixels', (p) => at(p.png, p.iend, chunk('eXIf', p.exif.subarray(6)))],
    [
      'a PNG with a position in a second Exif chunk',
      (p) => at(p.png, p.iend, behind(chunk('eXIf', tiff([])), chunk('eXIf', p.exif))),
    ],
    [
      'a PNG with a position in XMP',
      (p) => at(p.png, p.iend, chunk('iTXt', behind(bytes('XML:com.adobe.xmp\0\0\0\0\0'), XMP_WITH_GPS))),
    ],
    ['a PNG with a compressed text', (p) => at(p.png, 33, chunk('zTXt', bytes('Comment\0\0x')))],
    ['a PNG with metadata of ImageMagick', (p) => at(p.png, 33, chunk('tEXt', bytes('Raw profile type APP1\x257869')))],
    ['a PNG with a text about its position', (p) => at(p.png, 33, chunk('tEXt', bytes('GPSLatitude\x0051.5')))],
    ['a PNG with an unknown chunk', (p) => at(p.png, 33, chunk('caBX', bytes('x')))],
    ['a PNG with bytes behind it', ({ png, jpegWithGps }) => behind(png, jpegWithGps)],
    ['a WebP with a position in Exif', async () => located().webp().toBuffer()],
    ['a WebP with a position in Exif behind the image', ({ webp, exif }) => webpWith(webp, riff('EXIF', exif))],
    ['a WebP with a position in XMP', ({ webp }) => webpWith(webp, riff('XMP ', XMP_WITH_GPS))],
    ['a WebP with an unknown chunk', ({ webp }) => webpWith(webp, riff('meta', bytes('x')))],
    ['a WebP with bytes behind it', ({ webp, exif }) => behind(webp, riff('EXIF', exif))],
    [
      'a GIF with XMP',
      ({ gif }) => at(gif, gif.length - 1, behind(bytes('\x21\xff\x0bXMP DataXMP'), bytes('\x03abc\0'))),
    ],
    [
      'a GIF with a comment about its position',
      ({ gif }) => at(gif, gif.length - 1, bytes('\x21\xfe\x0aGPS 51.5 N\0')),
    ],
    ['a GIF with bytes behind it', ({ gif, exif }) => behind(gif, exif)],
    ['a file of an unknown format', () => bytes('no image')],
  ])('%s', async (_name, build) => {
    expect(showsLocation(await build(await parts()))).toBe(true);
  });
});

describe('Images that show no location', () => {
  test.each<[string, (parts: Parts) => Buffer | Promise<Buffer>]>([
    ['a JPEG without metadata', ({ jpeg }) => jpeg],
    ['a progressive JPEG', async () => image().jpeg({ progressive: true }).toBuffer()],
    ['a JPEG with an author and a color profile', async () => owned().withIccProfile('p3').jpeg().toBuffer()],
    [
      'a JPEG with an author in XMP',
      ({ jpeg }) => at(jpeg, 2, segment(0xe1, behind(bytes('http://ns.adobe.com/xap/1.0/\0'), XMP_WITHOUT))),
    ],
    [
      'a JPEG with a title in IPTC',
      ({ jpeg }) =>
        at(jpeg, 2, segment(0xed, bytes('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x09\x1c\x02\x05\0\x04Bonn'))),
    ],
    ['a JPEG with a comment', ({ jpeg }) => at(jpeg, 2, segment(0xfe, bytes('CREATOR: gd-jpeg v1.0\0')))],
    ['a JPEG that ends with zeros', ({ jpeg }) => behind(jpeg, Buffer.alloc(9))],
    ['a JPEG that is cut in its pixels', ({ jpeg }) => jpeg.subarray(0, -10)],
    ['a TIFF', async () => image().tiff().toBuffer()],
    ['a PNG with an author', async () => owned().png().toBuffer()],
    ['a PNG with a text', (p) => at(p.png, 33, chunk('tEXt', bytes('Software\0GIMP')))],
    ['a WebP with an author', async () => owned().webp().toBuffer()],
    ['a transparent WebP', async () => image().ensureAlpha(0.5).webp().toBuffer()],
    ['a GIF', ({ gif }) => gif],
    ['a GIF with a comment', ({ gif }) => at(gif, gif.length - 1, bytes('\x21\xfe\x04GIMP\0'))],
    [
      'an animated GIF',
      async () =>
        sharp([await image().png().toBuffer(), await image().negate().png().toBuffer()], { join: { animated: true } })
          .gif()
          .toBuffer(),
    ],
  ])('%s', async (_name, build) => {
    expect(showsLocation(await build(await parts()))).toBe(false);
  });
});

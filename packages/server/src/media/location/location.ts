import { gifShowsLocation, pngShowsLocation, webpShowsLocation } from './chunks.ts';
import { jpegShowsLocation } from './jpeg.ts';
import { tiffShowsLocation } from './tiff.ts';

type Search = (image: Buffer) => boolean;

const beginsWith = (text: string, at = 0) => {
  const expected = Buffer.from(text, 'latin1');
  return (image: Buffer) => image.subarray(at, at + expected.length).equals(expected);
};

const FORMATS: readonly (readonly [matches: (image: Buffer) => boolean, search: Search])[] = [
  [beginsWith('\xff\xd8\xff'), jpegShowsLocation],
  [beginsWith('\x89PNG\r\n\x1a\n'), pngShowsLocation],
  [beginsWith('GIF8'), gifShowsLocation],
  [beginsWith('WEBP', 8), webpShowsLocation],
  [beginsWith('II'), tiffShowsLocation],
  [beginsWith('MM'), tiffShowsLocation],
];

/**
 * Whether an image may show where it was taken. Reads all metadata of the file, not only those that an image library
 * uses. Unknown metadata, unreadable metadata and bytes after the image count as a location, since another reader may
 * understand them.
 */
export function showsLocation(image: Buffer): boolean {
  const search = FORMATS.find(([matches]) => matches(image))?.[1];
  if (!search) return true;
  try {
    return search(image);
  } catch (error) {
    // A length or an offset beyond the end of the file.
    if (error instanceof RangeError) return true;
    throw error;
  }
}

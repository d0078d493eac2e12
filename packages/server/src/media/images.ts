import type { Sharp, SharpInput, SharpOptions } from 'sharp';

/** Longest sides and JPEG qualities that are tried in turn, from the best image to the smallest. */
const STEPS: readonly { side: number; quality: number }[] = [2048, 1600, 1280, 1024, 800, 640, 480, 320].flatMap(
  (side) => [82, 68].map((quality) => ({ side, quality })),
);
/** Sides and numbers of colours that are tried for an animated GIF. */
const GIF_STEPS: readonly { side: number; colours: number }[] = [480, 320, 240, 160, 120].flatMap((side) =>
  [256, 64].map((colours) => ({ side, colours })),
);
/**
 * Pixels above which an image is not decoded. A baseline JPEG is reduced while it is read, all others need memory for each
 * pixel. The frames of an animation count together.
 */
const MAX_JPEG_PIXELS = 250_000_000;
const MAX_PIXELS = 50_000_000;
/** Quality of an image that is only freed from its metadata. */
const SAME_SIZE_QUALITY = 92;

export interface EncodedImage {
  data: Buffer;
  mimeType: 'image/jpeg' | 'image/gif';
}

/** Image that cannot be encoded within the limits, or that cannot be read. */
export class ImageRejected extends Error {
  override readonly name = 'ImageRejected';
  readonly code: 'MEDIA_TOO_LARGE' | 'MEDIA_UNSUPPORTED';
  /** Text of the image library, for the operator's log only. */
  readonly reason: string | undefined;

  constructor(code: ImageRejected['code'], message: string, reason?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

function tooLarge(message: string): ImageRejected {
  return new ImageRejected('MEDIA_TOO_LARGE', message);
}

const IMAGES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/tiff',
]);

/** Whether files of the type can be re-encoded. BMP cannot be read by the image library. */
export function isImage(mimeType: string): boolean {
  return IMAGES.has(mimeType) && mimeType !== 'image/bmp';
}

/**
 * Encodes an image with at most `maxBytes` bytes, upright and without metadata. An animation stays an animation.
 * Transparent areas become white.
 * @param path path of the file.
 * @throws ImageRejected if the image cannot be read or is too large in all sizes.
 */
export async function encodeImage(path: string, maxBytes: number): Promise<EncodedImage> {
  try {
    const metadata = await (await open(path)).metadata();
    const { width, height, format, pages = 1 } = metadata;
    // A progressive JPEG is decoded as a whole, like the other formats.
    const most = format === 'jpeg' && !metadata.isProgressive ? MAX_JPEG_PIXELS : MAX_PIXELS;
    const frameHeight = metadata.pageHeight ?? height;
    if (width * frameHeight * pages > most) throw tooLarge(`The image has more than ${most / 1e6} million pixels`);
    if (format === 'gif' && pages > 1) return await encodeAnimation(path, maxBytes);
    return await encodeStill(path, Math.max(width, height), maxBytes);
  } catch (error) {
    if (error instanceof ImageRejected) throw error;
    const { message } = error as Error;
    // The library checks this limit before the metadata are known.
    if (/pixel limit/.test(message)) throw tooLarge(`The image has more than ${MAX_JPEG_PIXELS / 1e6} million pixels`);
    throw new ImageRejected('MEDIA_UNSUPPORTED', 'The image is damaged or incomplete, and cannot be read', message);
  }
}

async function encodeStill(path: string, longestSide: number, maxBytes: number): Promise<EncodedImage> {
  const steps = longestSide <= 2048 ? [{ side: longestSide, quality: SAME_SIZE_QUALITY }, ...STEPS] : STEPS;
  for (const { side, quality } of steps) {
    if (side > longestSide) continue;
    const image = await open(path);
    const data = await image
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality, mozjpeg: false })
      .toBuffer();
    if (data.length <= maxBytes) return { data, mimeType: 'image/jpeg' };
  }
  throw tooLarge(`The image is larger than ${maxBytes} bytes in all sizes`);
}

async function encodeAnimation(path: string, maxBytes: number): Promise<EncodedImage> {
  for (const { side, colours } of GIF_STEPS) {
    const image = await open(path, { animated: true });
    const data = await image
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .gif({ effort: 4, colours })
      .toBuffer();
    if (data.length <= maxBytes) return { data, mimeType: 'image/gif' };
  }
  throw tooLarge(`The animation is larger than ${maxBytes} bytes in all sizes`);
}

/** Loads the image library at the first use, since it takes a noticeable part of the start of a process. */
async function open(input: SharpInput, options: SharpOptions = {}): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  // One thread for each image. The caller encodes one image at a time, and requests need the other threads.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp(input, { limitInputPixels: MAX_JPEG_PIXELS, sequentialRead: true, failOn: 'error', ...options });
}

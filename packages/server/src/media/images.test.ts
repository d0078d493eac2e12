import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ownDirectory } from '../../test/support/directory.ts';
import { encodeImage, ImageRejected } from './images.ts';

const LIMIT = 600_000;
const directory = ownDirectory('images');
let files = 0;

function write(content: Buffer): string {
  files += 1;
  const path = join(directory, String(files));
  writeFileSync(path, content);
  return path;
}

/** Picture of noise, which compresses badly. */
const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 40 }, background: 'black' },
  });

const GPS = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } };

describe('Image for a carrier', () => {
  test('A photo of 12 megapixels becomes a JPEG within the limit, with the same proportions.', {
    tags: 'slow',
  }, async () => {
    const photo = await noise(4_000, 3_000).jpeg({ quality: 95 }).toBuffer();
    expect(photo.length).toBeGreaterThan(8_000_000);
    const { data, mimeType } = await encodeImage(write(photo), LIMIT);
    expect(mimeType).toBe('image/jpeg');
    expect(data.length).toBeLessThanOrEqual(LIMIT);
    const { width, height, format } = await sharp(data).metadata();
    expect(format).toBe('jpeg');
    expect(width / height).toBeCloseTo(4 / 3, 1);
    expect(width).toBeGreaterThanOrEqual(640);
  });

  test('The orientation of the camera is applied, and all metadata are removed.', async () => {
    const turned = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
      .withExif({ IFD0: { Copyright: 'Ann' }, ...GPS })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const path = write(turned);
    const encoded = await sharp((await encodeImage(path, LIMIT)).data).metadata();
    expect([encoded.width, encoded.height]).toEqual([40, 60]);
    expect([encoded.exif, encoded.xmp, encoded.iptc]).toEqual([undefined, undefined, undefined]);
  });

  test('Transparent areas become white.', async () => {
    const empty = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    const { data } = await encodeImage(write(await empty.png().toBuffer()), LIMIT);
    expect([...(await sharp(data).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  test('An animation stays an animation.', async () => {
    const frames = await Promise.all([1, 2, 3].map(() => noise(160, 120).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { data, mimeType } = await encodeImage(write(animation), 60_000);
    expect(mimeType).toBe('image/gif');
    expect(data.length).toBeLessThanOrEqual(60_000);
    expect((await sharp(data, { animated: true }).metadata()).pages).toBe(3);
  });

  test('An image that is too large in all sizes is rejected.', async () => {
    const photo = write(await noise(500, 500).jpeg().toBuffer());
    await expect(encodeImage(photo, 400)).rejects.toThrow(ImageRejected);
  });

  test('An image with too many pixels is rejected before it is decoded.', async () => {
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(2_000_000);
    await expect(encodeImage(write(bomb), LIMIT)).rejects.toThrow('The image has more than 50 million pixels');
  });

  test.each([
    ['cut JPEG', async () => (await noise(300, 300).jpeg().toBuffer()).subarray(0, 5_000)],
    ['text', async () => Buffer.from('no image')],
  ])('A file that is no readable image is rejected: %s.', async (_name, content) => {
    await expect(encodeImage(write(await content()), LIMIT)).rejects.toMatchObject({
      code: 'MEDIA_UNSUPPORTED',
      message: 'The image is damaged or incomplete, and cannot be read',
      reason: expect.any(String),
    });
  });
});

import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, testLibrary } from '../../test/support/media.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { Adapter, NotAdaptable } from './adapt.ts';
import type { LinkedFile } from './links.ts';

const LIMITS = { totalBytes: 100_000, accepts: (type: string) => type !== 'application/pdf' };
const db = ownStore();
let media: Awaited<ReturnType<typeof testLibrary>>;
let adapter: Adapter;

beforeEach(async () => {
  await db().query('truncate media, media_files, media_renditions, media_storage, jobs');
  await createClient(db(), 'client_one');
  media = await testLibrary(db());
  adapter = new Adapter({ db: db(), clock: media.clock, ids: media.ids, library: media.library });
});
afterEach(() => media.remove());

const noise = (side: number) =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
      background: 'black',
    },
  });
const store = async (content: Buffer | string, type: string): Promise<LinkedFile> => {
  const { hash, mimeType, byteLength } = await media.upload('client_one', content, type);
  return { hash, mimeType, byteLength };
};
const bytesOf = async ({ hash }: LinkedFile) => buffer((await media.library.read(hash)) as never);
const renditions = () => db().query('select source, recipe from media_renditions');

describe('Media for a carrier', () => {
  test('A file that fits is sent unchanged.', async () => {
    const photo = await store(await noise(50).jpeg().toBuffer(), 'image/jpeg');
    const text = await store('hello', 'text/plain');
    expect(await adapter.adapt([photo, text], LIMITS)).toEqual([photo, text]);
  });

  test('A photo that is too large is encoded once for all messages, and the original stays.', async () => {
    const photo = await store(await noise(900).jpeg({ quality: 95 }).toBuffer(), 'image/jpeg');
    expect(photo.byteLength).toBeGreaterThan(300_000);
    const all = await Promise.all(Array.from({ length: 20 }, () => adapter.adapt([photo], LIMITS)));
    const [encoded] = all[0] as [LinkedFile];
    for (const one of all) expect(one).toEqual([encoded]);
    expect(encoded.byteLength).toBeLessThanOrEqual(LIMITS.totalBytes);
    expect(await renditions()).toHaveLength(1);
    expect((await bytesOf(photo)).length).toBe(photo.byteLength);
  });

  test('A photo that fits is encoded if it shows where it was taken.', async () => {
    const located = noise(50).withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } });
    const photo = await store(await located.jpeg().toBuffer(), 'image/jpeg');
    const [encoded] = (await adapter.adapt([photo], LIMITS)) as [LinkedFile];
    expect(encoded.hash).not.toBe(photo.hash);
    expect((await sharp(await bytesOf(encoded)).metadata()).exif).toBeUndefined();
  });

  test('A photo that fits is encoded if a second image with a position follows it in the file.', async () => {
    const located = noise(50).withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } });
    const both = Buffer.concat([await noise(50).jpeg().toBuffer(), await located.jpeg().toBuffer()]);
    const photo = await store(both, 'image/jpeg');
    const [encoded] = (await adapter.adapt([photo], LIMITS)) as [LinkedFile];
    expect(encoded.hash).not.toBe(photo.hash);
    expect((await bytesOf(encoded)).includes('Exif')).toBe(false);
  });

  test('An image that must be encoded and cannot be read is rejected without the text of the image library.', async () => {
    const photo = await noise(900).jpeg({ quality: 95 }).toBuffer();
    const cut = await store(photo.subarray(0, 150_000), 'image/jpeg');
    await expect(adapter.adapt([cut], LIMITS)).rejects.toMatchObject({
      code: 'MEDIA_UNSUPPORTED',
      message: 'The image is damaged or incomplete, and cannot be read',
      reason: expect.stringMatching(/jpeg/i),
    });
  });

  test('Images share the space that other files leave.', async () => {
    const text = await store('x'.repeat(40_000), 'text/plain');
    const photos = await Promise.all(
      [600, 610].map(async (side) => store(await noise(side).jpeg({ quality: 95 }).toBuffer(), 'image/jpeg')),
    );
    const adapted = await adapter.adapt([...photos, text], LIMITS);
    expect(adapted[2]).toEqual(text);
    expect(adapted.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(LIMITS.totalBytes);
  });

  // Regression: the encoded image was larger than its original, and all files together exceeded the limit.
  test('Images stay within the limit together, even if one of them grows by its encoding.', async () => {
    const location = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } };
    const small = await store(await noise(300).withExif(location).jpeg({ quality: 50 }).toBuffer(), 'image/jpeg');
    const large = await store(await noise(500).jpeg({ quality: 90 }).toBuffer(), 'image/jpeg');
    const limits = { ...LIMITS, totalBytes: small.byteLength + large.byteLength };
    const [alone] = (await adapter.adapt([small], limits)) as [LinkedFile];
    expect(alone.byteLength).toBeGreaterThan(small.byteLength);
    const adapted = await adapter.adapt([small, large], limits);
    expect(adapted.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(limits.totalBytes);
  });

  test.each([
    ['text/plain', 'x'.repeat(100_001), 'MEDIA_TOO_LARGE'],
    ['application/pdf', '%PDF-1.4\n%âãÏÓ\n', 'MEDIA_UNSUPPORTED'],
    ['application/pdf', `%PDF-1.4\n%âãÏÓ\n${'x'.repeat(100_000)}`, 'MEDIA_UNSUPPORTED'],
  ])('A file of type %s that no encoding fits is rejected with its reason.', async (type, content, code) => {
    const file = await store(content, type);
    await expect(adapter.adapt([file], LIMITS)).rejects.toMatchObject({ code });
  });

  test('Files that are too large together are rejected.', async () => {
    const files = [await store('x'.repeat(60_000), 'text/plain'), await store('y'.repeat(60_000), 'text/plain')];
    await expect(adapter.adapt(files, LIMITS)).rejects.toThrow(NotAdaptable);
  });
});

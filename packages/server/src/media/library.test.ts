import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, testLibrary } from '../../test/support/media.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { cleanUpMedia } from './cleanup.ts';
import { Library } from './library.ts';
import { DirectoryStorage } from './storage/directory.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const db = ownStore();
let media: Awaited<ReturnType<typeof testLibrary>>;

beforeEach(async () => {
  await db().query('truncate media, media_files, media_renditions, media_storage, jobs');
  await createClient(db(), 'client_one');
  await createClient(db(), 'client_two');
  media = await testLibrary(db());
});
afterEach(() => media.remove());

let isPaused = false;
const clean = () =>
  cleanUpMedia({ db: db(), clock: media.clock, storage: media.storage, days: 30, isPaused: () => isPaused }).run();
const contentOf = async (hash: string) => {
  const content = await media.library.read(hash);
  return content && (await buffer(content)).toString();
};

describe('Uploads', () => {
  test('The same content of one client gets the same key and is stored once. Another client gets another key.', async () => {
    const first = await media.upload('client_one', 'hello', 'text/plain', 'a.txt');
    const again = await media.upload('client_one', 'hello');
    const other = await media.upload('client_two', 'hello');
    expect(first).toMatchObject({ mimeType: 'text/plain', byteLength: 5, fileName: 'a.txt' });
    expect(again).toEqual(first);
    expect(other.storageKey).not.toBe(first.storageKey);
    expect(other.hash).toBe(first.hash);
    expect(await contentOf(first.hash)).toBe('hello');
    expect(readdirSync(media.library.temporary)).toEqual([]);
  });

  test('Ten concurrent uploads of one content are one file.', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => media.upload('client_one', 'same')));
    expect(new Set(all.map(({ storageKey }) => storageKey)).size).toBe(1);
    expect(await db().query('select hash from media_files')).toHaveLength(1);
  });

  test('A client does not find the media of another client.', async () => {
    const { storageKey } = await media.upload('client_one', 'hello');
    expect(await media.library.find('client_two', storageKey)).toBeUndefined();
    expect(await media.library.remove('client_two', storageKey)).toBe(false);
    expect(await media.library.find('client_one', storageKey)).toBeDefined();
  });

  test.each([
    ['image/heic', 'x', 415],
    ['text/html', '<html>', 415],
    ['application/octet-stream', '<html>', 415],
    ['image/jpeg', 'no image', 400],
    ['text/plain', '', 400],
  ])('%s with content %j is rejected with %i.', async (type, content, status) => {
    await expect(media.upload('client_one', content, type)).rejects.toMatchObject({ status });
    expect(readdirSync(media.library.temporary)).toEqual([]);
    expect(await db().query('select id from media')).toEqual([]);
  });

  test('A file above 25 MiB is rejected, and leaves nothing behind.', async () => {
    const large = Buffer.alloc(25 * 1_048_576 + 1, 'a');
    await expect(media.upload('client_one', large)).rejects.toMatchObject({ status: 413, code: 'INVALID_REQUEST' });
    expect(readdirSync(media.library.temporary)).toEqual([]);
  });

  test('Uploads above the quota are rejected, also if they arrive at the same time. Deleted media free their space.', async () => {
    await media.remove();
    await db().query('truncate media_storage');
    media = await testLibrary(db(), { quotaBytes: 25 });
    const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map((one) => media.upload('client_one', one.repeat(10))));
    const stored = all.filter((one) => one.status === 'fulfilled');
    expect(stored).toHaveLength(2);
    for (const one of all)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'QUOTA_EXCEEDED', status: 413 });
    await media.upload('client_two', 'e'.repeat(10));
    await media.library.remove('client_one', stored[0]?.value.storageKey ?? '');
    await media.upload('client_one', 'f'.repeat(10));
  });

  test('Files that would be fetched count for the quota, unless their fetch has failed.', async () => {
    await media.remove();
    await db().query('truncate media_storage');
    media = await testLibrary(db(), { quotaBytes: 25 });
    const request = (storageKey: string) =>
      media.claims.claim('client_one', [
        { storageKey, mimeType: 'text/plain', byteLength: 10, sourceUrl: `https://example.com/${storageKey}` },
      ]);
    await request('one');
    await request('two');
    await request('two');
    await expect(request('three')).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', status: 413 });
    await expect(media.upload('client_one', 'a'.repeat(10))).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await db().query(`update media set error = 'HTTP 404' where storage_key = 'one'`);
    await request('three');
  });

  test('Other content cannot replace a deleted file that an earlier message may still send.', async () => {
    const { storageKey } = await media.upload('client_one', 'hello');
    const item = { storageKey, mimeType: 'text/plain', byteLength: 5, sourceUrl: 'https://example.com/a.txt' };
    await media.claims.claim('client_one', [item]);
    await media.library.remove('client_one', storageKey);
    await expect(media.claims.claim('client_one', [{ ...item, byteLength: 6 }])).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('Use another storageKey'),
    });
    media.clock.advance(73 * HOUR_MS);
    await media.claims.claim('client_one', [{ ...item, byteLength: 6 }]);
  });
});

describe('Clean-up', () => {
  test('Nothing is deleted during a hold after a restore, and is deleted after it.', async () => {
    const { hash } = await media.upload('client_one', 'unused');
    media.clock.advance(32 * 86_400_000);
    isPaused = true;
    expect(await clean()).toBe(0);
    expect(await contentOf(hash)).toBe('unused');
    isPaused = false;
    expect(await clean()).toBe(1);
    expect(await contentOf(hash)).toBeUndefined();
  });

  test('Media are kept for their retention after the last use, and their files for a day longer at most.', async () => {
    const { storageKey, hash } = await media.upload('client_one', 'hello');
    media.clock.advance(29 * DAY_MS);
    await media.claims.claim('client_one', [{ storageKey, mimeType: 'text/plain', byteLength: 5 }]);
    media.clock.advance(29 * DAY_MS);
    await clean();
    expect(await media.library.find('client_one', storageKey)).toBeDefined();
    media.clock.advance(2 * DAY_MS);
    await clean();
    expect(await media.library.find('client_one', storageKey)).toBeUndefined();
    expect(await contentOf(hash)).toBeUndefined();
  });

  test('A file without a row is removed after a day, and not before.', async () => {
    const { storageKey, hash } = await media.upload('client_one', 'hello');
    await db().query('delete from media where storage_key = $1', [storageKey]);
    media.clock.advance(23 * HOUR_MS);
    await clean();
    expect(await contentOf(hash)).toBe('hello');
    media.clock.advance(2 * HOUR_MS);
    await clean();
    expect(await contentOf(hash)).toBeUndefined();
    expect((await media.upload('client_one', 'hello')).hash).toBe(hash);
    expect(await contentOf(hash)).toBe('hello');
  });

  test('Deleted media keep their file while an accepted message may need it.', async () => {
    const { storageKey, hash } = await media.upload('client_one', 'hello');
    await media.claims.claim('client_one', [{ storageKey, mimeType: 'text/plain', byteLength: 5 }]);
    expect(await media.library.remove('client_one', storageKey)).toBe(true);
    expect(await media.library.find('client_one', storageKey)).toBeUndefined();
    media.clock.advance(58 * HOUR_MS - 1);
    await clean();
    expect(await contentOf(hash)).toBe('hello');
    media.clock.advance(DAY_MS);
    await clean();
    expect(await contentOf(hash)).toBeUndefined();
  });

  test('An upload of the same content beside the clean-up never ends without its file.', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { hash } = await media.upload('client_one', 'raced');
      await db().query('delete from media');
      media.clock.advance(25 * HOUR_MS);
      const [stored] = await Promise.all([media.upload('client_two', 'raced'), clean()]);
      expect(stored.hash).toBe(hash);
      expect(await contentOf(hash)).toBe('raced');
      await db().query('delete from media');
    }
  });
});

test('A process with another storage than the installation does not start.', async () => {
  const other = new DirectoryStorage(join(media.directory, 'other'));
  const { ids, clock } = media;
  const library = new Library({ db: db(), ids, clock, storage: other, quotaBytes: 1 });
  await expect(library.open()).rejects.toThrow('RC_MEDIA: file:');
});

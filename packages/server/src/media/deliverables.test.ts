import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Media } from '#messages/request/send-request.ts';
import { createLog } from '#platform/log.ts';
import { createClient, testLibrary } from '../../test/support/media.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { Adapter } from './adapt.ts';
import { Deliverables } from './deliverables.ts';
import { receiveFile } from './incoming.ts';
import { Links } from './links.ts';

const LIMITS = { totalBytes: 100_000, accepts: () => true };
const db = ownStore();
let media: Awaited<ReturnType<typeof testLibrary>>;
let deliverables: Deliverables;

beforeEach(async () => {
  await db().query('truncate media, media_files, media_renditions, media_storage, jobs');
  await createClient(db(), 'client_one');
  media = await testLibrary(db());
  const { clock, ids, library } = media;
  const adapter = new Adapter({ db: db(), clock, ids, library });
  const links = new Links(Buffer.alloc(32), 'https://sms.example', clock);
  deliverables = new Deliverables({ db: db(), clock, log: createLog('silent'), adapter, links });
});
afterEach(() => media.remove());

/** Requests a file of 5 bytes from a URL. */
async function claim(sourceUrl: string): Promise<Media> {
  const item = { storageKey: 'picture', mimeType: 'text/plain', byteLength: 5, sourceUrl };
  await media.claims.claim('client_one', [item]);
  return item;
}

async function fetched(content: string): Promise<string> {
  const file = await receiveFile(Readable.from([Buffer.from(content)]), media.library.temporary, 100);
  await media.library.put('client_one', 'picture', 'SOURCE', { file, mimeType: 'text/plain', fileName: null });
  return file.hash;
}

test('Media that are not fetched yet make their message wait.', async () => {
  const item = await claim('https://files.example/a');
  expect(await deliverables.prepare('client_one', [item], LIMITS)).toMatchObject({ state: 'waiting' });
});

// Regression: the preparation was cached by the key, so recipients got the deleted file.
test('A key that was deleted, and requested again when no message needs it any more, has its new content.', async () => {
  const item = await claim('https://files.example/a');
  const first = await fetched('first');
  expect(await deliverables.prepare('client_one', [item], LIMITS)).toMatchObject({ files: [{ hash: first }] });
  await media.library.remove('client_one', 'picture');
  await expect(claim('https://files.example/b')).rejects.toThrow('Use another storageKey');
  media.clock.advance(73 * 3_600_000);
  const again = await claim('https://files.example/b');
  const other = await fetched('other');
  expect(await deliverables.prepare('client_one', [again], LIMITS)).toMatchObject({ files: [{ hash: other }] });
});

test('A carrier that does not deliver a type does not get the preparation for a carrier that does.', async () => {
  const { storageKey, mimeType, byteLength } = await media.upload('client_one', 'hello');
  const item = { storageKey, mimeType, byteLength };
  expect(await deliverables.prepare('client_one', [item], LIMITS)).toMatchObject({ state: 'ready' });
  const picky = { ...LIMITS, accepts: () => false };
  expect(await deliverables.prepare('client_one', [item], picky)).toMatchObject({
    state: 'failed',
    error: { code: 'MEDIA_UNSUPPORTED' },
  });
});

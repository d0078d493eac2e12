import { chmod, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { InvalidCallError, type MediaInput, RedCloud } from '../src/index.ts';
import { platform } from '../src/transport/runtime.ts';
import { startCuttingProxy } from './cutting-proxy.ts';

const PHOTO_PATH = fileURLToPath(new URL('../../server/assets/catalog.jpg', import.meta.url));
const LIMIT = 26_214_400;
const CREDENTIALS = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };

let redcloud: TestRedCloud;
let directory: string;
let photo: Uint8Array<ArrayBuffer>;
let rc: RedCloud;
/** Method and path of each request to the server. */
let seen: string[] = [];

beforeAll(async () => {
  redcloud = await startRedCloud();
  directory = await mkdtemp(join(tmpdir(), 'redcloud-sdk-media-'));
  photo = new Uint8Array(await readFile(PHOTO_PATH));
  const fetch: typeof platform.fetch = (url, init, isUnrepeatable) => {
    if (url.startsWith(redcloud.url)) seen.push(`${init.method} ${new URL(url).pathname}`);
    return platform.fetch(url, init, isUnrepeatable);
  };
  rc = new RedCloud({ ...CREDENTIALS, baseUrl: redcloud.url, runtime: { fetch } });
  await rc.whoami();
});
afterAll(async () => {
  await redcloud.stop();
  await rm(directory, { recursive: true, force: true });
});

const send = (media: readonly unknown[], options = {}, client = rc) => {
  seen = [];
  const to = ['+15551234567'];
  const mms = { sendFrom: 'num_abc123', to, messageType: 'MMS', media: media as MediaInput[] } as const;
  return client.messages.sendOrThrow(mms, options);
};

/** Media of a message, as the server stored them. */
const mediaOf = async ({ accepted: [{ messageId }] }: Awaited<ReturnType<typeof send>>) =>
  (await rc.messages.get(messageId)).media;

async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

/** Creates a file of any length without writing its content. */
async function fileOf(name: string, byteLength: number): Promise<string> {
  const path = join(directory, name);
  const file = await open(path, 'w');
  await file.truncate(byteLength);
  await file.close();
  return path;
}

const streamOf = (chunks: unknown[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe('media of a send', () => {
  const JPEG = { mimeType: 'image/jpeg', byteLength: 182_340 };

  test.each<[string, () => unknown, object]>([
    ['a path', () => PHOTO_PATH, { ...JPEG, fileName: 'catalog.jpg' }],
    ['a file URL', () => pathToFileURL(PHOTO_PATH), { ...JPEG, fileName: 'catalog.jpg' }],
    ['a Blob', () => new Blob([photo], { type: 'image/jpeg' }), JPEG],
    ['a Blob without a type', () => new Blob([photo]), JPEG],
    ['a File', () => new File([photo], 'menu 1.jpg', { type: 'image/jpeg' }), { ...JPEG, fileName: 'menu 1.jpg' }],
    ['bytes', () => photo, JPEG],
    ['a web stream', () => streamOf([photo.subarray(0, 9), photo.subarray(9)]), JPEG],
    ['a stream of Node', () => Readable.from([photo.subarray(0, 9), photo.subarray(9)]), JPEG],
  ])('The content of %s is uploaded before the send.', async (_name, create, expected) => {
    const result = await send([create()]);
    expect(seen).toEqual(['POST /api/core/media', 'POST /api/core/messages/send']);
    expect(await mediaOf(result)).toEqual([{ storageKey: expect.stringMatching(/^storage_/), ...expected }]);
  });

  test('Items and files are sent in their order, and a list of items alone causes one request.', async () => {
    const item = { storageKey: 'storage_abc123', ...JPEG };
    const card = 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nEND:VCARD\r\n';
    const media = await mediaOf(await send([item, await fileWith('ann.vcf', card), new Blob(['Hello'])]));
    expect(media?.map(({ mimeType }) => mimeType)).toEqual(['image/jpeg', 'text/vcard', 'text/plain']);
    await send([item]);
    expect(seen).toEqual(['POST /api/core/messages/send']);
  });

  test('A repeated call with the same file and key gets the idempotent response.', async () => {
    const options = { idempotencyKey: 'photo' };
    const first = await send([PHOTO_PATH], options);
    await rc.media.upload(PHOTO_PATH, { fileName: 'another name.jpg' });
    const second = await send([PHOTO_PATH], options);
    expect(second).toMatchObject({ replayed: true, accepted: first.accepted });
    await expect(send([new Blob(['other'])], options)).rejects.toMatchObject({ status: 409, idempotencyKey: 'photo' });
  });

  test('A change of the parameters during the uploads has no effect.', async () => {
    const params = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'MMS', media: [photo] as MediaInput[] };
    const sending = rc.messages.sendOrThrow(params as never);
    params.to.push('+15551234568');
    params.media.push('missing.jpg');
    const result = await sending;
    expect(result.accepted).toHaveLength(1);
    expect(await mediaOf(result)).toHaveLength(1);
  });

  test('Ten files are sent, and eleven are rejected before any request.', async () => {
    const files = Array.from({ length: 11 }, (_, i) => new Blob([`File ${i}`]));
    expect(await mediaOf(await send(files.slice(1)))).toHaveLength(10);
    await expect(send(files)).rejects.toThrow('media has 11 files. A message has at most 10.');
    expect(seen).toEqual([]);
  });

  test('Uploads and sends through a connection that is cut are repeated, also those of a stream.', async () => {
    const proxy = await startCuttingProxy(redcloud.url, [100_000, 150_000]);
    const errors: string[] = [];
    const onRetry = ({ name }: Error) => errors.push(name);
    const cut = new RedCloud({ accessToken: 'rc_token_example', baseUrl: proxy.url, onRetry });
    const before = await rc.media.upload(photo);
    const result = await send([streamOf([photo])], {}, cut);
    expect(errors).toEqual(['ConnectionError', 'ConnectionError']);
    expect(await mediaOf(result)).toEqual([before]);
    await proxy.stop();
  });

  test('The time limit of a call and its signal end the reading of a stream, which is closed.', async () => {
    const endless = () => new Readable({ read: () => undefined });
    const slow = endless();
    await expect(send([slow], { timeoutMs: 20 })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(slow.destroyed).toBe(true);
    const controller = new AbortController();
    const aborted = endless();
    const sending = send([aborted], { signal: controller.signal });
    controller.abort();
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([]);
  });
});

describe('files that cannot be sent', () => {
  /** Second file of a send whose first file is valid. */
  const rejected = async (file: unknown) => {
    const error = await send([photo, file]).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InvalidCallError);
    return (error as Error).message;
  };

  test.each<[string, () => unknown, string | RegExp]>([
    ['does not exist', () => join(directory, 'no.jpg'), /^media\[1\] ".*no\.jpg" does not exist\. Check the path/],
    ['is a directory', () => directory, 'is not a file. Pass the path of a regular file.'],
    ['is empty', () => fileWith('empty.jpg', ''), 'empty.jpg" is empty. Pass a file with content'],
    [
      'is larger than 25 MiB',
      () => fileOf('large.mp4', 26 * 1_048_576),
      'has at least 27262976 bytes. The limit is 26214400',
    ],
    ['is a Blob of more than 25 MiB', () => new Blob([new Uint8Array(LIMIT + 1)]), 'has at least 26214401 bytes'],
    ['is an empty Blob', () => new Blob([]), 'media[1] is empty.'],
    ['is a stream without content', () => streamOf([]), 'media[1] is empty.'],
    ['is a stream of text', () => streamOf(['text']), 'a chunk is not a Uint8Array'],
    ['is a URL in a string', () => 'https://example.com/a.jpg', 'Pass a URL object instead.'],
    ['is a URL of another scheme', () => new URL('data:,Hello'), 'is a URL with the scheme data:'],
    ['is a number', () => 7, 'media[1] must be a path, URL, Blob, Uint8Array or stream, not 7'],
    ['is an item without a key', () => ({ mimeType: 'image/jpeg' }), 'or stream, not Object'],
  ])('A file that %s is rejected before any request.', async (_name, create, message) => {
    expect(await rejected(await create())).toMatch(message);
    expect(seen).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('A file without read permission is rejected before any request.', async () => {
    const path = await fileWith('secret.jpg', photo);
    await chmod(path, 0o200);
    expect(await rejected(path)).toContain('permission denied');
    expect(seen).toEqual([]);
  });

  test('A stream that fails, or that was read before, is rejected with the reason.', async () => {
    const failing = Readable.from([photo]);
    failing.on('data', () => failing.destroy(new Error('the disk is gone')));
    expect(await rejected(failing)).toContain('the disk is gone');
    const used = streamOf([photo]);
    used.getReader();
    expect(await rejected(used)).toContain('Pass a new stream of bytes.');
  });

  test('A stream of more than 25 MiB is closed at the limit.', async () => {
    let chunks = 0;
    const endless = new ReadableStream({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new Uint8Array(1_048_576));
      },
    });
    expect(await rejected(endless)).toContain('has at least 27262976 bytes');
    expect(chunks).toBeLessThan(30);
  });

  test.each([
    ['HEIC', 'photo.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), 'image/heic'],
    ['HTML', 'page.jpg', '<!doctype html><p>Hello</p>', 'text/html'],
  ])(
    'A file of the type %s is rejected by the server, and no message is queued.',
    async (_type, name, content, type) => {
      const error = await send([await fileWith(name, content)], { idempotencyKey: name }).catch((error) => error);
      expect(error).toMatchObject({ name: 'ApiError', status: 415, code: 'INVALID_REQUEST', idempotencyKey: name });
      expect(error.message).toContain(`${name}": No carrier type supports media of type ${type}. Convert the file`);
      expect(error.requestId).toMatch(/^req_/);
      expect(seen).toEqual(['POST /api/core/media']);
    },
  );
});

describe('`rc.media`', () => {
  test('A file is uploaded, described, downloaded and deleted.', async () => {
    const text = new Blob(['Grüße'], { type: 'text/plain' });
    const item = await rc.media.upload(text, { fileName: 'Grüße "1".txt' });
    expect(item).toEqual({ ...item, mimeType: 'text/plain', byteLength: 7, fileName: 'Grüße "1".txt' });
    expect(await rc.media.head(item.storageKey)).toEqual(item);
    const { content, ...properties } = await rc.media.download(item.storageKey);
    expect(properties).toEqual(item);
    expect([content.type, await content.text()]).toEqual(['text/plain', 'Grüße']);
    await rc.media.delete(item.storageKey);
    const { storageKey } = item;
    for (const call of [rc.media.head(storageKey), rc.media.download(storageKey), rc.media.delete(storageKey)])
      await expect(call).rejects.toMatchObject({ status: 404 });
  });

  test('A file of exactly 25 MiB is uploaded, and downloaded unchanged.', { tags: 'slow' }, async () => {
    const bytes = new Uint8Array(LIMIT).fill(0x41);
    const item = await rc.media.upload(bytes);
    expect(item).toMatchObject({ mimeType: 'text/plain', byteLength: LIMIT });
    const { content } = await rc.media.download(item.storageKey);
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('A declared type that the content does not have is rejected with the name of the file.', async () => {
    const upload = rc.media.upload(PHOTO_PATH, { contentType: 'image/png' });
    await expect(upload).rejects.toThrow(/^file ".*catalog\.jpg": The content is not image\/png, but image\/jpeg/);
  });

  test('The same content gets the same key from each kind of source, for any number of sends.', async () => {
    const keys = [PHOTO_PATH, photo, new Blob([photo])].map(async (file) => (await rc.media.upload(file)).storageKey);
    expect(new Set(await Promise.all(keys)).size).toBe(1);
    const media = await rc.media.prepare([PHOTO_PATH, photo]);
    const result = await send(media);
    expect(seen).toEqual(['POST /api/core/messages/send']);
    expect(await mediaOf(result)).toEqual(media);
  });
});

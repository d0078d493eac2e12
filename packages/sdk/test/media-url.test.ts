import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { type ConnectionOptions, InvalidCallError, RedCloud } from '../src/index.ts';
import { platform } from '../src/transport/runtime.ts';

const PHOTO = await readFile(new URL('../../server/assets/catalog.jpg', import.meta.url));
const ITEM = { mimeType: 'image/jpeg', byteLength: PHOTO.byteLength };

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const client = (options: Partial<ConnectionOptions> = {}) =>
  new RedCloud({ accessToken: 'rc_token_example', baseUrl: redcloud.url, ...options });
const send = (url: URL, options = {}, rc = client()) =>
  rc.messages.sendOrThrow({ sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'MMS', media: [url] }, options);

/** Starts the server of a file. @returns its URL and the method and path of each request */
async function origin(answer: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, url: (path: string) => new URL(path, at) };
}

const photo: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': PHOTO.byteLength });
  response.end(request.method === 'HEAD' ? undefined : PHOTO);
};

test('The server fetches the file of a URL once, after sends that state its type and length.', async () => {
  const { seen, url } = await origin(photo);
  const rc = client();
  const first = await send(url('/files/my%20photo.jpg?size=1#top'));
  const [item] = (await rc.messages.get(first.accepted[0].messageId)).media ?? [];
  expect(item).toEqual({
    ...ITEM,
    storageKey: expect.stringMatching(/^url_[0-9a-f]{64}$/),
    sourceUrl: url('/files/my%20photo.jpg?size=1').href,
    fileName: 'my photo.jpg',
  });
  const status = async () => (await rc.messages.get(first.accepted[0].messageId)).status;
  await expect.poll(status, { timeout: 10_000 }).toBe('DELIVERED');
  const { content } = await rc.media.download(item?.storageKey ?? '');
  expect(Buffer.from(await content.arrayBuffer()).equals(PHOTO)).toBe(true);
  await send(url('/files/my%20photo.jpg?size=1'));
  expect(seen.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'GET', 'HEAD']);
});

test('A repeated call with the same URL and key gets the idempotent response, also when an attempt is lost.', async () => {
  const { url } = await origin(photo);
  let isLost = false;
  const fetch: typeof platform.fetch = async (target, init, isUnrepeatable) => {
    const response = await platform.fetch(target, init, isUnrepeatable);
    if (isLost || !target.endsWith('/send')) return response;
    isLost = true;
    throw new TypeError('fetch failed');
  };
  const first = await send(url('/a.jpg'), { idempotencyKey: 'url' }, client({ runtime: { fetch } }));
  expect(first).toMatchObject({ replayed: true, attempts: 2 });
  const second = await send(url('/a.jpg'), { idempotencyKey: 'url' });
  expect(second).toMatchObject({ replayed: true, attempts: 1, accepted: first.accepted });
});

test('A changed file has another key, so that the server fetches it.', async () => {
  let content = 'one';
  const { url } = await origin((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': content.length });
    response.end(content);
  });
  const [before] = await client().media.prepare([url('/a.txt')]);
  expect(await client().media.prepare([url('/a.txt')])).toEqual([before]);
  content = 'another';
  const [after] = await client().media.prepare([url('/a.txt')]);
  expect(after).toMatchObject({ byteLength: 7, sourceUrl: before?.sourceUrl });
  expect(after?.storageKey).not.toBe(before?.storageKey);
});

test.each<[string, RequestListener]>([
  [
    'does not support HEAD',
    (request, response) => (request.method === 'HEAD' ? response.writeHead(405).end() : photo(request, response)),
  ],
  [
    'does not state the length',
    (request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' });
      response.end(request.method === 'HEAD' ? undefined : PHOTO);
    },
  ],
  [
    'redirects to another path',
    (request, response) =>
      request.url === '/a.jpg' ? response.writeHead(302, { location: '/b' }).end() : photo(request, response),
  ],
  [
    'does not state the type',
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': PHOTO.byteLength });
      response.end(request.method === 'HEAD' ? undefined : PHOTO);
    },
  ],
  [
    'is overloaded at first',
    (() => {
      let requests = 0;
      return (request, response) => {
        requests += 1;
        if (requests < 3) response.writeHead(503).end();
        else photo(request, response);
      };
    })(),
  ],
])('The type and length of a file are found if its server %s.', async (_what, answer) => {
  const { url } = await origin(answer);
  expect(await client().media.prepare([url('/a.jpg')])).toMatchObject([{ ...ITEM, sourceUrl: url('/a.jpg').href }]);
});

const answers = (status: number, headers: Record<string, string | number>): RequestListener => {
  return (_request, response) => response.writeHead(status, headers).end();
};

test.each<[string, string, RequestListener, string]>([
  ['is missing', '/a.jpg', answers(404, {}), 'its server responds with status 404. Check the URL.'],
  ['is empty', '/a.jpg', answers(200, { 'content-length': 0 }), 'is empty.'],
  ['has no known type', '/a', answers(200, { 'content-length': 5 }), 'has no known extension. Use one of 3g2,'],
  ['redirects in a circle', '/a', answers(302, { location: '/a' }), 'has more than 3 redirects.'],
  ['leads to another scheme', '/a', answers(302, { location: 'ftp://a.test' }), 'leads to an invalid URL.'],
  [
    'is larger than 25 MiB',
    '/a.mp4',
    (request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 27_262_976 });
      if (request.method === 'HEAD') response.end();
    },
    'has at least 27262976 bytes. The limit is 26214400 bytes (25 MiB).',
  ],
])('A URL that %s is rejected before the send.', async (_what, path, answer, message) => {
  const { url } = await origin(answer);
  const error = await send(url(path)).catch((error) => error);
  expect(error).toBeInstanceOf(InvalidCallError);
  expect(error.message).toContain(`media[0] "${url(path).href}"`);
  expect(error.message).toContain(message);
});

test('A type that no carrier supports is rejected by the server with the send.', async () => {
  const { url } = await origin(answers(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': 5 }));
  const sending = send(url('/a.jpg'));
  await expect(sending).rejects.toMatchObject({
    status: 400,
    message: 'media[0].mimeType is not supported: text/html',
  });
});

test('A server that does not respond causes a ConnectionError without the query of the URL.', async () => {
  const { url } = await origin((request) => request.socket.destroy());
  const rc = client({ maxRetries: 1, runtime: { sleep: async () => undefined } });
  const error = await send(url('/a.jpg?signature=secret'), {}, rc).catch((error) => error);
  expect(error).toMatchObject({
    name: 'ConnectionError',
    message: `Server of media[0] "${url('/a.jpg').href}" unreachable`,
  });
});

test('A URL with credentials, and an upload of a URL, are rejected.', async () => {
  await expect(send(new URL('http://user:secret@127.0.0.1/a.jpg'))).rejects.toThrow('contains credentials');
  await expect(client().media.upload(new URL('http://127.0.0.1/a.jpg'))).rejects.toThrow('in media of a send');
});

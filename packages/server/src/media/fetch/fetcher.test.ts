import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '#db/statement.ts';
import { Targets } from '#egress/targets.ts';
import { createLog } from '#platform/log.ts';
import { Queue } from '#queue/queue.ts';
import { testHolder } from '../../../test/support/holder.ts';
import { createClient, testLibrary } from '../../../test/support/media.ts';
import { ownStore } from '../../../test/support/own-store.ts';
import { BY_KEY } from '../sql.ts';
import { Downloader } from './download.ts';
import { Fetcher } from './fetcher.ts';

const CLIENT = 'client_one';
const CONTENT = 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nEND:VCARD\r\n';
const db = ownStore();

let server: Server;
let origin: string;
let requests: string[];
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    respond(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let media: Awaited<ReturnType<typeof testLibrary>>;
let fetcher: Fetcher;

beforeEach(async () => {
  await db().query('truncate media, media_files, media_renditions, media_storage, jobs');
  await createClient(db(), CLIENT);
  media = await testLibrary(db());
  requests = [];
  respond = (_request, response) => response.end(CONTENT);
  start(true);
});
afterEach(async () => {
  await fetcher.stop(AbortSignal.timeout(1_000));
  await media.remove();
});

/** @param loopback whether loopback addresses may be reached. */
function start(loopback: boolean): void {
  fetcher = new Fetcher({
    db: db(),
    queue: new Queue({ db: db(), clock: media.clock, holder: testHolder }),
    clock: media.clock,
    log: createLog('silent'),
    library: media.library,
    downloader: new Downloader({ targets: new Targets({ networks: [], loopback, proxied: false }) }),
    onFetched: () => undefined,
    pollMs: 20,
  });
  fetcher.start();
}

const item = (changes = {}) => ({
  storageKey: 'contact',
  mimeType: 'text/vcard',
  byteLength: CONTENT.length,
  sourceUrl: `${origin}/contact.vcf`,
  ...changes,
});
const claim = (...items: ReturnType<typeof item>[]) => media.claims.claim(CLIENT, items);
const row = async (key = 'contact') => (await run(db(), BY_KEY, CLIENT, [key]))[0];
const settled = () =>
  vi.waitFor(
    async () => {
      const found = await row();
      expect(found?.hash ?? found?.error).not.toBeNull();
      return found;
    },
    { timeout: 8_000, interval: 10 },
  );

describe('Media with a sourceUrl', () => {
  test('The file is fetched once, although many requests name it at the same time.', async () => {
    await Promise.all(Array.from({ length: 20 }, () => claim(item())));
    await settled();
    expect(requests).toEqual(['/contact.vcf']);
    expect(await media.library.find(CLIENT, 'contact')).toMatchObject({
      mimeType: 'text/vcard',
      byteLength: CONTENT.length,
    });
    await claim(item({ sourceUrl: `${origin}/elsewhere` }));
    expect(requests).toHaveLength(1);
  });

  test('A temporary failure is repeated.', async () => {
    const failures = [503, 429, 500];
    respond = (_request, response) => {
      const status = failures.shift();
      if (status === undefined) response.end(CONTENT);
      else response.writeHead(status).end();
    };
    await claim(item());
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await vi.waitFor(async () => {
        expect(requests).toHaveLength(attempt);
        expect((await row())?.retryAt?.getTime()).toBeGreaterThan(media.clock.now());
      });
      media.clock.advance(61_000);
    }
    expect((await settled())?.hash).not.toBeNull();
  });

  test.each([
    ['404', (response: ServerResponse) => response.writeHead(404).end(), 'HTTP 404'],
    [
      'a longer content',
      (response: ServerResponse) => response.end(`${CONTENT}x`),
      `the content is longer than ${CONTENT.length} bytes`,
    ],
    [
      'a shorter content',
      (response: ServerResponse) => response.end(CONTENT.slice(0, -2)),
      `${CONTENT.length - 2} bytes instead of ${CONTENT.length}`,
    ],
    [
      'another type',
      (response: ServerResponse) => response.end('x'.repeat(CONTENT.length)),
      'text/plain instead of text/vcard',
    ],
    [
      'an endless redirect',
      (response: ServerResponse) => response.writeHead(302, { location: '/again' }).end(),
      'more than 3 redirects',
    ],
    [
      'a redirect to a file',
      (response: ServerResponse) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'invalid redirect to file:///etc/passwd',
    ],
  ])('A response with %s is a permanent failure.', async (_name, answer, error) => {
    respond = (_request, response) => answer(response);
    await claim(item());
    expect(await settled()).toMatchObject({ hash: null, error });
  });

  test('A failed fetch begins again with the next request.', async () => {
    respond = (_request, response) => response.writeHead(404).end();
    await claim(item());
    await settled();
    respond = (_request, response) => response.end(CONTENT);
    await claim(item({ sourceUrl: `${origin}/other.vcf` }));
    await vi.waitFor(async () => expect((await row())?.hash).not.toBeNull());
    expect(requests).toEqual(['/contact.vcf', '/other.vcf']);
  });

  test('A redirect to a forbidden address is not followed.', async () => {
    await fetcher.stop(AbortSignal.timeout(1_000));
    start(false);
    // Accepted before the rules changed.
    await claim(item());
    expect(await settled()).toMatchObject({ error: expect.stringContaining('address not allowed') });
    expect(requests).toEqual([]);
  });

  test('A stop returns a download to the queue, and the next process completes it.', async () => {
    let begun: () => void;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    respond = (_request, response) => {
      response.write(CONTENT.slice(0, 5));
      begun();
    };
    await claim(item());
    await hasBegun;
    await fetcher.stop(AbortSignal.timeout(1_000));
    respond = (_request, response) => response.end(CONTENT);
    start(true);
    expect((await settled())?.hash).not.toBeNull();
  });
});

describe('Media in a send request', () => {
  test.each([
    [{ sourceUrl: undefined }, 'media[0].storageKey is unknown. Upload the file first, or set sourceUrl.'],
    [{ mimeType: 'image/heic' }, 'media[0].mimeType is not supported: image/heic'],
    [{ byteLength: 26_214_401 }, 'media[0].byteLength exceeds the maximum of 26214400'],
    [{ sourceUrl: 'http://' }, 'media[0].sourceUrl cannot be fetched: not a URL'],
  ])('Unknown media with %j are rejected.', async (changes, message) => {
    await expect(claim(item(changes))).rejects.toMatchObject({ code: 'INVALID_REQUEST', message });
    expect(await row()).toBeUndefined();
  });

  test.each([
    [{ mimeType: 'text/plain' }, 'media[0].mimeType is not the type of contact, which is text/vcard'],
    [{ byteLength: 1 }, `media[0].byteLength is not the length of contact, which is ${CONTENT.length}`],
  ])('Known media with %j are rejected.', async (changes, message) => {
    await claim(item());
    await settled();
    await expect(claim(item(changes))).rejects.toMatchObject({ message });
  });

  test('The name of a file is stored without directories and marks of the text direction.', async () => {
    await claim({ ...item(), fileName: '../../contact\u202efcv.exe' } as never);
    await settled();
    expect(await media.library.find(CLIENT, 'contact')).toMatchObject({ fileName: 'contactfcv.exe' });
  });

  test('Another URL for pending media is rejected, and the same one is accepted.', async () => {
    respond = (_request, response) => response.writeHead(503).end();
    await claim(item());
    await claim(item());
    await expect(claim(item({ sourceUrl: `${origin}/other` }))).rejects.toThrow('media[0].sourceUrl differs');
    await claim({ ...item(), sourceUrl: undefined } as never);
  });
});

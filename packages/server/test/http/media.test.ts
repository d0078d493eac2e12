import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const PHOTO = readFileSync(new URL('../../assets/catalog.jpg', import.meta.url));
const KEY = 'storage_abc123';

let redcloud: TestRedCloud;
let other: string;

beforeAll(async () => {
  redcloud = await startRedCloud({ env: { RC_MEDIA_QUOTA_MIB: '1' } });
  other = await tokenOf(['media:read', 'media:write', 'messages:send']);
});
afterAll(() => redcloud.stop());

/** Token of a new client with these capabilities. */
async function tokenOf(capabilities: string[]): Promise<string> {
  const account = await redcloud.admin('POST', '/accounts', { name: 'Other' });
  const created = await redcloud.admin('POST', '/clients', { accountId: account.json.id, name: 'Other', capabilities });
  const { client, clientSecret } = created.json;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: clientSecret,
  });
  const response = await fetch(`${redcloud.url}/api/auth/token`, { method: 'POST', body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { access_token: string }).access_token;
}

type Body = NonNullable<RequestInit['body']>;

interface Request {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  body?: Body;
}

const call = (path: string, { method = 'GET', token = TOKEN, headers = {}, body }: Request = {}) =>
  fetch(`${redcloud.url}/api/core/media${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
const upload = async (body: Body, type: string | undefined, more: Request = {}, query = '') => {
  const headers = type === undefined ? {} : { 'content-type': type };
  const response = await call(query, { method: 'POST', body, headers, ...more });
  // biome-ignore lint/suspicious/noExplicitAny: any response
  return { status: response.status, json: (await response.json()) as any };
};

/** Key of a content that the client of the sandbox uploads. */
function keyOf(content: string): string {
  const hash = createHash('sha256').update(content).digest('hex');
  const digest = createHash('sha256').update(`rc_test_client_123\n${hash}`).digest('base64url');
  return `storage_${digest.slice(0, 26)}`;
}

describe('Upload', () => {
  test('A raw body and a multipart body with the same content get the same key.', async () => {
    const raw = await upload(PHOTO, 'image/jpeg', {}, '?fileName=photo.jpg');
    expect(raw).toMatchObject({
      status: 201,
      json: { mimeType: 'image/jpeg', byteLength: 182_340, fileName: 'photo.jpg' },
    });
    const form = new FormData();
    form.append('file', new Blob([PHOTO], { type: 'image/jpeg' }), 'other.jpg');
    const multipart = await upload(form, undefined);
    expect(multipart).toMatchObject({ status: 201, json: { storageKey: raw.json.storageKey, fileName: 'other.jpg' } });
  });

  test('The response is a valid item of a send.', async () => {
    const { json } = await upload(PHOTO, 'image/jpeg');
    const sent = await redcloud.send('upload and send', { messageType: 'MMS', media: [json] });
    expect(sent.json.results).toHaveLength(1);
  });

  test.each([
    ['image/heic', 415],
    ['image/svg+xml', 415],
    ['text/html', 415],
    ['application/json', 415],
    ['image/png', 400],
  ])('A photo that is declared as %s is rejected with %i.', async (type, status) => {
    expect(await upload(PHOTO, type)).toMatchObject({ status, json: { error: { code: 'INVALID_REQUEST' } } });
  });

  test.each(['<svg/>', '\ufeff<!-- a comment --><svg/>', '<!DOCTYPE html><p>', 'Hello <script>alert(1)</script>'])(
    'The text %j with markup is rejected with 415.',
    async (text) => {
      for (const type of ['text/plain', 'text/vcard', 'application/octet-stream'])
        expect(await upload(text, type)).toMatchObject({ status: 415, json: { error: { code: 'INVALID_REQUEST' } } });
    },
  );

  test.each([
    ['../../a.jpg', 'a.jpg', 'attachment; filename="a.jpg"'],
    ['C:\\x\\b.jpg', 'b.jpg', 'attachment; filename="b.jpg"'],
    ['a\u202egpj.exe', 'agpj.exe', 'attachment; filename="agpj.exe"'],
    ['\r\nX-Evil: 1.jpg', 'X-Evil: 1.jpg', 'attachment; filename="X-Evil: 1.jpg"'],
    [
      'Gr\u00fc\u00dfe.jpg',
      'Gr\u00fc\u00dfe.jpg',
      `attachment; filename="Gr__e.jpg"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.jpg`,
    ],
  ])('The file name %j is stored and sent as %j.', async (given, stored, disposition) => {
    const { json } = await upload(PHOTO, 'image/jpeg', {}, `?fileName=${encodeURIComponent(given)}`);
    expect(json.fileName).toBe(stored);
    const response = await call(`/${json.storageKey}`, { method: 'HEAD' });
    expect(response.headers.get('content-disposition')).toBe(disposition);
    const form = new FormData();
    form.append('file', new Blob([PHOTO], { type: 'image/jpeg' }), given);
    // Clients encode line breaks in the name.
    if (!given.includes('\n')) expect((await upload(form, undefined)).json.fileName).toBe(stored);
  });

  test('A file name without a usable character is absent.', async () => {
    const { status, json } = await upload('Some text without a name', 'text/plain', {}, '?fileName=..');
    expect([status, json.fileName]).toEqual([201, undefined]);
  });

  test.each([
    ['an empty body', '', 'image/jpeg', 400],
    ['a form without a file', new URLSearchParams({ file: 'x' }), undefined, 415],
    ['a broken form', '--x\r\nbroken', 'multipart/form-data; boundary=x', 400],
    ['a form without a boundary', 'x', 'multipart/form-data', 400],
  ])('An upload of %s is rejected.', async (_name, body, type, status) => {
    expect((await upload(body as Body, type)).status).toBe(status);
  });

  test('A form that ends before its last boundary is rejected at any length, and stores nothing.', async () => {
    const disposition = 'Content-Disposition: form-data; name="file"; filename="a.txt"';
    const form = (text: string) => `--x\r\n${disposition}\r\nContent-Type: text/plain\r\n\r\n${text}\r\n--x--`;
    const [short, long] = ['Some text', 'Some text '.repeat(20_000)];
    const cuts = [...form(short)].map((_, at) => form(short).slice(0, at + 1)).slice(0, -1);
    cuts.push(...[1, 2, 3, 4, 5, 6, 7, 8, 100, 100_000].map((bytes) => form(long).slice(0, -bytes)));
    for (const cut of cuts) {
      const { status, json } = await upload(cut, 'multipart/form-data; boundary=x');
      expect([cut.length, status, json.error.code]).toEqual([cut.length, 400, 'INVALID_REQUEST']);
    }
    for (const text of [short, long]) expect((await call(`/${keyOf(text)}`)).status).toBe(404);
  });

  test('A form with a file of another name is rejected.', async () => {
    const form = new FormData();
    form.append('photo', new Blob([PHOTO], { type: 'image/jpeg' }), 'photo.jpg');
    expect((await upload(form, undefined)).status).toBe(400);
  });

  test.each<[string, (form: FormData, photo: Blob) => void]>([
    ['a second file', (form, photo) => form.append('file', photo, 'second.jpg')],
    ['a file of another name', (form, photo) => form.append('photo', photo, 'second.jpg')],
    ['a field after the file', (form) => form.append('fileName', 'second.jpg')],
    ['an empty second file', (form) => form.append('file', new Blob([]), 'second.jpg')],
  ])('A form with a file and %s is rejected, and stores nothing.', async (name, add) => {
    const form = new FormData();
    const note = new Blob([`A note, and ${name}`], { type: 'text/plain' });
    form.append('file', note, 'note.txt');
    add(form, new Blob([PHOTO], { type: 'image/jpeg' }));
    const message = 'multipart/form-data must have exactly one part, a file named "file"';
    expect(await upload(form, undefined)).toMatchObject({ status: 400, json: { error: { message } } });
    expect((await call(`/${keyOf(await note.text())}`)).status).toBe(404);
    const stored = await upload(note, 'text/plain');
    expect(stored.json.storageKey).toBe(keyOf(await note.text()));
  });

  test('A form with a field before the file is rejected.', async () => {
    const form = new FormData();
    form.append('fileName', 'photo.jpg');
    form.append('file', new Blob([PHOTO], { type: 'image/jpeg' }), 'photo.jpg');
    expect((await upload(form, undefined)).status).toBe(400);
  });

  test('A body without a Content-Type has the type of its content.', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(PHOTO));
        controller.close();
      },
    });
    const request = { method: 'POST', body, duplex: 'half', headers: { authorization: `Bearer ${TOKEN}` } };
    const response = await fetch(`${redcloud.url}/api/core/media`, request as RequestInit);
    expect([response.status, await response.json()]).toMatchObject([201, { mimeType: 'image/jpeg' }]);
  });

  test('A body with the default type of curl is rejected with the header to set.', async () => {
    const { status, json } = await upload(PHOTO, 'application/x-www-form-urlencoded');
    expect([status, json.error.message]).toEqual([
      415,
      'Content-Type is application/x-www-form-urlencoded. Set the header Content-Type to the type of the file, for example image/jpeg.',
    ]);
  });

  test.each(['image', '/jpeg', ';'])(
    'A body with the invalid Content-Type "%s" is rejected with the header to set.',
    async (type) => {
      const { status, json } = await upload(PHOTO, type);
      expect([status, json.error.message]).toEqual([
        415,
        'Content-Type is not a media type. Set the header Content-Type to the type of the file, for example image/jpeg.',
      ]);
    },
  );

  test('A file above 25 MiB is rejected, with and without a length.', async () => {
    const large = new Uint8Array(25 * 1_048_576 + 1);
    expect(await upload(large, 'image/jpeg')).toMatchObject({
      status: 413,
      json: { error: { code: 'INVALID_REQUEST' } },
    });
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1_048_576));
      },
    });
    const request = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'image/jpeg' },
    };
    const endless = await fetch(`${redcloud.url}/api/core/media`, request as RequestInit).catch((error) => error);
    // The server responds and closes the connection, which the client may notice before the response.
    if (endless instanceof Response) expect(endless.status).toBe(413);
  });

  test('An upload that its client aborts leaves nothing behind.', async () => {
    const { hostname, port } = new URL(redcloud.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api/core/media HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: image/jpeg\r\nContent-Length: 1000\r\n\r\nabc`,
    );
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await upload(PHOTO, 'image/jpeg')).status).toBe(201);
  });

  test('Files above the quota of the client are rejected with QUOTA_EXCEEDED.', async () => {
    const token = await tokenOf(['media:write']);
    const half = (n: number) => `${n} ${'x'.repeat(600_000)}`;
    expect((await upload(half(1), 'text/plain', { token })).status).toBe(201);
    expect(await upload(half(2), 'text/plain', { token })).toMatchObject({
      status: 413,
      json: { error: { code: 'QUOTA_EXCEEDED' } },
    });
    expect((await upload(half(1), 'text/plain', { token })).status).toBe(201);
  });
});

describe('Download', () => {
  test('The sandbox has the picture of the MMS example.', async () => {
    const response = await call(`/${KEY}`);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PHOTO);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '182340',
      'content-disposition': 'attachment; filename="catalog.jpg"',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
  });

  test('HEAD returns the headers without the content.', async () => {
    const response = await call(`/${KEY}`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '182340',
      '',
    ]);
  });

  test('A known ETag returns 304.', async () => {
    const etag = (await call(`/${KEY}`, { method: 'HEAD' })).headers.get('etag') ?? '';
    expect((await call(`/${KEY}`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await call(`/${KEY}`, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test.each([
    ['bytes=0-9', 206, 'bytes 0-9/182340', 0, 10],
    ['bytes=182330-', 206, 'bytes 182330-182339/182340', 182_330, 182_340],
    ['bytes=-5', 206, 'bytes 182335-182339/182340', 182_335, 182_340],
    ['bytes=5-999999', 206, 'bytes 5-182339/182340', 5, 182_340],
    ['bytes=0-1,5-6', 200, null, 0, 182_340],
    ['lines=1-2', 200, null, 0, 182_340],
    ['bytes=x', 200, null, 0, 182_340],
  ])('Range %s returns %i.', async (range, status, contentRange, from, to) => {
    const response = await call(`/${KEY}`, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PHOTO.subarray(from, to));
  });

  test('A range outside of the file returns 416 with the length.', async () => {
    const response = await call(`/${KEY}`, { headers: { range: 'bytes=182340-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */182340']);
  });

  test('A range with another ETag returns the whole file.', async () => {
    const response = await call(`/${KEY}`, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  test.each(['storage_unknown', '..%2f..%2fetc%2fpasswd', '%00', 'x'.repeat(600)])(
    'The key %.40s is unknown.',
    async (key) => {
      expect((await call(`/${key}`)).status).toBe(404);
    },
  );
});

describe('Access', () => {
  test('A client neither reads nor deletes the media of another client.', async () => {
    for (const method of ['GET', 'HEAD', 'DELETE'])
      expect((await call(`/${KEY}`, { method, token: other })).status).toBe(404);
    expect((await call(`/${KEY}`)).status).toBe(200);
  });

  test('Each capability allows its methods only.', async () => {
    const [reader, writer] = [await tokenOf(['media:read']), await tokenOf(['media:write'])];
    expect((await upload('text', 'text/plain', { token: reader })).status).toBe(403);
    expect((await call('/x', { method: 'DELETE', token: reader })).status).toBe(403);
    expect((await call('/x', { token: writer })).status).toBe(403);
    expect((await call('/x', { token: reader })).status).toBe(404);
  });

  test('Deleted media are unknown, and can be uploaded again.', async () => {
    const { json } = await upload('to be deleted', 'text/plain');
    expect((await call(`/${json.storageKey}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(`/${json.storageKey}`)).status).toBe(404);
    expect((await call(`/${json.storageKey}`, { method: 'DELETE' })).status).toBe(404);
    const sent = await redcloud.send('deleted', { messageType: 'MMS', media: [json] });
    expect(sent.status).toBe(400);
    expect((await upload('to be deleted', 'text/plain')).json.storageKey).toBe(json.storageKey);
  });
});

describe('MMS', () => {
  const item = { storageKey: KEY, mimeType: 'image/jpeg', byteLength: 182_340 };

  test.each([
    [{ storageKey: 'unknown' }, 'media[0].storageKey is unknown. Upload the file first, or set sourceUrl.'],
    [{ byteLength: 1 }, `media[0].byteLength is not the length of ${KEY}, which is 182340`],
    [{ mimeType: 'image/png' }, `media[0].mimeType is not the type of ${KEY}, which is image/jpeg`],
  ])('A send with %j is rejected.', async (changes, message) => {
    const sent = await redcloud.send(JSON.stringify(changes), { messageType: 'MMS', media: [{ ...item, ...changes }] });
    expect(sent).toMatchObject({ status: 400, json: { error: { message } } });
  });

  test('A repeated send returns its response although its media are deleted.', async () => {
    const { json } = await upload('repeated', 'text/plain');
    const body = { messageType: 'MMS', media: [json] };
    const first = await redcloud.send('repeated MMS', body);
    await call(`/${json.storageKey}`, { method: 'DELETE' });
    const second = await redcloud.send('repeated MMS', body);
    expect([first.status, second.status, second.text]).toEqual([202, 202, first.text]);
    expect((await redcloud.send('another key', body)).status).toBe(400);
  });
});

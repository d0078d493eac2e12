// @module-tag slow
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

test('/openapi.json is an OpenAPI 3.1 document with every webhook in its webhooks section.', async () => {
  const document = await (await fetch(`${redcloud.url}/openapi.json`)).json();
  expect(document).toMatchObject({ openapi: '3.1.0' });
  const { webhooks } = document as { webhooks: Record<string, unknown> };
  expect(Object.keys(webhooks).sort()).toEqual([
    'message.delivery',
    'message.failed',
    'message.inbound',
    'message.queued',
    'message.sent',
  ]);
});

test('/docs and all of its resources come from this server, so that it works offline.', async () => {
  const page = await (await fetch(`${redcloud.url}/docs/`)).text();
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url as string);
  expect(loaded.length).toBeGreaterThan(2);
  for (const url of loaded) {
    const absolute = new URL(url, `${redcloud.url}/docs/`);
    expect(absolute.origin).toBe(redcloud.url);
    expect((await fetch(absolute)).status).toBe(200);
  }
});

test.each([
  '/openapi.json',
  '/docs/',
  '/docs/json',
  '/docs/yaml',
  '/docs/static/swagger-ui.css',
  '/sandbox/inbox',
  '/console/',
])('The document %s has a strong ETag, gets 304 if the client has it, and is served to HEAD.', async (path) => {
  const url = redcloud.url + path;
  const first = await fetch(url);
  const body = await first.arrayBuffer();
  const etag = String(first.headers.get('etag'));
  expect(etag).toMatch(/^"[\w-]+"$/);
  expect([first.headers.get('cache-control'), first.headers.get('x-content-type-options')]).toEqual([
    'no-cache',
    'nosniff',
  ]);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await fetch(url, { headers: { 'if-none-match': known, 'accept-encoding': 'gzip, deflate' } });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
  }
  expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  const head = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, first.headers.get('content-type')]);
  if (path !== '/console/') expect(head.headers.get('content-length')).toBe(String(body.byteLength));
});

test('/metrics is rendered at most once per second.', async () => {
  const text = async () => (await fetch(`${redcloud.url}/metrics`)).text();
  const all = await Promise.all(Array.from({ length: 20 }, text));
  expect(new Set(all).size).toBeLessThanOrEqual(2);
});

test('The page of the inbox and all of its resources come from this server.', async () => {
  const page = await fetch(`${redcloud.url}/sandbox/inbox`);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'; .*frame-ancestors 'none'$/);
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  const text = await page.text();
  const script = await (await fetch(`${redcloud.url}/sandbox/inbox/page.js`)).text();
  const modules = [...script.matchAll(/from '\.(\/[^']+)'/g)].map(([, file]) => `/sandbox/inbox${file}`);
  const loaded = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, url]) => url as string);
  for (const url of [...loaded, ...modules]) expect((await fetch(`${redcloud.url}${url}`)).status).toBe(200);
});

test('The inbox shows webhooks live, with both signatures verified.', async () => {
  const stream = await fetch(`${redcloud.url}/sandbox/inbox/live`);
  const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  await redcloud.send('inbox-live', { to: ['+15550000001'] });
  let seen = '';
  while (!seen.includes('"message.delivery"')) seen += (await reader.read()).value ?? '';
  await reader.cancel();
  const events = [...seen.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
  expect(events.map(({ body }) => body.type)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  for (const { verification } of events) {
    expect(verification).toEqual({ redcloud: 'valid', standardWebhooks: 'valid' });
  }
});

/** Sends a POST to the inbox. An empty `type` omits the Content-Type. */
const post = (raw: string | Uint8Array, type = 'application/json') =>
  fetch(`${redcloud.url}/sandbox/inbox`, { method: 'POST', body: new Blob([raw as string], { type }) });

async function received(): Promise<{ body: unknown }[]> {
  const answer = await redcloud.call('/sandbox/inbox/received', { token: null });
  expect(answer.status).toBe(200);
  return answer.json.received;
}

test.each([
  'text/plain',
  'text/plain;application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  '',
])('The inbox rejects %j with 415, because other sites can send it without a preflight.', async (type) => {
  expect((await post('{"type":"message.sent"}', type)).status).toBe(415);
});

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['nested 33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
  ['nested 500,000 levels', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
])('The inbox rejects a body that is %s.', async (_, raw) => {
  expect((await post(raw)).status).toBe(400);
});

test('The inbox accepts any other JSON value, and its list and stream stay valid.', async () => {
  const bodies = [
    null,
    1,
    'x',
    [],
    {},
    { error: null, text: {} },
    { type: 'a\n\ndata: {}', messageId: [1] },
    [[['x']]],
  ];
  for (const body of bodies) expect((await post(JSON.stringify(body, null, 2))).status).toBe(204);
  expect((await received()).slice(-bodies.length).map(({ body }) => body)).toEqual(bodies);
  const live = await fetch(`${redcloud.url}/sandbox/inbox/live`);
  const reader = (live.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes(': live')) seen += (await reader.read()).value;
  await reader.cancel();
  const streamed = [...seen.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string).body);
  expect(streamed.slice(-bodies.length)).toEqual(bodies);
});

test('The inbox stores at most 8 MiB of the latest webhooks.', async () => {
  const size = 1_000_000;
  for (let nth = 1; nth <= 10; nth += 1) {
    expect((await post(JSON.stringify({ nth, filler: 'x'.repeat(size) }))).status).toBe(204);
  }
  const kept = (await received()).map(({ body }) => (body as { nth: number }).nth);
  expect(kept).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  expect((await post('x'.repeat(1_048_577))).status).toBe(413);
});

test('The inbox reports a wrong signature.', async () => {
  await post('{"type":"forged"}');
  const { json } = await redcloud.call('/sandbox/inbox/received', { token: null });
  const forged = json.received.find(({ body }: { body: { type: string } }) => body.type === 'forged');
  expect(forged.verification.redcloud).toBe('wrong signature');
  expect(forged.verification.standardWebhooks).not.toBe('valid');
});

test('The health routes report liveness and readiness.', async () => {
  expect((await redcloud.call('/health/live', { token: null })).json).toEqual({ status: 'ok' });
  expect((await redcloud.call('/health/ready', { token: null })).json).toEqual({
    status: 'ok',
    store: 'ok',
    carriers: [{ name: 'simulator', state: 'up' }],
  });
});

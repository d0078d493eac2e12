import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

test('/openapi.json is OpenAPI 3.1 with every webhook in its webhooks section', async () => {
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

test('/docs and all that it loads come from this server: it works offline', async () => {
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
])('The document %s has a strong ETag, is 304 to a client that has it, and answers HEAD.', async (path) => {
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

test("the inbox's page and all that it loads come from this server", async () => {
  const page = await fetch(`${redcloud.url}/sandbox/inbox`);
  expect(page.headers.get('content-security-policy')).toBe("default-src 'self'; img-src data:");
  const text = await page.text();
  for (const [, url] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    expect((await fetch(`${redcloud.url}${url}`)).status).toBe(200);
  }
});

test('the inbox shows webhooks live, verified in both ways', async () => {
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

test('the inbox says when a signature is wrong', async () => {
  await fetch(`${redcloud.url}/sandbox/inbox`, { method: 'POST', body: '{"type":"forged"}' });
  const { json } = await redcloud.call('/sandbox/inbox/received', { token: null });
  const forged = json.received.find(({ body }: { body: { type: string } }) => body.type === 'forged');
  expect(forged.verification.redcloud).toBe('wrong signature');
  expect(forged.verification.standardWebhooks).not.toBe('valid');
});

test('health tells liveness and readiness', async () => {
  expect((await redcloud.call('/health/live', { token: null })).json).toEqual({ status: 'ok' });
  expect((await redcloud.call('/health/ready', { token: null })).json).toEqual({
    status: 'ok',
    store: 'ok',
    carriers: [{ name: 'simulator', state: 'up' }],
  });
});

import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});

afterAll(() => redcloud.stop());

/** Sends a request as a browser does. `fetch` would normalize the path and request an uncached response. */
function raw(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(redcloud.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (response) => resolve(response.resume()));
    sent.on('error', reject).end();
  });
}

test('The console loads only its own files, and no site can frame it.', async () => {
  for (const path of ['/console/', '/console/messages/msg_abc123', '/console/console.js']) {
    const { status, headers } = await fetch(`${redcloud.url}${path}`);
    expect(status, path).toBe(200);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('A browser revalidates each file, and receives it compressed and only once.', async () => {
  const first = await raw('/console/console.js', { 'accept-encoding': 'gzip' });
  expect(first.headers).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': 'no-cache' });
  const known = { 'accept-encoding': 'gzip', 'if-none-match': String(first.headers.etag) };
  expect((await raw('/console/console.js', known)).statusCode).toBe(304);
  // The uncompressed file is another representation.
  const plain = await raw('/console/console.js', { ...known, 'accept-encoding': 'gzip;q=0, br' });
  expect(plain.statusCode).toBe(200);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect([plain.headers.vary, first.headers.vary]).toEqual(['accept-encoding', 'accept-encoding']);
});

test('Each page of the console opens by its URL, and a missing file gets 404.', async () => {
  const page = await fetch(`${redcloud.url}/console`);
  expect(page.url).toBe(`${redcloud.url}/console/`);
  expect(await page.text()).toContain('<div id="root">');
  const missing = await redcloud.call('/console/nothing.js', { token: null });
  expect(missing.status).toBe(404);
  expect(missing.json).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

test('Only files of the console are served.', async () => {
  for (const path of [
    '/console/../../package.json',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/vite.config.ts',
  ])
    expect((await raw(path)).statusCode, path).toBe(404);
});

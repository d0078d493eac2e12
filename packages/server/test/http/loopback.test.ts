import dns from 'node:dns';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConfigError } from '#platform/config-error.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

interface Raw {
  status: number;
  head: string;
  body: string;
}

/**
 * Sends exactly these lines, because HTTP clients correct or add some. Resolves with the head and the body received
 * with it.
 */
async function raw(lines: readonly string[], { url } = redcloud): Promise<Raw> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    const complete = /\r\ncontent-length: (\d+)\r\n/i.exec(text);
    const [, body = ''] = text.split('\r\n\r\n');
    if (text.includes('text/event-stream') || (complete && Buffer.byteLength(body) >= Number(complete[1]))) break;
  }
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(head.slice(9, 12)), head, body: rest.join('\r\n\r\n') };
}

const get = (path: string, ...headers: string[]) => raw([`GET ${path} HTTP/1.1`, ...headers]);

function expectRefused({ status, head, body }: Raw): void {
  expect(status).toBe(403);
  const { error, requestId } = JSON.parse(body);
  expect(error).toMatchObject({ code: 'FORBIDDEN', message: expect.stringMatching(/./), details: { in: 'header' } });
  expect(head.toLowerCase()).toContain(`x-request-id: ${requestId.toLowerCase()}`);
}

const PATHS = [
  ...['/api/core/whoami', '/api/admin/clients', '/console/', '/console/session', '/docs', '/openapi.json', '/metrics'],
  ...[
    '/health/live',
    '/health/ready',
    '/sandbox/inbox',
    '/sandbox/inbox/received',
    '/sandbox/inbox/live',
    '/nowhere',
    '/%zz',
    '//evil.com/',
  ],
];

describe('Requests with the sandbox on', () => {
  test.each(PATHS)('A request with a foreign Host is rejected before any other check on %s.', async (path) => {
    expectRefused(await get(path, 'Host: evil.example', 'Authorization: Bearer rc_token_example'));
  });

  test.each([
    ...['Host: 127.0.0.1.evil.com', 'Host: localhost@evil.com', 'Host: localhost.', 'Host: 127.1', 'Host: 2130706433'],
    ...['Host: 0x7f000001', 'Host: 0177.0.0.1', 'Host: 192.168.0.7:3000', 'Host: [fe80::1]', 'Host: 127.999.1.1'],
    'Host: localhost, evil.com',
    'Host: localhost\r\nHost: evil.com',
    'Host: evil.com\r\nHost: localhost',
    'Host: localhost\r\nHost: localhost',
    'Host: evil.com\r\nX-Forwarded-Host: localhost',
    'Host: localhost\r\nX-Forwarded-Host: evil.com',
    'Host: localhost\r\nX-Forwarded-Host: localhost, evil.com',
    'Host: localhost\r\nX-Forwarded-Host: localhost\r\nX-Forwarded-Host: evil.com',
    'Host: localhost\r\nForwarded: for=192.0.2.1;host=evil.com;proto=https',
    'Host: localhost\r\nForwarded: host=localhost, for=1; HOST="evil.com"',
  ])('A request with the disguised host %j is rejected.', async (headers) => {
    expectRefused(await get('/health/live', headers));
  });

  test('A request with an absolute target is rejected if the target or the Host is foreign.', async () => {
    expectRefused(await raw(['GET http://evil.com/health/live HTTP/1.1', 'Host: localhost']));
    expectRefused(await raw(['GET http://localhost@evil.com/health/live HTTP/1.1', 'Host: localhost']));
    expectRefused(await raw(['GET http://localhost/health/live HTTP/1.1', 'Host: evil.com']));
    expect((await raw(['GET http://localhost/health/live HTTP/1.1', 'Host: localhost'])).status).toBe(200);
  });

  test('A request to upgrade to another protocol is rejected like any other.', async () => {
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    expectRefused(await get('/sandbox/inbox/live', 'Host: evil.com', ...upgrade));
    expectRefused(await get('/sandbox/inbox/live', 'Host: localhost', 'Origin: https://evil.com', ...upgrade));
  });

  test('A request without a Host is rejected, also in HTTP/1.0.', async () => {
    expect((await raw(['GET /health/live HTTP/1.1'])).status).toBe(400);
    expectRefused(await raw(['GET /health/live HTTP/1.0']));
  });

  test('A foreign request is rejected before its body arrives.', async () => {
    const head = ['POST /api/core/messages/send HTTP/1.1', 'Host: evil.com', 'Content-Length: 1000000'];
    expectRefused(await raw([...head, 'Content-Type: application/json', 'Authorization: Bearer rc_token_example']));
  });

  test.each([
    ...['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.8.9.1:80', '[::1]', '[::1]:3000', 'localhost:'],
    'localhost\r\nX-Forwarded-Host: localhost:5173',
    'localhost\r\nForwarded: for=192.0.2.1;host="127.0.0.1:80"',
  ])('A request with the local Host %j is served.', async (host) => {
    expect((await get('/health/live', `Host: ${host}`)).status).toBe(200);
  });

  test.each(['https://evil.com', 'http://localhost.evil.com', 'null', '', 'file://', 'chrome-extension://localhost'])(
    'A request with the foreign Origin %j is rejected.',
    async (origin) => {
      for (const path of ['/sandbox/inbox/live', '/sandbox/inbox/received', '/api/core/whoami']) {
        expectRefused(await get(path, 'Host: localhost', `Origin: ${origin}`));
      }
      expectRefused(await raw(['OPTIONS /api/core/whoami HTTP/1.1', 'Host: localhost', `Origin: ${origin}`]));
    },
  );

  test('A cross-site request without an Origin is rejected for an image, a frame or a form.', async () => {
    const from = (mode: string, destination: string, method = 'GET') =>
      raw([
        ...[`${method} /sandbox/inbox HTTP/1.1`, 'Host: localhost', 'Sec-Fetch-Site: cross-site'],
        ...[`Sec-Fetch-Mode: ${mode}`, `Sec-Fetch-Dest: ${destination}`],
      ]);
    expectRefused(await from('no-cors', 'image'));
    expectRefused(await from('navigate', 'iframe'));
    expectRefused(await from('navigate', 'object'));
    expectRefused(await from('navigate', 'document', 'POST'));
    expectRefused(await get('/sandbox/inbox', 'Host: localhost', 'Sec-Fetch-Site: cross-site'));
  });

  test('A navigation by a link from another site is served.', async () => {
    const link = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
    expect((await get('/sandbox/inbox', 'Host: localhost', ...link)).status).toBe(200);
  });

  test('A request from a page of this machine is served.', async () => {
    for (const origin of ['http://localhost:5173', 'https://127.0.0.1', 'http://[::1]:3000']) {
      const { status } = await get(
        '/sandbox/inbox/live',
        'Host: localhost',
        `Origin: ${origin}`,
        'Sec-Fetch-Site: same-site',
      );
      expect(status).toBe(200);
    }
  });
});

test('A localhost that resolves to an address of the network is rejected after the bind.', async () => {
  const real = dns.lookup;
  const lookup = (name: string, ...rest: [never, never]) => real(name === 'localhost' ? '0.0.0.0' : name, ...rest);
  const resolver = vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  const refused = startRedCloud({ env: { HOST: 'localhost' } });
  await expect(refused).rejects.toThrow(/^RC_SANDBOX: .* HOST localhost, which is 0\.0\.0\.0 here,/);
  await expect(refused).rejects.toBeInstanceOf(ConfigError);
  resolver.mockRestore();
});

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
afterEach(() => redcloud.stop());

const session = (headers: Record<string, string> = {}) =>
  redcloud.call('/console/session', { token: null, headers: { 'x-redcloud-console': '1', ...headers } });
const signIn = (headers: Record<string, string> = {}) =>
  redcloud.call('/console/session', { method: 'POST', token: null, headers, body: { openOperator: true } });

describe('A sandbox without RC_ADMIN_TOKEN', () => {
  test('Everyone on this machine signs in as an operator, and the operator routes exist for the console only.', async () => {
    redcloud = await startRedCloud({ env: { RC_ADMIN_TOKEN: '' } });
    expect((await session()).json).toEqual({ role: 'nobody', sandbox: true, openOperator: true });
    const { status, headers } = await signIn();
    expect(status).toBe(204);
    const cookie = headers.get('set-cookie')?.split(';')[0] as string;
    expect((await session({ cookie })).json.role).toBe('operator');
    // The API document does not contain these routes.
    const admin = (given: Record<string, string>) => fetch(`${redcloud.url}/api/admin/clients`, { headers: given });
    expect((await admin({ cookie, 'x-redcloud-console': '1' })).status).toBe(200);
    // A form of another page cannot set the header.
    expect((await admin({ cookie })).status).toBe(404);
    expect((await redcloud.admin('GET', '/clients')).status).toBe(404);
    expect((await redcloud.call('/api/admin/clients', { token: '' })).status).toBe(404);
  });

  test.each([['127.0.0.1'], ['']])(
    'A client of a proxy may be on another machine (trusted: %j).',
    { tags: 'slow' },
    async (trusted) => {
      redcloud = await startRedCloud({ env: { RC_ADMIN_TOKEN: '', RC_TRUSTED_PROXIES: trusted } });
      for (const [name, value] of [
        ['x-forwarded-for', '127.0.0.1'],
        ['x-forwarded-for', '203.0.113.7'],
        ['x-forwarded-proto', 'https'],
        ['x-real-ip', '203.0.113.7'],
        ['x-client-ip', '203.0.113.7'],
        ['true-client-ip', '203.0.113.7'],
        ['cf-connecting-ip', '203.0.113.7'],
        ['x-envoy-external-address', '203.0.113.7'],
        ['via', '1.1 proxy'],
      ] as const) {
        expect((await session({ [name]: value })).json).toEqual({ role: 'nobody', sandbox: true });
        expect((await signIn({ [name]: value })).status).toBe(401);
      }
    },
  );

  test('A proxy with HTTP/1.0 and without headers of its own is refused.', { tags: 'slow' }, async () => {
    redcloud = await startRedCloud({ env: { RC_ADMIN_TOKEN: '' } });
    const { hostname, port, host } = new URL(redcloud.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const body = '{"openOperator":true}';
    socket.end(
      `POST /console/session HTTP/1.0\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect((await text(socket)).split(' ')[1]).toBe('401');
  });

  test('A page of another host name is rejected.', async () => {
    redcloud = await startRedCloud({ env: { RC_ADMIN_TOKEN: '' } });
    const { port } = new URL(redcloud.url);
    const { request } = await import('undici');
    const answer = await request(`${redcloud.url}/console/session`, {
      method: 'POST',
      headers: { host: `rebound.example.com:${port}`, 'content-type': 'application/json' },
      body: '{"openOperator":true}',
    });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

test('With RC_ADMIN_TOKEN, an operator needs the token.', async () => {
  redcloud = await startRedCloud();
  expect((await session()).json).toEqual({ role: 'nobody', sandbox: true });
  expect((await signIn()).status).toBe(401);
  expect((await redcloud.admin('GET', '/clients')).status).toBe(200);
  expect(OPERATOR.length).toBeGreaterThan(0);
});

test('With carriers, a sandbox has no operator without a token.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud({ env: { RC_ADMIN_TOKEN: '' } });
  const file = join(redcloud.store.dataDir, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [{ name: 'simulator', type: 'simulator' }], default: 'simulator' }));
  redcloud = await redcloud.restart({ RC_CARRIERS: file, RC_ADMIN_TOKEN: '' });
  expect((await session()).json).toEqual({ role: 'nobody', sandbox: true });
  expect((await signIn()).status).toBe(401);
  expect((await redcloud.admin('GET', '/clients')).status).toBe(404);
});

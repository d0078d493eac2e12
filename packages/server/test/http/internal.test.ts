import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
let internal: string;

beforeAll(async () => {
  redcloud = await startRedCloud({ env: { RC_INTERNAL_PORT: '0' } });
  internal = redcloud.running.internalUrl as string;
});
afterAll(() => redcloud.stop());

const authorized = (token: string) => ({ headers: { authorization: `Bearer ${token}` }, redirect: 'manual' }) as const;

/** Status of a request line as written, which `fetch` would normalise. */
async function statusOf(url: string, line: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.end(`${line} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
  return Number((await text(socket)).split(' ')[1]);
}

describe('With RC_INTERNAL_PORT', () => {
  test.each([
    ['/metrics', 200],
    ['/health/ready', 200],
    ['/console/', 200],
    ['/console', 302],
    ['/docs/', 200],
    ['/docs/json', 200],
    ['/docs/static/swagger-ui.css', 200],
    ['/api/admin/accounts', 200],
    ['/api/admin/carriers', 200],
    ['/api/admin/overview', 200],
    ['/', 200],
  ])('The internal address serves %s, and the public one answers like an unknown path.', async (path, status) => {
    expect((await fetch(internal + path, authorized(OPERATOR))).status).toBe(status);
    const hidden = await fetch(redcloud.url + path, authorized(OPERATOR));
    const unknown = await fetch(`${redcloud.url}/unknown`);
    expect(hidden.status).toBe(404);
    const { error } = (await hidden.json()) as { error: object };
    expect(error).toEqual(((await unknown.json()) as { error: object }).error);
    expect(hidden.headers.get('allow')).toBeNull();
  });

  test.each([
    'GET /%6detrics',
    'GET /metrics?x=1',
    'GET /metrics/',
    'GET http://example.com/metrics',
    'HEAD /metrics',
    'POST /metrics',
    'OPTIONS /console/',
    'DELETE /console/session',
    'GET /console/session',
    'GET /console/../metrics',
    'GET /api/%61dmin/carriers',
    'GET /api/admin/unknown',
    'GET //metrics',
    'GET /docs',
    'GET /health',
  ])('The public address answers 404 to `%s`.', async (line) => {
    expect(await statusOf(redcloud.url, line)).toBe(404);
  });

  test('An operator cannot sign in to the console at the public address.', async () => {
    const signIn = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operatorToken: OPERATOR }),
    };
    expect((await fetch(`${redcloud.url}/console/session`, signIn)).status).toBe(404);
    expect((await fetch(`${internal}/console/session`, signIn)).status).toBe(204);
  });

  test('The public address accepts neither the token nor the session of an operator, also for the API of clients.', async () => {
    const answer = await fetch(`${internal}/console/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operatorToken: OPERATOR }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] as string;
    const client = { 'x-redcloud-client': 'rc_test_client_123' };
    for (const proof of [{ authorization: `Bearer ${OPERATOR}` }, { cookie, 'x-redcloud-console': '1' }]) {
      const statusAt = async (url: string) =>
        (
          await fetch(`${url}/api/core/whoami`, {
            headers: new Headers({ ...client, ...proof } as Record<string, string>),
          })
        ).status;
      expect([await statusAt(internal), await statusAt(redcloud.url)]).toEqual([200, 401]);
    }
  });

  test('Both addresses serve the API of clients and the liveness.', async () => {
    for (const url of [redcloud.url, internal]) {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
      expect((await fetch(`${url}/api/core/whoami`, authorized(TOKEN))).status).toBe(200);
    }
  });

  test('A connection to the public address stays public after a request to the internal one.', async () => {
    await fetch(`${internal}/metrics`);
    expect((await fetch(`${redcloud.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${internal}/metrics`)).status).toBe(200);
  });
});

test('A start with an internal port in use fails.', async () => {
  const { port } = new URL(internal);
  await expect(startRedCloud({ env: { RC_INTERNAL_PORT: port } })).rejects.toThrow('EADDRINUSE');
});

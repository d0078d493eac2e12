// @module-tag slow

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import { type Asked, CADDY, InstalledProxy, type Kind, NGINX, type Response } from '../support/proxies.ts';
import { TOKEN } from '../support/redcloud.ts';
import { type TestStore, testStore } from '../support/store.ts';

const MIB = 1_048_576;
const ENV = { RC_TRUSTED_PROXIES: '127.0.0.1', RC_INTERNAL_PORT: '0' };
const PHOTO = readFileSync(new URL('../../assets/catalog.jpg', import.meta.url));
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
/** A photo of this size. Data after the end of a JPEG are ignored. */
const photo = (bytes: number) => Buffer.concat([PHOTO, Buffer.alloc(bytes - PHOTO.length)]);
const portOf = (url: string) => Number(new URL(url).port);

/** A second process behind the proxy, which can be killed. */
interface Second {
  port: number;
  kill(): Promise<void>;
}

/** On PostgreSQL a second Red Cloud. The embedded store serves one process, so a relay to this process stands for the second. */
async function startSecond(store: TestStore, first: RedCloudProcess): Promise<Second> {
  if (store.databaseUrl) {
    const { url, kill } = await startProcess(store, ENV);
    return { port: portOf(url), kill };
  }
  return startRelay(portOf(first.url));
}

/** Passes the bytes of each connection to a port of this machine. */
async function startRelay(target: number): Promise<Second> {
  const sockets = new Set<Socket>();
  const relay = createTcpServer((socket) => {
    const forwarded = connect(target, '127.0.0.1');
    for (const one of [socket, forwarded]) sockets.add(one);
    socket.on('error', () => forwarded.destroy()).pipe(forwarded);
    forwarded.on('error', () => socket.destroy()).pipe(socket);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const { port } = relay.address() as AddressInfo;
  return {
    port,
    async kill() {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function upload(bytes: number): Asked {
  return { method: 'POST', headers: { ...AUTHORIZED, 'content-type': 'image/jpeg' }, body: photo(bytes) };
}

function send(key: string, externalReference = key): Asked {
  const body = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello', externalReference };
  return {
    method: 'POST',
    headers: { ...AUTHORIZED, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  };
}

const SEND = '/api/core/messages/send';

function tokenRequest(secret: string, from: string, forwardedFor: string): Asked {
  const credentials = { grant_type: 'client_credentials', client_id: 'rc_test_client_123', client_secret: secret };
  return {
    method: 'POST',
    from,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': forwardedFor },
    body: new URLSearchParams(credentials).toString(),
  };
}

/** Servers behind a proxy that count requests, and never respond with success. */
async function withServers<T>(kind: Kind, listener: RequestListener, work: (proxy: InstalledProxy) => Promise<T>) {
  const servers: Server[] = [createServer(listener), createServer(listener)];
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  const proxy = await InstalledProxy.start(kind, ports as [number, number]);
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
    for (const server of servers) server.close();
  }
}

const isProbe = (url: string | undefined) => url === '/health/live';

const titleOf = ({ name, isInstalled }: Kind) => (isInstalled ? name : `${name} (skipped: ${name} is not installed)`);

for (const kind of [NGINX, CADDY]) {
  const { name, isInstalled } = kind;
  describe.skipIf(!isInstalled)(`Behind ${titleOf(kind)}`, () => {
    let store: TestStore;
    let redcloud: RedCloudProcess;
    let internal: string;
    let second: Second;
    let proxy: InstalledProxy;

    beforeAll(async () => {
      store = await testStore();
      redcloud = await startProcess(store, ENV);
      internal = /"internalUrl":"([^"]+)"/.exec(redcloud.output())?.[1] ?? '';
      second = await startSecond(store, redcloud);
      proxy = await InstalledProxy.start(kind, [portOf(redcloud.url), second.port]);
    });
    afterAll(async () => {
      await proxy.stop();
      await second.kill();
      await redcloud.kill();
      await store.drop();
    });

    test('The API is available over TLS, and a request without TLS is redirected with its method.', async () => {
      const { status, headers } = await proxy.ask('/api/core/whoami', { headers: AUTHORIZED });
      expect(status).toBe(200);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      const plain = await proxy.askPlain('/api/core/whoami?x=1');
      expect(plain.status).toBe(308);
      expect(plain.headers.location).toMatch(/^https:\/\/localhost(:\d+)?\/api\/core\/whoami\?x=1$/);
    });

    test('Red Cloud counts wrong credentials for the address of the client, which no header can change.', async () => {
      const statuses: number[] = [];
      let limited: Response | undefined;
      for (let i = 0; i < 40; i += 1) {
        const response = await proxy.ask('/api/auth/token', tokenRequest(`wrong-${i}`, '127.0.0.2', `203.0.113.${i}`));
        statuses.push(response.status);
        if (response.status === 429) limited = response;
      }
      expect(statuses).toContain(401);
      expect(limited?.headers['retry-after']).toMatch(/^\d+$/);
      await expect.poll(() => redcloud.output()).toMatch(/"event":"sign_in_refused".*"source":"127\.0\.0\.2"/);
      expect(redcloud.output()).not.toContain('203.0.113.');
      const other = tokenRequest('rc_secret_abc123', '127.0.0.3', '203.0.113.1');
      expect((await proxy.ask('/api/auth/token', other)).status).toBe(200);
    });

    test.each([
      '/',
      '/metrics',
      '/health',
      '/health/ready',
      '/console/',
      '/console/session',
      '/docs',
      '/docs/json',
      '/api/admin/accounts',
      '/%6detrics',
      '/api/%61dmin/carriers',
      '/console/../metrics',
    ])('The path %s is not public.', async (path) => {
      const response = await proxy.ask(path, { headers: { authorization: 'Bearer test-operator-token' } });
      expect(response.status).toBe(404);
      expect(response.json()).toMatchObject({ error: { code: 'NOT_FOUND' }, requestId: expect.any(String) });
    });

    test('The liveness is public. The internal port has the other paths.', async () => {
      expect((await proxy.ask('/health/live')).status).toBe(200);
      for (const path of ['/metrics', '/health/ready', '/console/', '/docs/']) {
        expect([path, (await fetch(internal + path)).status]).toEqual([path, 200]);
      }
    });

    test('A file of 12 MB is uploaded, and parts of it are downloaded.', async () => {
      const bytes = photo(12_000_000);
      const uploaded = await proxy.ask('/api/core/media', upload(bytes.length));
      expect(uploaded.status).toBe(201);
      const path = `/api/core/media/${uploaded.json().storageKey}`;
      const range = { ...AUTHORIZED, range: 'bytes=100000-8099999' };
      const part = await proxy.ask(path, { headers: range });
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe('bytes 100000-8099999/12000000');
      expect(part.body.equals(bytes.subarray(100_000, 8_100_000))).toBe(true);
      const whole = await proxy.ask(path, { headers: AUTHORIZED });
      expect(whole.body.equals(bytes)).toBe(true);
      const unchanged = await proxy.ask(path, {
        headers: { ...AUTHORIZED, 'if-none-match': whole.headers.etag ?? '' },
      });
      expect(unchanged.status).toBe(304);
    });

    test('The largest permitted file is uploaded. A larger one gets 413, with and without a length.', async () => {
      expect((await proxy.ask('/api/core/media', upload(25 * MIB))).status).toBe(201);
      const chunked = upload(30 * MIB);
      const unknownLength = { ...chunked, headers: { ...chunked.headers, 'transfer-encoding': 'chunked' } };
      for (const asked of [upload(25.5 * MIB), upload(30 * MIB), unknownLength]) {
        const response = await proxy.ask('/api/core/media', asked);
        expect(response.status).toBe(413);
        expect(response.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' }, requestId: expect.any(String) });
      }
    });

    test('A repeated send gets the stored response.', async () => {
      const first = await proxy.ask(SEND, send(`${name}-repeat`));
      expect(first.status).toBe(202);
      const repeated = await proxy.ask(SEND, send(`${name}-repeat`));
      expect(repeated.headers['idempotent-replayed']).toBe('true');
      expect(repeated.body.equals(first.body)).toBe(true);
    });

    test('The proxy never repeats a send that may have arrived, and reports the failure. A read is repeated.', async () => {
      const seen: (string | undefined)[] = [];
      const listener: RequestListener = ({ url, method, socket }, response) => {
        if (isProbe(url)) return response.end();
        seen.push(method);
        return socket.destroy();
      };
      await withServers(kind, listener, async (before) => {
        const failed = await before.ask(SEND, send('one'));
        expect(failed.status).toBe(502);
        expect(failed.json()).toMatchObject({ error: { code: 'UPSTREAM_ERROR' } });
        expect(seen).toEqual(['POST']);
      });
      seen.length = 0;
      await withServers(kind, listener, async (before) => {
        expect((await before.ask('/api/core/whoami')).status).toBe(502);
        expect(seen.length).toBeGreaterThanOrEqual(2);
      });
    });

    // The last test, because a process is missing afterwards.
    test('The end of one of two processes loses no send. Repeated sends create one message each.', async () => {
      const keys = Array.from({ length: 300 }, (_, i) => `${name}-kill-${i}`);
      let accepted = 0;
      const accept = async (key: string) => {
        for (;;) {
          const response = await proxy.ask(SEND, send(key)).catch(() => undefined);
          if (response?.status === 202) break;
          expect([undefined, 502]).toContain(response?.status);
        }
        accepted += 1;
        if (accepted === 100) await second.kill();
      };
      const pending = [...keys];
      const sender = async () => {
        for (let key = pending.shift(); key; key = pending.shift()) await accept(key);
      };
      await Promise.all(Array.from({ length: 20 }, sender));
      const counts: number[] = [];
      for (const key of keys) {
        const path = `/api/core/messages?externalReference=${key}`;
        const response = await fetch(redcloud.url + path, { headers: AUTHORIZED });
        counts.push(((await response.json()) as { messages: unknown[] }).messages.length);
      }
      expect(counts.filter((count) => count !== 1)).toEqual([]);
    });
  });
}

describe.skipIf(!NGINX.isInstalled)(`The limits of ${titleOf(NGINX)}`, () => {
  test('Requests above the rate of one address get 429, and other addresses get none.', async () => {
    const listener: RequestListener = (_, response) => response.end();
    await withServers(NGINX, listener, async (proxy) => {
      const responses: Response[] = [];
      const client = async () => {
        while (responses.length < 1_000) responses.push(await proxy.ask('/api/core/whoami', { from: '127.0.0.4' }));
      };
      await Promise.all(Array.from({ length: 50 }, client));
      const { 200: served = [], 429: limited = [] } = Object.groupBy(responses, ({ status }) => status);
      expect(served.length).toBeGreaterThanOrEqual(400);
      expect(limited[0]?.headers['retry-after']).toBe('1');
      expect(limited[0]?.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
      expect((await proxy.ask('/api/core/whoami', { from: '127.0.0.5' })).status).toBe(200);
      // Callbacks of carriers come from few addresses.
      expect((await proxy.ask('/carriers/twilio/callback', { from: '127.0.0.4' })).status).toBe(200);
    });
  });

  test('One address has at most 200 requests at the same time.', async () => {
    const held: (() => void)[] = [];
    const listener: RequestListener = (_, response) => held.push(() => response.end());
    await withServers(NGINX, listener, async (proxy) => {
      const asked = Array.from({ length: 201 }, () => proxy.ask('/api/core/whoami'));
      const limited = await Promise.race(asked);
      expect([limited.status, limited.json().error.code]).toEqual([429, 'RATE_LIMITED']);
      await expect.poll(() => held.length).toBe(200);
      for (const release of held) release();
      expect((await Promise.all(asked)).filter(({ status }) => status === 200)).toHaveLength(200);
    });
  });
});

import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { App } from '../app.ts';
import { createHttpMetrics, type HttpMetrics } from '../metrics.ts';
import { createRequestLimits } from './limits.ts';

const RUNNING = 16;
const WAITING = 512;

let app: App;
let metrics: HttpMetrics;
/** Functions that end the running requests, the oldest first. */
let running: (() => void)[];

beforeEach(async () => {
  running = [];
  metrics = createHttpMetrics(new Registry());
  app = fastify() as unknown as App;
  app.decorateRequest('limited');
  app.decorateRequest('logged');
  app.decorateRequest('apiClient');
  app.addHook('onRequest', (request, _reply, done) => {
    Object.assign(request, { logged: {}, apiClient: { id: 'client_a' } });
    done();
  });
  const limits = createRequestLimits(metrics);
  const handler = () => new Promise((resolve) => running.push(() => resolve('done')));
  app.register(async (scope) => {
    limits.unauthenticated(scope as App, 'a');
    scope.get('/a', handler);
  });
  app.register(async (scope) => {
    limits.unauthenticated(scope as App, 'b', (reply) => reply.code(429).send({ error: 'later' }));
    scope.get('/b', handler);
  });
  app.register(async (scope) => {
    limits.perClient(scope as App);
    scope.get('/client', handler);
  });
  app.register(async (scope) => {
    limits.sendOctets(scope as App);
    scope.post('/send', handler);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

const get = (path: string) => fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}${path}`);

async function limited(limit: string): Promise<number | undefined> {
  return (await metrics.httpLimited.get()).values.find(({ labels }) => labels.limit === limit)?.value;
}

test('For one kind of unauthenticated requests, 16 run, 512 wait and the next get 429, without effect on other kinds.', async () => {
  const statuses: number[] = [];
  const asked = Array.from({ length: RUNNING + WAITING + 3 }, async () => {
    statuses.push((await get('/a')).status);
  });
  await expect.poll(() => statuses).toEqual([429, 429, 429]);
  expect(running).toHaveLength(RUNNING);
  expect(await limited('unauthenticated_requests')).toBe(3);
  const other = get('/b');
  await expect.poll(() => running.length).toBe(RUNNING + 1);
  while (statuses.length < asked.length) {
    running.shift()?.();
    await new Promise(setImmediate);
  }
  expect((await other).status).toBe(200);
  await Promise.all(asked);
  expect(statuses.filter((status) => status === 200)).toHaveLength(RUNNING + WAITING);
});

test('A scope rejects requests in its own format.', async () => {
  const refusals: unknown[] = [];
  const asked = Array.from({ length: RUNNING + WAITING + 1 }, async () => {
    const response = await get('/b');
    if (response.status === 429) refusals.push(await response.json());
  });
  await expect.poll(() => refusals).toEqual([{ error: 'later' }]);
  app.server.closeAllConnections();
  await Promise.allSettled(asked);
});

test('A request whose client has disconnected keeps its slot until its work ends.', async () => {
  const { port } = app.server.address() as AddressInfo;
  for (let n = 0; n < 8; n += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /client HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => running.length).toBe(n + 1);
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  }
  const next = get('/client');
  await get('/nothing');
  expect(running).toHaveLength(8);
  running[0]?.();
  await expect.poll(() => running.length).toBe(9);
  running[8]?.();
  expect((await next).status).toBe(200);
});

test('Send bodies under way are limited per client, and stop counting when the connection closes.', async () => {
  const { port } = app.server.address() as AddressInfo;
  /**
   * Starts a send without its body. The server responds with 100 only, or with a rejection in the same iteration of the
   * event loop.
   */
  const send = async (octets: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    socket.write(
      'POST /send HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n' +
        `Content-Length: ${octets}\r\n\r\n`,
    );
    await once(socket, 'data');
    await get('/nothing');
    return { socket, isRefused: answer.includes(' 429 ') };
  };
  const sends = await Promise.all(Array.from({ length: 128 }, () => send(1_048_576)));
  expect(sends.filter(({ isRefused }) => isRefused)).toEqual([]);
  expect((await send(1)).isRefused).toBe(true);
  expect(await limited('send_octets')).toBe(1);
  sends[0]?.socket.destroy();
  await expect.poll(async () => (await send(1)).isRefused).toBe(false);
});

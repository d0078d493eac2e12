import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newCustomer } from '../support/customer.ts';
import { OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const RUNNING = 8;
const WAITING = 64;

let redcloud: TestRedCloud;
let otherToken: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  redcloud = await startRedCloud();
  otherToken = (await newCustomer(redcloud)).token;
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.length = 0;
});
afterAll(() => redcloud.stop());

/**
 * A request that runs until its body is complete or its connection closes. Resolves when the server has accepted it.
 */
async function runningRequest(): Promise<Socket> {
  const { hostname, port } = new URL(redcloud.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(
    `POST /api/core/numbers/search HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nExpect: 100-continue\r\n` +
      'Content-Type: application/json\r\nContent-Length: 14\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

/**
 * Starts requests and waits until they run. The server accepts a body before it checks the token. Responses to later
 * requests show that the earlier checks are done.
 */
async function runningRequests(): Promise<Socket[]> {
  const running = await Promise.all(Array.from({ length: RUNNING }, runningRequest));
  for (let n = 0; n < 3; n += 1) await whoami(undefined, otherToken);
  return running;
}

const whoami = (signal?: AbortSignal, token = TOKEN) =>
  fetch(`${redcloud.url}/api/core/whoami`, {
    headers: { authorization: `Bearer ${token}` },
    ...(signal ? { signal } : {}),
  });

async function limited(limit: string): Promise<number> {
  const text = await (await fetch(`${redcloud.url}/metrics`)).text();
  return Number(new RegExp(`redcloud_http_limited_total{limit="${limit}"} (\\d+)`).exec(text)?.[1]);
}

test('With 8 running and 64 waiting requests of a client, its next request gets 429.', async () => {
  const running = await runningRequests();
  const abort = new AbortController();
  const statuses: number[] = [];
  const asked = Array.from({ length: WAITING + 10 }, async () => {
    const { status } = await whoami(abort.signal);
    statuses.push(status);
  });
  await expect.poll(() => statuses).toEqual(Array(10).fill(429));

  const refused = await redcloud.call('/api/core/messages');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.json.error).toMatchObject({ code: 'RATE_LIMITED', details: { scope: 'concurrency' } });

  expect((await whoami(undefined, otherToken)).status).toBe(200);
  expect((await redcloud.call('/api/admin/accounts', { token: OPERATOR })).status).toBe(200);
  const asOperator = { token: OPERATOR, headers: { 'x-redcloud-client': 'rc_test_client_123' } };
  expect((await redcloud.call('/api/core/whoami', asOperator)).status).toBe(200);
  expect((await redcloud.call('/health/ready', { token: null })).status).toBe(200);
  const sends = await Promise.all(Array.from({ length: 100 }, (_, n) => redcloud.send(`concurrent-${n}`)));
  expect(sends.filter(({ status }) => status !== 202)).toEqual([]);

  abort.abort();
  await Promise.allSettled(asked);
  // The response to a later request shows that the server has detected the closed connections.
  for (let n = 0; n < 2; n += 1) await redcloud.call('/health/live', { token: null });
  const again = Array.from({ length: WAITING }, () => whoami());
  for (const socket of running) socket.write('{"state":"OR"}');
  expect((await Promise.all(again)).map(({ status }) => status)).toEqual(Array(WAITING).fill(200));
  await expect.poll(() => limited('client_requests')).toBe(11);
});

test('A running request frees its slot when its connection closes.', async () => {
  const running = await runningRequests();
  const waiting = whoami();
  for (const socket of running) socket.destroy();
  expect((await waiting).status).toBe(200);
});

test('A connection that closes during its token check occupies no slot.', async () => {
  for (let n = 0; n < 4; n += 1) {
    const sockets = await Promise.all(Array.from({ length: RUNNING }, runningRequest));
    for (const socket of sockets) socket.destroy();
  }
  expect((await whoami()).status).toBe(200);
});

test('A stop ends running and waiting requests after RC_STOP_SECONDS.', async () => {
  const stopping = await startRedCloud({ env: { RC_STOP_SECONDS: '1' } });
  const { hostname, port } = new URL(stopping.url);
  const open = () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    return socket;
  };
  const head = `HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`;
  const running = Array.from({ length: RUNNING }, () => {
    const socket = open();
    socket.write(`POST /api/core/numbers/search ${head}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{`);
    return socket;
  });
  const pipelined = open();
  pipelined.write(`GET /api/core/whoami ${head}\r\n`.repeat(40));
  const closed = Promise.all([...running, pipelined].map((socket) => once(socket, 'close')));
  await expect
    .poll(async () => (await fetch(`${stopping.url}/metrics`)).text())
    .toContain('redcloud_http_limited_total{limit="unanswered_requests"} 1');
  await stopping.running.stop();
  await closed;
  await stopping.store.drop();
});

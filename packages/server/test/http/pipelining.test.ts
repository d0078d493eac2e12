// @module-tag slow
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';
import { type TestStore, testStore } from '../support/store.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.length = 0;
});

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

describe('A client that pipelines 2,000 requests and reads no response', () => {
  let store: TestStore;
  let running: RedCloudProcess;

  beforeAll(async () => {
    store = await testStore();
    running = await startProcess(store);
  });
  afterAll(async () => {
    await running.terminate();
    await store.drop();
  });

  const memory = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  const descriptors = () => readdirSync(`/proc/${running.child.pid}/fd`).length;

  /** Number of times that the server has paused a connection. */
  async function paused(): Promise<number> {
    const response = await fetch(`${running.url}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return Number(/redcloud_http_limited_total{limit="unanswered_requests"} (\d+)/.exec(await response.text())?.[1]);
  }

  const REQUESTS = [
    'GET /openapi.json',
    'HEAD /openapi.json',
    'GET /metrics',
    'GET /docs/static/swagger-ui-bundle.js',
    'GET /console/console.js',
    'GET /sandbox/inbox/page.js',
    'GET /health/ready',
    'GET /api/core/messages',
  ];

  test('Unread responses cost little memory and no files, and others are served immediately.', async (context) => {
    if (process.platform !== 'linux')
      return context.skip('Memory and open files are read from /proc, which only Linux has.');
    // Resources that the server prepares once are not growth.
    for (const request of REQUESTS) await (await fetch(running.url + request.split(' ')[1])).text();
    const before = { memory: memory(), descriptors: descriptors() };
    for (const request of REQUESTS)
      open(running.url).write(`${request} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(2_000));
    await expect.poll(paused).toBeGreaterThanOrEqual(REQUESTS.length);
    const startedAt = performance.now();
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(memory() - before.memory).toBeLessThan(150);
    expect(descriptors() - before.descriptors).toBeLessThan(30);
  });
});

describe('A client that pipelines 2,000 requests and reads', () => {
  let redcloud: TestRedCloud;

  beforeAll(async () => {
    redcloud = await startRedCloud();
  });
  afterAll(() => redcloud.stop());

  const SEND = JSON.stringify({ sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'x' });
  const KINDS = [
    'GET /health/live',
    'GET /api/core/whoami',
    'GET /nothing',
    'HEAD /openapi.json',
    'GET /sandbox/inbox/page.css',
    'GET /metrics',
    'POST /api/core/messages/send',
  ];

  function request(n: number): string {
    const kind = KINDS[n % KINDS.length] as string;
    const head = `${kind} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nX-Request-Id: ${n}\r\n`;
    if (!kind.startsWith('POST')) return `${head}\r\n`;
    const headers = `Content-Type: application/json\r\nContent-Length: ${SEND.length}\r\nIdempotency-Key: pipelined-${n % 70}\r\n`;
    return `${head}${headers}\r\n${SEND}`;
  }

  test('A client that pipelines requests gets all responses in the order of the requests.', async () => {
    const count = 2_000;
    const socket = open(redcloud.url);
    const chunks: string[] = [];
    socket.setEncoding('latin1').on('data', (chunk: string) => chunks.push(chunk));
    socket.write(Array.from({ length: count }, (_, n) => request(n)).join(''));
    await expect.poll(() => chunks.slice(-2).join('')).toContain(`x-request-id: ${count - 1}\r`);
    const text = chunks.join('');
    const ids = [...text.matchAll(/^x-request-id: (\d+)\r$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: count }, (_, n) => n));
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
    expect(statuses).toHaveLength(count);
    expect(new Set(statuses)).toEqual(new Set([200, 202, 404]));
  });
});

// @module-tag slow
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { startProcess } from '../../server/test/support/process.ts';
import { testStore } from '../../server/test/support/store.ts';
import { Machine } from './command.ts';

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

test('Each message is queued exactly once when the server is killed during a campaign and restarted.', {
  timeout: 90_000,
}, async () => {
  const store = await testStore();
  const first = await startProcess(store);
  const people = Array.from({ length: 300 }, (_, i) => `+1555600${String(i).padStart(4, '0')}`);
  writeFileSync(machine.pathOf('people.csv'), `to\n${people.join('\n')}\n`);
  const rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: first.url });
  const queued = () => Array.fromAsync(rc.messages.list({ externalReference: 'outage', limit: 200 }));

  const send = [
    '--sandbox',
    '--url',
    first.url,
    'send',
    '--from',
    'num_abc123',
    '--file',
    'people.csv',
    '--text',
    'Hi',
  ];
  const running = machine.start([...send, '--reference', 'outage']);
  const some = async () => (await rc.messages.list({ externalReference: 'outage', limit: 50 }).page()).items.length;
  await expect.poll(some, { interval: 10 }).toBe(50);
  await first.kill();
  expect(readFileSync(machine.pathOf('people.csv.results.ndjson'), 'utf8').split('\n').length).toBeLessThan(300);
  const second = await startProcess(store, { PORT: new URL(first.url).port });
  const { code, json } = await running.ended;
  expect(code).toBe(0);
  expect(json()).toMatchObject({ rows: 300, accepted: 300, rejected: 0 });
  const messages = await queued();
  expect(messages).toHaveLength(300);
  expect(new Set(messages.map(({ to }) => to)).size).toBe(300);
  await second.terminate();
  await store.drop();
});

/** Starts a server on its own port. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reply = (response: ServerResponse, status: number, body: object) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

test('A row whose first response was lost counts as sent by this run, not by an earlier run.', async () => {
  const keys = new Set<string>();
  const url = await listening(async (request, response) => {
    const body = await text(request);
    if (request.url?.startsWith('/api/auth')) return reply(response, 200, { access_token: 'x' });
    if (request.method === 'GET') return reply(response, 200, { apiClientId: 'client_1' });
    if (request.url?.includes('/bulk-sends')) return reply(response, 404, {});
    const key = String(request.headers['idempotency-key']);
    // The first response to each request is lost.
    if (!keys.has(key)) {
      keys.add(key);
      return response.destroy();
    }
    const results = JSON.parse(body).to.map((to: string) => ({ to, messageId: 'msg_1', status: 'QUEUED' }));
    response.setHeader('idempotent-replayed', 'true');
    return reply(response, 202, { results, errors: [] });
  });
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15550001001\n+15550001002\n');
  const send = ['--sandbox', '--url', url, 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi'];
  expect((await machine.run(send)).json()).toMatchObject({ accepted: 2, acceptedBefore: 0 });
  expect((await machine.run(send)).json()).toMatchObject({ accepted: 2, acceptedBefore: 2 });
});

test.each([
  ['events tail', ['events', 'tail']],
  ['webhooks listen', ['webhooks', 'listen', '--forward-to', 'http://127.0.0.1:9/hooks']],
])('`%s` reports an outage and the recovery, even without events.', async (_name, command) => {
  let isDown = false;
  const url = await listening((request, response) => {
    if (isDown) return reply(response, 503, {});
    if (request.url?.startsWith('/api/auth')) return reply(response, 200, { access_token: 'x' });
    return reply(response, 200, { events: [], nextCursor: 'here', apiClientId: 'client_1' });
  });
  const running = machine.start(['--sandbox', '--url', url, ...command]);
  await running.until(({ stderr }) => /Following|Forwarding/.test(stderr()));
  isDown = true;
  await running.until(({ stderr }) => stderr().includes('Waiting for the server'));
  isDown = false;
  await running.until(({ stderr }) => stderr().includes('The server is reachable again.'));
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr.match(/The server is reachable again/g)).toHaveLength(1);
});

test('A replay continues after ctrl-C, and the command prints how to cancel it.', async () => {
  const replay = { replayId: 'rpl_1', which: 'MISSING', since: '', status: 'RUNNING', examined: 10, replayed: 5 };
  let looks = 0;
  // A real replay ends too quickly for an interrupt. This one never ends.
  const url = await listening((request, response) => {
    if (request.method === 'GET') looks += 1;
    reply(response, 200, request.url?.startsWith('/api/auth') ? { access_token: 'x' } : replay);
  });
  const running = machine.start(['--sandbox', '--url', url, 'webhooks', 'replay', '--since', '2h']);
  await expect.poll(() => looks, { interval: 5 }).toBeGreaterThan(0);
  running.child.kill('SIGINT');
  const { code, stderr, json } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('redcloud webhooks cancel rpl_1');
  expect(json()).toMatchObject({ status: 'RUNNING' });
});

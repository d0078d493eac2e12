import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProcess } from '../../../test/support/process.ts';
import { testStore } from '../../../test/support/store.ts';
import { RedCloud } from '../../sdk/src/index.ts';
import { Machine } from './command.ts';

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

test('a server that is killed in the middle of a file and started again has each message exactly once', {
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

test('a replay that is waited for goes on after ctrl-C, and it is said how to cancel it', async () => {
  const replay = { replayId: 'rpl_1', which: 'MISSING', since: '', status: 'RUNNING', examined: 10, replayed: 5 };
  let looks = 0;
  // A replay is too quick to be interrupted; this one never ends.
  const server = createServer((request, response) => {
    if (request.method === 'GET') looks += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.url?.startsWith('/api/auth') ? { access_token: 'x' } : replay));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running = machine.start(['--sandbox', '--url', url, 'webhooks', 'replay', '--since', '2h']);
  await expect.poll(() => looks, { interval: 5 }).toBeGreaterThan(0);
  running.child.kill('SIGINT');
  const { code, stderr, json } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('redcloud webhooks cancel rpl_1');
  expect(json()).toMatchObject({ status: 'RUNNING' });
  server.closeAllConnections();
  server.close();
});

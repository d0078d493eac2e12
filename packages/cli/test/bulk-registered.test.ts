// @module-tag slow
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

let redcloud: TestRedCloud;
let rc: RedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());
beforeEach(() => {
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterEach(() => machine.remove());

const args = (campaign: string, ...more: string[]) =>
  ['--sandbox', 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi', '--campaign', campaign].concat(
    more,
  );
const file = (count: number) => {
  const rows = Array.from({ length: count }, (_, i) => `+1555210${String(i).padStart(4, '0')}`);
  writeFileSync(machine.pathOf('people.csv'), `to\n${rows.join('\n')}\n`);
};
const registered = async (name: string) =>
  (await Array.fromAsync(rc.bulkSends.list())).find((one) => one.name === name);
const accepted = () => {
  const path = machine.pathOf('people.csv.results.ndjson');
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.includes('ACCEPTED')).length
    : 0;
};

test('A bulk send is listed by the server with its rows, its state and its messages.', async () => {
  file(3);
  expect((await machine.run(args('listed'))).code).toBe(0);
  expect(await registered('listed')).toMatchObject({ rows: 3, state: 'DONE' });
  await expect.poll(async () => (await registered('listed'))?.messages.delivered).toBe(3);
});

test('A pause and a cancel are shown by the server.', async () => {
  file(60);
  const running = machine.start(args('stopped', '--rate', '2/s', '--at', '+2h'));
  await expect.poll(accepted, { interval: 10 }).toBeGreaterThan(1);
  const { bulkSendId = '', state } = (await registered('stopped')) ?? {};
  expect(state).toBe('RUNNING');
  await machine.run(['bulk', 'pause', bulkSendId]);
  expect((await running.ended).code).toBe(130);
  expect(await registered('stopped')).toMatchObject({ state: 'PAUSED' });
  const { canceled } = (await machine.run(['--sandbox', 'bulk', 'cancel', bulkSendId])).json();
  expect(await registered('stopped')).toMatchObject({ state: 'CANCELED', messages: { queued: 0, canceled } });
});

test('A cancel over the API stops the command, and no further row is sent.', async () => {
  file(60);
  const running = machine.start(args('ended', '--rate', '2/s', '--at', '+2h'));
  await expect.poll(accepted, { interval: 10 }).toBeGreaterThan(1);
  const { bulkSendId = '' } = (await registered('ended')) ?? {};
  const { canceled } = await rc.bulkSends.cancel(bulkSendId);
  const { code, stderr } = await running.ended;
  expect([code, stderr]).toEqual([4, expect.stringContaining('bulkSendId names a canceled bulk send')]);
  expect(canceled).toBe(accepted());
  expect(await rc.bulkSends.get(bulkSendId)).toMatchObject({ state: 'CANCELED', messages: { queued: 0, canceled } });
  const again = await machine.run(args('ended', '--rate', '2/s', '--at', '+2h'));
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('was canceled')]);
  expect((await machine.run(['--sandbox', 'bulk', 'cancel', bulkSendId])).json()).toMatchObject({ canceled });
});

test('Rows are sent to a server that has no bulk sends.', async () => {
  const older = await olderServer();
  try {
    file(3);
    const { code } = await machine.run([
      ...args('older'),
      '--url',
      `http://127.0.0.1:${(older.address() as AddressInfo).port}`,
    ]);
    expect([code, accepted()]).toEqual([0, 3]);
    expect(await registered('older')).toBeUndefined();
  } finally {
    older.close();
  }
});

/** Passes requests on to the server, apart from those that a version without bulk sends rejects. */
async function olderServer(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const refuse = (status: number, code: string) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code, message: 'Unknown', details: {} }, requestId: 'req_older' }));
    };
    if (request.url?.includes('/bulk-sends')) return refuse(404, 'NOT_FOUND');
    if (body.includes('bulkSendId')) return refuse(400, 'INVALID_REQUEST');
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(redcloud.url + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

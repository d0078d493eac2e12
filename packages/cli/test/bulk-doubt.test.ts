// @module-tag slow
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

/** Fault of send requests in transit. */
type Fault = 'none' | 'request held' | 'response lost';

/** Proxy that holds send requests, or keeps their responses. */
class HoldingProxy {
  fault: Fault = 'none';
  /** Whether the server looks like one of a version before bulk sends. */
  isOld = false;
  readonly held: (() => Promise<number>)[] = [];
  readonly #target: string;
  readonly #server = createServer((request, response) => void this.#pass(request, response));

  constructor(target: string) {
    this.#target = target;
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = 'GET', url = '/' } = request;
    const { authorization = '', 'content-type': type = '', 'idempotency-key': key = '' } = request.headers;
    const headers: Record<string, string> = {
      ...{ authorization, 'idempotency-key': String(key) },
      ...(type === '' ? {} : { 'content-type': type }),
    };
    const forward = () =>
      fetch(`${this.#target}${url}`, { method, headers, ...(body.length > 0 ? { body: new Uint8Array(body) } : {}) });
    const isSend = url.endsWith('/send');
    if (this.isOld && url.includes('/bulk-sends')) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"error":{"code":"NOT_FOUND","message":"No such route"}}');
      return;
    }
    if (isSend && this.fault === 'request held') {
      this.held.push(async () => (await forward()).status);
      return;
    }
    const answer = await forward();
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (isSend && this.fault === 'response lost') {
      this.held.push(async () => answer.status);
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(bytes);
  }
}

let redcloud: TestRedCloud;
let rc: RedCloud;
let proxy: HoldingProxy;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());
beforeEach(async () => {
  proxy = new HoldingProxy(redcloud.url);
  machine = new Machine({ REDCLOUD_URL: await proxy.start() });
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15552000001\n+15552000002\n+15552000003\n');
});
afterEach(async () => {
  proxy.stop();
  await machine.remove();
});

const args = (reference: string, ...more: string[]) => [
  ...['--sandbox', 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi'],
  ...['--reference', reference, ...more],
];
const messages = (externalReference: string) => Array.fromAsync(rc.messages.list({ externalReference }));
const bulks = async () => (await machine.run(['bulk', 'list'])).lines();

/** Kills a bulk send whose first two rows have no response. @returns its id */
async function killedAt(fault: Fault, reference: string): Promise<string> {
  proxy.fault = fault;
  const running = machine.start(args(reference, '--at', '+2h', '--concurrency', '2'));
  await expect.poll(() => proxy.held.length, { interval: 10 }).toBe(2);
  running.child.kill('SIGKILL');
  await running.ended;
  proxy.fault = 'none';
  const [{ id }] = await bulks();
  return id;
}

test('A cancel finds the messages of rows whose responses were lost with a killed process.', async () => {
  const id = await killedAt('response lost', 'lost responses');
  expect(await bulks()).toMatchObject([{ state: 'running', alive: false, sent: 0, left: 3 }]);
  const { code, json } = await machine.run(['bulk', 'cancel', id]);
  expect([code, json()]).toEqual([0, expect.objectContaining({ canceled: 2, neverSent: 1, inDoubt: [] })]);
  const found = await messages('lost responses');
  expect(found.map(({ error }) => error?.code)).toEqual(['CANCELED', 'CANCELED']);
});

test('A request that arrives after the cancel of its bulk send does not send.', async () => {
  const id = await killedAt('request held', 'late requests');
  const canceled = await machine.run(['bulk', 'cancel', id]);
  expect(canceled.json()).toMatchObject({ canceled: 0, neverSent: 3, inDoubt: [] });
  for (const arrive of proxy.held) expect(await arrive()).toBe(400);
  expect(await messages('late requests')).toEqual([]);
});

test('With an older server, a request that arrives after the cancel of its bulk send does not send.', async () => {
  proxy.isOld = true;
  const id = await killedAt('request held', 'late requests, older');
  const canceled = await machine.run(['bulk', 'cancel', id]);
  expect(canceled.json()).toMatchObject({ canceled: 2, neverSent: 1, inDoubt: [] });
  for (const arrive of proxy.held) expect(await arrive()).toBe(409);
  const found = await messages('late requests, older');
  expect(found.map(({ error }) => error?.code)).toEqual(['CANCELED', 'CANCELED']);
});

test('A repeated cancel completes one that was killed, and no row is sent.', async () => {
  const id = await killedAt('request held', 'killed cancel');
  const late = proxy.held.splice(0);
  proxy.fault = 'response lost';
  const canceling = machine.start(['bulk', 'cancel', id]);
  await expect.poll(() => proxy.held.length, { interval: 10 }).toBe(2);
  canceling.child.kill('SIGKILL');
  await canceling.ended;
  proxy.fault = 'none';
  expect((await machine.run(['bulk', 'cancel', id])).json()).toMatchObject({ canceled: 0, neverSent: 3, inDoubt: [] });
  expect(await Promise.all(late.map((forward) => forward()))).toEqual([400, 400]);
  expect(await messages('killed cancel')).toEqual([]);
});

test('With an older server, a cancel that was killed between a placeholder and its record finds the placeholder again.', async () => {
  proxy.isOld = true;
  const id = await killedAt('request held', 'lost placeholders');
  proxy.held.length = 0;
  proxy.fault = 'response lost';
  const canceling = machine.start(['bulk', 'cancel', id]);
  await expect.poll(() => proxy.held.length, { interval: 10 }).toBe(2);
  canceling.child.kill('SIGKILL');
  await canceling.ended;
  proxy.fault = 'none';
  expect((await machine.run(['bulk', 'resume', id])).code).toBe(2);
  expect((await machine.run(['bulk', 'cancel', id])).json()).toMatchObject({ canceled: 2, inDoubt: [] });
  expect((await messages('lost placeholders')).map(({ error }) => error?.code)).toEqual(['CANCELED', 'CANCELED']);
});

test('A resume with another time finds rows that were accepted without a record, and reports them.', async () => {
  const id = await killedAt('response lost', 'moved');
  const { code, json } = await machine.run(['bulk', 'resume', id, '--at', '+5h']);
  expect([code, json()]).toEqual([3, expect.objectContaining({ accepted: 3, acceptedBefore: 2, scheduleChanged: 2 })]);
  expect(new Set((await messages('moved')).map(({ to }) => to)).size).toBe(3);
  expect(await messages('moved')).toHaveLength(3);
});

test('A row in doubt that is not in the file any more is reported, and a cancel clears it up.', async () => {
  const id = await killedAt('response lost', 'removed');
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15552000003\n');
  const { code, stderr } = await machine.run(['bulk', 'resume', id]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('In doubt: 2 rows of an earlier run')]);
  expect((await machine.run(['bulk', 'cancel', id])).json()).toMatchObject({ canceled: 3, inDoubt: [] });
});

test('The state directory is readable by its owner only, and has no credentials.', async () => {
  const id = await killedAt('response lost', 'private');
  const bulk = machine.pathOf(`.local/state/redcloud/bulk/${id}/bulk.json`);
  const text = readFileSync(bulk, 'utf8');
  expect(JSON.parse(text).connection).toEqual({ sandbox: true });
  expect(text).not.toContain('rc_secret');
});

test('A pause does not wait for a row without a response, which a later cancel finds.', async () => {
  proxy.fault = 'request held';
  const running = machine.start(args('stuck', '--at', '+2h', '--concurrency', '2'));
  await expect.poll(() => proxy.held.length, { interval: 10 }).toBe(2);
  const [{ id }] = await bulks();
  expect((await machine.run(['bulk', 'pause', id])).json()).toMatchObject({ state: 'paused', reason: 'requested' });
  expect((await running.ended).code).toBe(130);
  proxy.fault = 'none';
  expect((await machine.run(['bulk', 'cancel', id])).json()).toMatchObject({ canceled: 0, neverSent: 3 });
});

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConnectionError, RedCloud, type RedCloudOptions } from '../src/index.ts';
import { json, Scripted, SEND, unreachable } from './scripted.ts';

const CREDENTIALS = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };

test.each([
  ['no secret', { ...CREDENTIALS, clientSecret: '', baseUrl: 'http://a.test' }],
  ['no URL', { ...CREDENTIALS, baseUrl: 'a.test' }],
  ['a token that can’t be in a header', { accessToken: 'töken', baseUrl: 'http://a.test' }],
  ['a password alone in the URL', { ...CREDENTIALS, baseUrl: 'http://:secret@a.test' }],
  ['another protocol', { ...CREDENTIALS, baseUrl: 'ftp://a.test' }],
  ['credentials in the URL', { ...CREDENTIALS, baseUrl: 'http://me:secret@a.test' }],
  ['a query', { ...CREDENTIALS, baseUrl: 'http://a.test?x=1' }],
  ['no time', { ...CREDENTIALS, baseUrl: 'http://a.test', timeoutMs: 0 }],
  ['a time that is none', { ...CREDENTIALS, baseUrl: 'http://a.test', attemptTimeoutMs: Number.NaN }],
  ['fewer than no retries', { ...CREDENTIALS, baseUrl: 'http://a.test', maxRetries: -1 }],
])('Creating a client with %s throws a TypeError.', (_name, options) => {
  expect(() => new RedCloud(options as RedCloudOptions)).toThrow(TypeError);
});

test('The error of an invalid URL names the option.', () => {
  expect(() => new RedCloud({ ...CREDENTIALS, baseUrl: undefined as unknown as string })).toThrow(/^baseUrl must be/);
});

test('A base URL may have a path and a trailing slash.', async () => {
  const server = new Scripted();
  const rc = server.client({ baseUrl: 'http://redcloud.test/sms/' });
  server.steps = [() => json(200, { numbers: [] })];
  expect(await rc.numbers.list()).toEqual([]);
  expect(server.tokens[0]?.path).toBe('/sms/api/auth/token');
  expect(server.seen[0]?.path).toBe('/sms/api/core/numbers');
});

test('Ids are encoded in paths.', async () => {
  const server = new Scripted();
  server.steps = [() => json(200, { numberId: 'x' })];
  await server.client().numbers.update('a/../b?c', { campaignregId: 'camp_1' });
  expect(server.seen[0]).toMatchObject({ method: 'PATCH', path: '/api/core/numbers/a%2F..%2Fb%3Fc' });
});

test.each<[string, (rc: RedCloud) => Promise<unknown>]>([
  ['an empty id', (rc) => rc.messages.get('')],
  ['an id that leads up', (rc) => rc.messages.get('..')],
  ['an id that leads nowhere', (rc) => rc.optOuts.remove('num_1', '.')],
  ['an id that is none', (rc) => rc.webhooks.replayEvent(undefined as unknown as string)],
  ['a path that makes another host of the server', (rc) => rc.request({ method: 'GET', path: '@evil.test/x' })],
  ['a path that makes no URL', (rc) => rc.request({ method: 'GET', path: ':port' })],
  ['a path that leads out of the server', (rc) => rc.request({ method: 'GET', path: '/../x' })],
  ['no path', (rc) => rc.request({ method: 'GET', path: '' })],
  ['a GET with a body', (rc) => rc.request({ method: 'GET', path: '/x', body: {} })],
  ['no time between looks', async (rc) => rc.events.stream({ pollMs: 0 })],
  ['a time of the submit that is none', (rc) => rc.messages.send({ ...SEND, sendAt: new Date(Number.NaN) })],
  ['a new time that is none', (rc) => rc.messages.reschedule('msg_1', { sendAt: new Date('tomorrow') })],
  ['a filter by a time that is none', (rc) => first(rc.messages.list({ sendAfter: new Date('tomorrow') }))],
  ['an empty id of a cancel', (rc) => rc.messages.cancel('')],
  ['a time between looks that is none', async (rc) => rc.events.stream({ pollMs: Number.NaN })],
])('A call with %s throws a TypeError and sends nothing.', async (_name, call) => {
  const server = new Scripted();
  await expect(call(server.client({ baseUrl: 'http://redcloud.test/sms' }))).rejects.toBeInstanceOf(TypeError);
  expect([server.seen, server.tokens]).toEqual([[], []]);
});

test('A request to a route without a method is retried, unless it must not be carried out twice.', async () => {
  const server = new Scripted();
  server.steps = [unreachable, () => json(200, { fine: true })];
  const request = { method: 'POST', path: '/api/admin/x', query: { a: 1 }, body: { b: 2 } } as const;
  expect(await server.client().request(request)).toEqual({ fine: true });
  expect(server.seen[1]).toMatchObject({ path: '/api/admin/x?a=1', body: '{"b":2}' });
  server.steps = [unreachable];
  await expect(server.client().request({ ...request, isUnrepeatable: true })).rejects.toBeInstanceOf(ConnectionError);
  expect(server.seen).toHaveLength(3);
});

test('A secret rotation is retried under one key, and its error carries the key.', async () => {
  const server = new Scripted();
  server.steps = [unreachable, () => json(200, { webhookSecret: 'whsec_YQ==', oldSecretValidUntil: null })];
  expect(await server.client().webhooks.rotateSecret()).toMatchObject({ webhookSecret: 'whsec_YQ==' });
  expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1']);
  server.steps = [unreachable];
  const failed = server.client({ maxRetries: 0 }).webhooks.rotateSecret({}, { idempotencyKey: 'november' });
  await expect(failed).rejects.toMatchObject({ name: 'ConnectionError', idempotencyKey: 'november' });
});

const first = async (list: AsyncIterable<unknown>) => {
  for await (const one of list) return one;
  return undefined;
};

test.each<[string, (rc: RedCloud) => Promise<unknown>]>([
  ['whoami', (rc) => rc.whoami()],
  ['numbers.list', (rc) => rc.numbers.list()],
  ['numbers.search', (rc) => rc.numbers.search({ state: 'OR' })],
  ['numbers.update', (rc) => rc.numbers.update('num_1', {})],
  ['messages.get', (rc) => rc.messages.get('msg_1')],
  ['messages.getRejection', (rc) => rc.messages.getRejection('rej_1')],
  ['messages.list', (rc) => first(rc.messages.list())],
  ['messages.preview', (rc) => rc.messages.preview({ sendFrom: 'num_1', to: ['+15551234567'], messageType: 'SMS' })],
  ['messages.cancel', (rc) => rc.messages.cancel('msg_1')],
  ['messages.cancelByReference', (rc) => rc.messages.cancelByReference('order_789')],
  ['messages.reschedule', (rc) => rc.messages.reschedule('msg_1', { sendAt: '2026-12-24T18:00:00Z' })],
  ['quietHours.get', (rc) => rc.quietHours.get()],
  ['quietHours.set', (rc) => rc.quietHours.set({ enabled: true })],
  ['events.list', (rc) => first(rc.events.list())],
  ['optOuts.list', (rc) => first(rc.optOuts.list())],
  ['optOuts.history', (rc) => first(rc.optOuts.history())],
  ['optOuts.add', (rc) => rc.optOuts.add({ numberId: 'num_1', recipient: '+15551234567' })],
  ['webhooks.get', (rc) => rc.webhooks.get()],
  ['webhooks.test', (rc) => rc.webhooks.test()],
  ['webhooks.deliveries', (rc) => first(rc.webhooks.deliveries())],
  ['webhooks.replayEvent', (rc) => rc.webhooks.replayEvent('evt_1')],
  ['webhooks.replays', (rc) => rc.webhooks.replays()],
  ['webhooks.getReplay', (rc) => rc.webhooks.getReplay('rpl_1')],
])('%s retries after a response of another shape, and then throws a ConnectionError.', async (_name, call) => {
  for (const answer of [() => json(200, {}), () => json(200, []), () => new Response(null, { status: 204 })]) {
    const server = new Scripted();
    server.steps = [answer];
    await expect(call(server.client({ maxRetries: 1 }))).rejects.toBeInstanceOf(ConnectionError);
    expect(server.seen).toHaveLength(2);
  }
});

test('A logged client does not reveal its secret.', () => {
  expect(inspect(new Scripted().client(), { depth: 9, showHidden: true })).not.toContain('rc_secret');
});

test('A serialized client does not reveal its secret.', () => {
  expect(JSON.stringify(new Scripted().client())).not.toContain('rc_secret');
});

test('The package has no dependencies.', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.peerDependencies).toBeUndefined();
});

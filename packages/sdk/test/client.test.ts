import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConnectionError, RedCloud } from '../src/index.ts';
import { json, Scripted, unreachable } from './scripted.ts';

const CREDENTIALS = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };

test.each([
  ['no secret', { ...CREDENTIALS, clientSecret: '', baseUrl: 'http://a.test' }],
  ['no URL', { ...CREDENTIALS, baseUrl: 'a.test' }],
  ['another protocol', { ...CREDENTIALS, baseUrl: 'ftp://a.test' }],
  ['credentials in the URL', { ...CREDENTIALS, baseUrl: 'http://me:secret@a.test' }],
  ['a query', { ...CREDENTIALS, baseUrl: 'http://a.test?x=1' }],
  ['no time', { ...CREDENTIALS, baseUrl: 'http://a.test', timeoutMs: 0 }],
  ['a time that is none', { ...CREDENTIALS, baseUrl: 'http://a.test', attemptTimeoutMs: Number.NaN }],
  ['fewer than no retries', { ...CREDENTIALS, baseUrl: 'http://a.test', maxRetries: -1 }],
])('a client is not made with %s', (_name, options) => {
  expect(() => new RedCloud(options)).toThrow(TypeError);
});

test('a base URL may have a path, and a slash at its end', async () => {
  const server = new Scripted();
  const rc = server.client({ baseUrl: 'http://redcloud.test/sms/' });
  server.steps = [() => json(200, { numbers: [] })];
  expect(await rc.numbers.list()).toEqual([]);
  expect(server.tokens[0]?.path).toBe('/sms/api/auth/token');
  expect(server.seen[0]?.path).toBe('/sms/api/core/numbers');
});

test('ids go into paths as what they are', async () => {
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
])('%s is a mistake, told at once, and nothing goes out', async (_name, call) => {
  const server = new Scripted();
  await expect(call(server.client({ baseUrl: 'http://redcloud.test/sms' }))).rejects.toBeInstanceOf(TypeError);
  expect([server.seen, server.tokens]).toEqual([[], []]);
});

test('a route without a method is asked as any other, and tried once when it must not be done twice', async () => {
  const server = new Scripted();
  server.steps = [unreachable, () => json(200, { fine: true })];
  const request = { method: 'POST', path: '/api/admin/x', query: { a: 1 }, body: { b: 2 } } as const;
  expect(await server.client().request(request)).toEqual({ fine: true });
  expect(server.seen[1]).toMatchObject({ path: '/api/admin/x?a=1', body: '{"b":2}' });
  server.steps = [unreachable];
  await expect(server.client().request({ ...request, isUnrepeatable: true })).rejects.toBeInstanceOf(ConnectionError);
  expect(server.seen).toHaveLength(3);
});

test('a new secret is asked for once: a second would take the first one out of the answer that was lost', async () => {
  const server = new Scripted();
  server.steps = [unreachable, () => json(200, { webhookSecret: 'whsec_YQ==', oldSecretValidUntil: null })];
  await expect(server.client().webhooks.rotateSecret()).rejects.toBeInstanceOf(ConnectionError);
  expect(server.seen).toHaveLength(1);
});

test('a client that is logged shows no secret', () => {
  expect(inspect(new Scripted().client(), { depth: 9, showHidden: true })).not.toContain('rc_secret');
});

test('a client that is serialized shows no secret', () => {
  expect(JSON.stringify(new Scripted().client())).not.toContain('rc_secret');
});

test('the package depends on nothing', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.peerDependencies).toBeUndefined();
});

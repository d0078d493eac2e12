import { expect, test } from 'vitest';
import { RedCloud } from '../src/index.ts';
import { accepted, json, refused, Scripted, SEND, silent, unreachable } from './scripted.ts';

const bearers = (server: Scripted) => server.seen.map(({ headers }) => headers['authorization']);

test('one token serves all calls, also those that begin at once', async () => {
  const server = new Scripted();
  const rc = server.client();
  await Promise.all(Array.from({ length: 20 }, () => rc.messages.send(SEND)));
  await rc.messages.send(SEND);
  expect(server.tokens).toHaveLength(1);
  expect(new Set(bearers(server))).toEqual(new Set(['Bearer token-1']));
});

test('the credentials go by HTTP Basic, form-encoded (RFC 6749 §2.3.1)', async () => {
  const server = new Scripted();
  await server.client({ clientId: 'a b:c', clientSecret: 'ä+/' }).messages.send(SEND);
  const [, basic = ''] = server.tokens[0]?.headers['authorization']?.split(' ') ?? [];
  expect(atob(basic)).toBe('a+b%3Ac:%C3%A4%2B%2F');
  expect(server.tokens[0]?.body).toBe('grant_type=client_credentials');
});

test('a token is refreshed before it ends, and serves meanwhile', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  server.now += 3_400_000;
  await rc.messages.send(SEND);
  await rc.messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
});

test('a refresh that fails is no failure while the token serves', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  server.now += 3_400_000;
  server.tokenSteps = [unreachable];
  await rc.messages.send(SEND);
  await rc.messages.send(SEND);
  await rc.messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1', 'Bearer token-3']);
});

test('a token that has ended is not sent', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  server.now += 3_600_000;
  await rc.messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test('401 gets a new token once, and the same request goes again with it', async () => {
  const server = new Scripted();
  server.steps = [refused(401, 'UNAUTHORIZED'), accepted];
  await server.client({ maxRetries: 0 }).messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
  const [first, second] = server.seen.map(({ headers: { authorization, ...headers }, body }) => ({ headers, body }));
  expect(second).toEqual(first);
});

test('401 again is the answer', async () => {
  const server = new Scripted();
  server.steps = [refused(401, 'UNAUTHORIZED')];
  await expect(server.client().messages.send(SEND)).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  expect(server.seen).toHaveLength(2);
});

test('many calls that meet 401 with one token get one new token', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  const expired = refused(401, 'UNAUTHORIZED');
  server.steps = [...Array.from({ length: 10 }, () => expired), accepted];
  await Promise.all(Array.from({ length: 10 }, () => rc.messages.send(SEND)));
  expect(server.tokens).toHaveLength(2);
});

test('the token route is asked again like any other when it is out of reach', async () => {
  const server = new Scripted();
  server.tokenSteps = [unreachable, () => new Response('', { status: 503 }), () => json(200, { access: 'cut' })];
  expect((await server.client().messages.send(SEND)).outcome).toBe('ALL_ACCEPTED');
  expect(server.tokens).toHaveLength(4);
});

test("wrong credentials are OAuth's error, and not tried again", async () => {
  const server = new Scripted();
  const wrong = () => json(401, { error: 'invalid_client', error_description: 'Client authentication failed' });
  server.tokenSteps = [wrong];
  await expect(server.client().messages.send(SEND)).rejects.toMatchObject({
    name: 'ApiError',
    status: 401,
    code: 'invalid_client',
    message: 'Client authentication failed',
  });
  expect(server.tokens).toHaveLength(1);
  expect(server.seen).toHaveLength(0);
});

test('whoever gives up waiting for the token takes it from nobody else', async () => {
  const server = new Scripted();
  const rc = server.client();
  const gate = Promise.withResolvers<void>();
  server.tokenSteps = [
    async () => {
      await gate.promise;
      return json(200, { access_token: 'late', expires_in: 3600 });
    },
  ];
  const controller = new AbortController();
  const impatient = rc.messages.send(SEND, { signal: controller.signal });
  const patient = rc.messages.send(SEND);
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
  gate.resolve();
  expect((await patient).outcome).toBe('ALL_ACCEPTED');
  expect(bearers(server)).toEqual(['Bearer late']);
});

test('a token route that never answers ends with the call', async () => {
  const server = new Scripted();
  server.tokenSteps = [silent];
  await expect(server.client({ maxRetries: 0, attemptTimeoutMs: 5 }).messages.send(SEND)).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

test('a token that was given is used as it is, and a 401 to it is the end', async () => {
  const server = new Scripted();
  server.steps = [refused(401, 'UNAUTHORIZED')];
  const rc = new RedCloud({
    accessToken: 'rc_token_example',
    baseUrl: 'http://redcloud.test',
    runtime: server.runtime,
  });
  await expect(rc.whoami()).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  expect(server.tokens).toEqual([]);
  expect(server.seen.map(({ headers }) => headers['authorization'])).toEqual(['Bearer rc_token_example']);
});

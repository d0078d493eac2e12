import { expect, test } from 'vitest';
import { RedCloud } from '../src/index.ts';
import { accepted, json, refused, Scripted, SEND, silent, unreachable } from './scripted.ts';

const bearers = (server: Scripted) => server.seen.map(({ headers }) => headers['authorization']);

test('One token serves all calls, including concurrent calls.', async () => {
  const server = new Scripted();
  const rc = server.client();
  await Promise.all(Array.from({ length: 20 }, () => rc.messages.send(SEND)));
  await rc.messages.send(SEND);
  expect(server.tokens).toHaveLength(1);
  expect(new Set(bearers(server))).toEqual(new Set(['Bearer token-1']));
});

test('Credentials are sent by HTTP Basic and form-encoded (RFC 6749 §2.3.1).', async () => {
  const server = new Scripted();
  await server.client({ clientId: 'a b:c', clientSecret: 'ä+/' }).messages.send(SEND);
  const [, basic = ''] = server.tokens[0]?.headers['authorization']?.split(' ') ?? [];
  expect(atob(basic)).toBe('a+b%3Ac:%C3%A4%2B%2F');
  expect(server.tokens[0]?.body).toBe('grant_type=client_credentials');
});

test('A token is refreshed before its expiry and used in the meantime.', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  server.now += 3_400_000;
  await rc.messages.send(SEND);
  await rc.messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
});

test('A failed refresh does not fail calls while the token is valid.', async () => {
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

test('An expired token is not sent.', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  server.now += 3_600_000;
  await rc.messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test('After a 401, the same request is sent once more with a new token.', async () => {
  const server = new Scripted();
  server.steps = [refused(401, 'UNAUTHORIZED'), accepted];
  await server.client({ maxRetries: 0 }).messages.send(SEND);
  expect(bearers(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
  const [first, second] = server.seen.map(({ headers: { authorization, ...headers }, body }) => ({ headers, body }));
  expect(second).toEqual(first);
});

test('A second 401 ends the call.', async () => {
  const server = new Scripted();
  server.steps = [refused(401, 'UNAUTHORIZED')];
  await expect(server.client().messages.send(SEND)).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  expect(server.seen).toHaveLength(2);
});

test('Concurrent calls that get a 401 with the same token request one new token.', async () => {
  const server = new Scripted();
  const rc = server.client();
  await rc.messages.send(SEND);
  const expired = refused(401, 'UNAUTHORIZED');
  server.steps = [...Array.from({ length: 10 }, () => expired), accepted];
  await Promise.all(Array.from({ length: 10 }, () => rc.messages.send(SEND)));
  expect(server.tokens).toHaveLength(2);
});

test('The token request is retried like any other request.', async () => {
  const server = new Scripted();
  server.tokenSteps = [unreachable, () => new Response('', { status: 503 }), () => json(200, { access: 'cut' })];
  expect((await server.client().messages.send(SEND)).outcome).toBe('ALL_ACCEPTED');
  expect(server.tokens).toHaveLength(4);
});

test('Invalid credentials throw the OAuth error without retries.', async () => {
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

test('An aborted call does not cancel the token request for other calls.', async () => {
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

test('A token request without a response ends with the call.', async () => {
  const server = new Scripted();
  server.tokenSteps = [silent];
  await expect(server.client({ maxRetries: 0, attemptTimeoutMs: 5 }).messages.send(SEND)).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

test('A given access token is used unchanged, and a 401 ends the call.', async () => {
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

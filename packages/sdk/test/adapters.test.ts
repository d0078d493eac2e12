import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, type Mock, onTestFinished, test, vi } from 'vitest';
import type { WebhookEvent } from '../src/index.ts';
import { signForTest } from '../src/testing.ts';
import { webhookHandler as expressHandler } from '../src/webhooks/express.ts';
import { webhookPlugin } from '../src/webhooks/fastify.ts';
import { webhookHandler as fetchHandler, type ReceiverOptions } from '../src/webhooks/fetch.ts';
import { webhookHandler as honoHandler } from '../src/webhooks/hono.ts';
import { EVENT, SECRET } from './event.ts';

/** Posts to an endpoint with the given options. */
type Post = (init: RequestInit) => Promise<Response>;
type Mount = (options: ReceiverOptions) => Promise<Post>;

async function listening(handler: Parameters<typeof createServer>[1]): Promise<Post> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  return (init) => fetch(url, { method: 'POST', ...init });
}

/** Captures writes to standard error and suppresses their output. */
function written(): Mock<typeof console.error> {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => spy.mockRestore());
  return spy;
}

const MOUNTS: [string, Mount][] = [
  [
    'Fastify',
    async (options) => {
      const app = fastify();
      onTestFinished(() => app.close());
      app.register(webhookPlugin, { prefix: '/hooks', ...options });
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      return (init) => fetch(`${url}/hooks`, { method: 'POST', ...init });
    },
  ],
  [
    'Express',
    (options) => {
      const app = express();
      app.post('/hooks', expressHandler(options));
      app.use(express.json());
      return listening(app);
    },
  ],
  [
    'Express behind express.raw()',
    (options) => {
      const app = express();
      app.use(express.raw({ type: '*/*' }));
      app.post('/hooks', expressHandler(options));
      return listening(app);
    },
  ],
  ['node:http', async (options) => listening(expressHandler(options))],
  [
    'Hono',
    async (options) => {
      const app = new Hono();
      app.post('/hooks', honoHandler(options));
      return async (init) => app.request('/hooks', { method: 'POST', ...init });
    },
  ],
  [
    'fetch',
    async (options) => {
      const handle = fetchHandler(options);
      return (init) => handle(new Request('http://hooks.test/', { method: 'POST', ...init }));
    },
  ],
];

describe.each(MOUNTS)('%s', (name, mount) => {
  test('The handler responds with 204 after `onEvent` resolved, and passes the event on.', async () => {
    const events: WebhookEvent[] = [];
    const post = await mount({
      secret: SECRET,
      onEvent: async (event) => {
        await Promise.resolve();
        events.push(event);
      },
    });
    expect((await post(await signForTest(EVENT, SECRET))).status).toBe(204);
    expect(events).toEqual([EVENT]);
  });

  test('The handler verifies the raw bytes of the body, including spaces and emoji.', async () => {
    const events: WebhookEvent[] = [];
    const post = await mount({ secret: SECRET, onEvent: (event) => events.push(event) });
    const spaced = JSON.stringify({ ...EVENT, type: 'message.inbound', text: 'ok 👍 ä' }, null, 3);
    expect((await post(await signForTest(spaced, SECRET))).status).toBe(204);
    expect(events[0]).toMatchObject({ text: 'ok 👍 ä' });
  });

  test('The handler rejects an invalid signature with 400 and does not call `onEvent`.', async () => {
    const events: WebhookEvent[] = [];
    const errors: unknown[] = [];
    const post = await mount({
      secret: SECRET,
      onEvent: (event) => events.push(event),
      onError: (error) => errors.push(error),
    });
    const { body, headers } = await signForTest(EVENT, SECRET);
    const response = await post({ body: body.replace('DELIVERED', 'FAILED'), headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/^Webhook signature mismatch: wrong secret/);
    expect((await post({ body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(400);
    expect((await post({})).status).toBe(400);
    expect(events).toEqual([]);
    expect(errors).toMatchObject([{ fault: 'mismatch' }, { fault: 'missing' }, { fault: 'missing' }]);
  });

  const down = new Error('the database at 10.0.0.7 is down');
  const broken = async () => {
    throw down;
  };

  test('The handler responds with 500 when `onEvent` throws, and reports the error to standard error only.', async () => {
    const errors = written();
    const post = await mount({ secret: SECRET, onEvent: broken });
    const response = await post(await signForTest(EVENT, SECRET));
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The event could not be handled');
    expect(errors.mock.calls).toEqual([[down]]);
  });

  test.each<[string, () => unknown]>([
    ['throws', () => JSON.parse('{')],
    ['rejects', async () => JSON.parse('{')],
    ['never ends', () => new Promise(() => undefined)],
  ])('The response to an error is the same when `onError` itself %s.', async (how, onError) => {
    const errors = written();
    const post = await mount({ secret: SECRET, onEvent: broken, onError });
    const response = await post(await signForTest(EVENT, SECRET));
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The event could not be handled');
    expect((await post({ body: '{}' })).status).toBe(400);
    const logged = errors.mock.calls.map((call) => call.at(-1));
    expect(logged).toMatchObject(how === 'never ends' ? [] : [down, { fault: 'missing' }]);
  });

  test('The handler rejects a body larger than any event with 413, reports the error, and accepts the next event.', async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const post = await mount({ secret: SECRET, onEvent: () => undefined, onError });
    const large = await post({ body: new Uint8Array(1_100_000), headers: { 'content-type': 'application/json' } });
    expect([large.status, await large.text()]).toEqual([413, expect.any(String)]);
    for (const _ of [1, 2, 3]) expect((await post(await signForTest(EVENT, SECRET))).status).toBe(204);
    // express.raw() has its own limit.
    if (!name.includes('raw')) expect(errors).toMatchObject([{ name: 'BodyTooLargeError' }]);
  });

  test.each<[string, unknown]>([
    ['no options', undefined],
    ['no secret, as where a variable is not set', { secret: undefined, onEvent: () => undefined }],
    ['a secret that is none', { secret: 'abc', onEvent: () => undefined }],
    ['an empty list of secrets', { secret: [], onEvent: () => undefined }],
    ['a list with one that is none', { secret: [SECRET, ''], onEvent: () => undefined }],
    ['nobody to take the event', { secret: SECRET }],
    ['an onError that can’t be called', { secret: SECRET, onEvent: () => undefined, onError: true }],
  ])('Creating the handler with %s throws a TypeError.', async (_what, options) => {
    await expect((async () => mount(options as ReceiverOptions))()).rejects.toThrow(TypeError);
  });
});

test('The Fastify plugin does not affect body parsing of other routes.', async () => {
  const app = fastify();
  app.register(webhookPlugin, { prefix: '/hooks', secret: SECRET, onEvent: () => undefined });
  app.post('/other', async ({ body }) => ({ parsed: body }));
  const { body } = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } });
  expect(JSON.parse(body)).toEqual({ parsed: { a: 1 } });
  await app.close();
});

describe('A body that was parsed before the handler', () => {
  const errors: unknown[] = [];
  const options = { secret: SECRET, onEvent: () => undefined, onError: (error: unknown) => errors.push(error) };

  test('The Express handler responds with 500 and reports how to fix the setup.', async () => {
    const app = express();
    app.use(express.json());
    app.post('/hooks', expressHandler(options));
    const post = await listening(app);
    expect((await post(await signForTest(EVENT, SECRET))).status).toBe(500);
    expect(errors.pop()).toMatchObject({
      name: 'BodyIsGoneError',
      message: expect.stringContaining('before express.json()'),
    });
  });

  test('The Hono handler responds with 500 and reports the error.', async () => {
    const app = new Hono();
    app.use(async ({ req }, next) => {
      await req.json();
      await next();
    });
    app.post('/hooks', honoHandler(options));
    const response = await app.request('/hooks', { method: 'POST', ...(await signForTest(EVENT, SECRET)) });
    expect(response.status).toBe(500);
    expect(errors.pop()).toMatchObject({ name: 'BodyIsGoneError' });
  });
});

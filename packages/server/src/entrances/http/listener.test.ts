import fastify from 'fastify';
import { expect, test } from 'vitest';
import type { App } from './app.ts';
import { Connections } from './connections/connections.ts';
import { Listener } from './listener.ts';

const ADDRESSES = [{ address: '127.0.0.1' }, { address: '127.0.0.2' }, { address: '203.0.113.1' }];

test('HOST=localhost listens on each of its addresses, and a stop closes all of them.', async () => {
  const connections = new Connections({
    onLimit: () => undefined,
    refuseExpectation: () => undefined,
    unreadable: () => '',
  });
  const app = fastify({ serverFactory: (handler) => connections.createServer(handler) }) as unknown as App;
  const started = Promise.withResolvers<void>();
  const pending = Promise.withResolvers<string>();
  app.get('/', async () => 'here');
  app.get('/slow', () => {
    started.resolve();
    return pending.promise;
  });
  const listener = new Listener(app, async () => ADDRESSES);
  const url = await listener.listen({ host: 'localhost', port: 0 });
  const other = url.replace('127.0.0.1', '127.0.0.2');
  for (const each of [url, other]) expect(await (await fetch(each)).text()).toBe('here');

  const slow = fetch(`${other}/slow`);
  await started.promise;
  const closed = listener.close(new AbortController().signal);
  pending.resolve('answered');
  expect(await (await slow).text()).toBe('answered');
  await closed;
  for (const each of [url, other]) await expect(fetch(each)).rejects.toThrow();
});

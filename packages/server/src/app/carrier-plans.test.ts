import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Keys } from '#identity/keys.ts';
import { BANDWIDTH_OAUTH } from '../../test/support/bandwidth.ts';
import { planOf, type SharedPlan } from './carrier-plans.ts';
import type { Core } from './core.ts';

let server: Server;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function planWithTokens(): SharedPlan {
  const core = { config: { publicUrl: 'https://sms.example', databaseUrl: undefined } } as Core;
  const keys = { derive: () => Buffer.alloc(32) } as unknown as Keys;
  const { port } = server.address() as AddressInfo;
  const settings = { ...BANDWIDTH_OAUTH, baseUrl: `http://127.0.0.1:${port}` };
  return planOf(core, keys, settings) as SharedPlan;
}

test('A stop ends a token request for media whose response is missing.', async () => {
  const { callbacks } = planWithTokens();
  const headers = callbacks.mediaHeaders();
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  const ended = once(request.socket, 'close');
  await callbacks.close();
  await expect(headers).rejects.toThrow();
  await ended;
});

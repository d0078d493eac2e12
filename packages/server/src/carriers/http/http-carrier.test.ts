import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { submissionOf } from '../../../test/support/submissions.ts';
import { TELNYX } from '../../../test/support/telnyx.ts';
import { createTelnyxApi } from '../telnyx/api.ts';
import { HttpCarrier } from './http-carrier.ts';

let server: Server;
let states: string[];

beforeEach(async () => {
  states = [];
  // Submits get no response.
  server = createServer((request, response) => {
    if (request.method === 'GET') response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function started(): Promise<HttpCarrier> {
  const carrier = new HttpCarrier({
    name: 'telnyx',
    api: createTelnyxApi(TELNYX),
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    window: 1,
    context: ({ reference }) => ({ tag: reference, callbackUrl: 'https://sms.example/callback' }),
  });
  await carrier.start({
    onReport: async () => undefined,
    onInbound: async () => undefined,
    onState: (_name, state) => states.push(state),
  });
  return carrier;
}

// Regression: the submit without a connection paused the link, whose timer kept the process alive for up to 30 s.
test('A stop ends all submits, and the carrier then reports no state.', async () => {
  const carrier = await started();
  expect(states).toEqual(['up']);
  const sent = carrier.submit(submissionOf());
  await once(server, 'request');
  const waiting = carrier.submit(submissionOf());
  await carrier.stop();
  expect((await sent).outcome).toBe('unknown');
  expect((await waiting).outcome).toBe('unreachable');
  expect(states).toEqual(['up']);
  expect(carrier.state()).toBe('down');
});

test('A submit that begins during a pause keeps its place, and the carrier has no capacity until the end of the pause.', async () => {
  server.removeAllListeners('request');
  let submits = 0;
  server.on('request', (request, response) => {
    if (request.method === 'POST') submits += 1;
    response.writeHead(request.method === 'POST' ? 429 : 200, { 'content-type': 'application/json' }).end('{}');
  });
  const carrier = await started();
  expect(carrier.capacity()).toBe(1);
  expect(await carrier.submit(submissionOf())).toMatchObject({ outcome: 'throttled', carrierCode: 'HTTP 429' });
  expect(carrier.capacity()).toBe(0);
  expect(await carrier.submit(submissionOf())).toEqual({ outcome: 'throttled', retryAfterMs: 0 });
  expect(submits).toBe(1);
  await carrier.stop();
});

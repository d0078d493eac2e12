import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Targets } from '#egress/targets.ts';
import { Poster } from '#webhooks/delivery/post.ts';
import { ADDRESSES, NAMES, NO_NAMES, PUBLIC } from '../support/hostile-hosts.ts';
import { Receiver } from '../support/receiver.ts';
import { startResolver } from '../support/resolver.ts';

let dns: Awaited<ReturnType<typeof startResolver>>;
let poster: Poster;
/** Receivers on addresses of this machine, at one port, where a forbidden request would arrive. */
let victim: Receiver;
let victim6: Server;
let open: Receiver;
let connections = 0;
const onConnected = () => {
  connections += 1;
};
/** Diagnostics channel. Published for each socket of a client, before the socket resolves a name. */
const SOCKETS = 'net.client.socket';
const onSocket = (message: unknown) => void (message as { socket: Socket }).socket.once('connect', onConnected);

beforeAll(async () => {
  dns = await startResolver((name, nth) => {
    const answers = NAMES[name] ?? [];
    return answers[Math.min(nth, answers.length - 1)] ?? [];
  });
  victim = await Receiver.start();
  open = await Receiver.start(Number(new URL(victim.url).port), PUBLIC);
  // Makes the next post resolve the name and connect again.
  open.headers = { connection: 'close' };
  victim6 = createServer(onConnected).listen(Number(new URL(victim.url).port), '::1');
  await once(victim6, 'listening');
  const targets = new Targets({ networks: [`${PUBLIC}/32`], loopback: false, proxied: false });
  poster = new Poster({ targets, resolve: dns.resolve });
  subscribe(SOCKETS, onSocket);
});
afterAll(async () => {
  unsubscribe(SOCKETS, onSocket);
  await poster.close();
  victim6.close();
  for (const stopped of [victim, open, dns]) await stopped.stop();
});
beforeEach(() => {
  connections = 0;
});

const post = (url: string) => poster.post(new URL(url), { 'content-type': 'application/json' }, '{}');
const port = () => new URL(victim.url).port;

test(`${2 * ADDRESSES.length} URLs with non-public addresses in any spelling are not connected to.`, async () => {
  expect(2 * ADDRESSES.length).toBeGreaterThanOrEqual(60);
  for (const host of ADDRESSES) {
    for (const scheme of ['http', 'https']) {
      const { statusCode, error } = await post(`${scheme}://${host}:${port()}/hook`);
      expect([host, statusCode, error]).toEqual([host, undefined, expect.stringMatching(/not allowed|https required/)]);
    }
  }
  expect([connections, victim.deliveries]).toEqual([0, []]);
});

test('A host with an empty label is not resolved.', async () => {
  for (const host of NO_NAMES) {
    const { statusCode, error } = await post(`https://${host}:${port()}/hook`);
    expect([host, statusCode, error]).toEqual([
      host,
      undefined,
      expect.stringMatching(/^host name not valid: empty label/),
    ]);
  }
  expect([connections, victim.deliveries]).toEqual([0, []]);
});

test('A name with any non-public address is not connected to.', async () => {
  for (const name of Object.keys(NAMES).filter((name) => name !== 'rebinding.example')) {
    const { statusCode, error } = await post(`https://${name}:${port()}/hook`);
    expect([name, statusCode, error]).toEqual([name, undefined, 'host not allowed or not found']);
    expect(dns.asked(name)).toBe(1);
  }
  expect([connections, victim.deliveries]).toEqual([0, []]);
});

test('Each post resolves a name once and connects to the checked address, so that DNS rebinding fails.', async () => {
  const url = `http://rebinding.example:${port()}/hook`;
  expect((await post(url)).statusCode).toBe(204);
  expect([dns.asked('rebinding.example'), open.deliveries.length]).toEqual([1, 1]);
  const { statusCode, error } = await post(url);
  expect([statusCode, error]).toEqual([undefined, 'https required, or host not allowed or not found']);
  expect([dns.asked('rebinding.example'), connections, victim.deliveries]).toEqual([2, 1, []]);
});

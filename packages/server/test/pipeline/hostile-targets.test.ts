import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Targets } from '#egress/targets.ts';
import { Poster } from '#webhooks/delivery/post.ts';
import { Receiver } from '../support/receiver.ts';
import { startResolver } from '../support/resolver.ts';

/**
 * Stands for a public address, because tests have none. The rules allow the address, and it belongs to this machine.
 */
const PUBLIC = '127.0.0.2';

const ADDRESSES = `
  127.0.0.1 127.1 127.0.1 127.255.255.254 0.0.0.0 0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255
  169.254.1.1 169.254.169.254 100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
  224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
  2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0xA9FEA9FE 2852039166 １２７.0.0.1 127。0。0。1 ⑫7.0.0.1
  [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::127.0.0.1] [fe80::1] [fec0::1] [fc00::1] [fd12:3456::1]
  [ff02::1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [2001:db8::1] [100::1]
  localhost LOCALHOST localhost. hook.localhost a.b.localhost. 127.0.0.1. 127%2e0%2e0%2e1 %31%32%37.0.0.1 127.0.0.1%2e
`
  .trim()
  .split(/\s+/);

/** Hosts that cannot be names. A resolver might convert some of them to addresses. */
const NO_NAMES = [
  '127.0.0.1..',
  '127.0.0.1...',
  'localhost..',
  'foo.localhost..',
  '10.1..',
  'a..b',
  '.example.com',
  '127。0。0。1。。',
];

/** Names and their addresses. With several entries, each query gets the next one, and later queries get the last. */
const NAMES: Record<string, string[][]> = {
  'loopback.example': [['127.0.0.1']],
  'loopback6.example': [['::1']],
  'private.example': [['10.1.2.3']],
  'metadata.example': [['169.254.169.254']],
  'shared.example': [['100.64.3.2']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'nat64.example': [['64:ff9b::7f00:1']],
  'mixed.example': [[PUBLIC, '127.0.0.1']],
  'mixed6.example': [[PUBLIC, '::1']],
  'nothing.example': [[]],
  'rebinding.example': [[PUBLIC], ['127.0.0.1']],
};

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
  const targets = new Targets({ networks: [`${PUBLIC}/32`], anywhere: false, proxied: false });
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

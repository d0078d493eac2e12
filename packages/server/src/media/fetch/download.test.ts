import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Targets } from '#egress/targets.ts';
import { ConnectionWatch } from '../../../test/support/connection-watch.ts';
import { NAMES, PUBLIC } from '../../../test/support/hostile-hosts.ts';
import { startResolver } from '../../../test/support/resolver.ts';
import { Downloader } from './download.ts';

/** Names that imitate other names, each with the address of this machine. */
const HOMOGRAPHS = ['l\u043ecalhost.example', '\u0430pple.example', 'xn--lcalhost-gqf.example'];

let dns: Awaited<ReturnType<typeof startResolver>>;
let allowed: Server;
let victims: Server[];
let port: number;
let watch: ConnectionWatch;
let downloader: Downloader;
let directory: string;
let reached: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-download-'));
  dns = await startResolver((name, nth) => {
    const answers = NAMES[name] ?? (name === 'allowed.example' ? [[PUBLIC]] : [['127.0.0.1']]);
    return answers[Math.min(nth, answers.length - 1)] ?? [];
  });
  allowed = createServer((request, response) => {
    const target = new URL(request.url ?? '/', 'http://allowed.example').searchParams.get('redirect');
    if (target === null) response.end('content');
    // `encodeURI` also encodes the brackets of an IPv6 address.
    else response.writeHead(302, { location: encodeURI(target).replaceAll('%5B', '[').replaceAll('%5D', ']') }).end();
  });
  allowed.listen(0, PUBLIC);
  await once(allowed, 'listening');
  port = (allowed.address() as AddressInfo).port;
  victims = ['127.0.0.1', '::1'].map((host) =>
    createServer((_request, response) => response.end('secret'))
      .on('connection', () => {
        reached += 1;
      })
      .listen(port, host),
  );
  await Promise.all(victims.map((victim) => once(victim, 'listening')));
  const targets = new Targets({ networks: [`${PUBLIC}/32`], loopback: false, proxied: false });
  downloader = new Downloader({ targets, resolve: dns.resolve });
  watch = new ConnectionWatch();
});
beforeEach(() => {
  reached = 0;
  watch.take();
});
afterAll(async () => {
  watch.stop();
  downloader.close();
  for (const server of [allowed, ...victims]) {
    server.closeAllConnections();
    server.close();
  }
  await dns.stop();
  rmSync(directory, { recursive: true, force: true });
});

const get = (url: string) =>
  downloader.get(new URL(url), { directory, limit: 1_000, signal: AbortSignal.timeout(10_000) });

const forbidden = () => watch.take(`${PUBLIC} ${port}`);
const FORBIDDEN = [...Object.keys(NAMES).filter((name) => name !== 'rebinding.example'), ...HOMOGRAPHS];

test.each(FORBIDDEN)('A download from %s, a name with a forbidden address, does not connect.', async (name) => {
  for (const scheme of ['http', 'https']) {
    const url = `${scheme}://${name}:${port}/a`;
    await expect(get(url)).rejects.toThrow('host not allowed or not found');
    const redirected = `http://allowed.example:${port}/?redirect=${encodeURIComponent(url)}`;
    await expect(get(redirected)).rejects.toThrow('host not allowed or not found');
  }
  expect([forbidden(), reached, readdirSync(directory)]).toEqual([[], 0, []]);
});

test('A name that changes to a forbidden address is resolved once for each request, and not connected to.', async () => {
  const url = `http://rebinding.example:${port}/a`;
  expect((await get(url)).byteLength).toBe('content'.length);
  expect(dns.asked('rebinding.example')).toBe(1);
  await expect(get(url)).rejects.toThrow('host not allowed or not found');
  expect(dns.asked('rebinding.example')).toBe(2);
  expect([forbidden(), reached]).toEqual([[], 0]);
});

test('An allowed name is downloaded, directly and after a redirect, so that these tests can fail.', async () => {
  const url = `http://allowed.example:${port}/a`;
  expect((await get(url)).byteLength).toBe('content'.length);
  expect((await get(`http://allowed.example:${port}/?redirect=${encodeURIComponent(url)}`)).byteLength).toBe(7);
  expect(watch.take()).toEqual([1, 2, 3].map(() => `${PUBLIC} ${port}`));
  await (await fetch(`http://127.0.0.1:${port}/a`)).arrayBuffer();
  expect([forbidden(), reached]).toEqual([[`127.0.0.1 ${port}`], 1]);
});

test('In the sandbox, a download from this machine is allowed, and none from another private address, also after a redirect.', async () => {
  const targets = new Targets({ networks: [], loopback: true, proxied: false });
  const sandbox = new Downloader({ targets, resolve: dns.resolve });
  const options = () => ({ directory, limit: 1_000, signal: AbortSignal.timeout(10_000) });
  const to = (url: string) => sandbox.get(new URL(url), options());
  const redirect = (url: string) => to(`http://${PUBLIC}:${port}/?redirect=${encodeURIComponent(url)}`);
  expect((await to(`http://${PUBLIC}:${port}/a`)).byteLength).toBe('content'.length);
  watch.take();
  for (const host of [
    '169.254.169.254',
    '0xA9FEA9FE',
    '10.0.0.1',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
  ]) {
    for (const get of [to, redirect]) {
      await expect(get(`http://${host}:${port}/a`)).rejects.toThrow('address not allowed');
    }
  }
  for (const name of ['metadata.example', 'private.example', 'nat64.example']) {
    for (const get of [to, redirect]) {
      await expect(get(`http://${name}:${port}/a`)).rejects.toThrow('host not allowed or not found');
    }
  }
  expect(forbidden()).toEqual([]);
  sandbox.close();
});

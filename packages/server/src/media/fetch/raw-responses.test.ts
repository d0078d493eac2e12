import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Targets } from '#egress/targets.ts';
import { Downloader } from './download.ts';

let server: Server;
let origin: string;
let directory: string;
let direct: Downloader;
/** Downloader whose proxy is the server itself. */
let proxied: Downloader;
/** Chunks of the response, each written when the previous one was flushed. */
let chunks: readonly string[];
let uncaught: string[];
const onUncaught = (error: unknown) => void uncaught.push(String(error));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-raw-'));
  server = createServer((socket) => {
    socket.on('error', () => undefined).setNoDelay(true);
    socket.once('data', async (request) => {
      const isFirst = /^(GET \S*\/a|CONNECT \S+) /.test(request.toString('latin1'));
      for (const chunk of isFirst ? chunks : ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'])
        await new Promise((flushed) => socket.write(chunk, flushed));
      socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = { networks: [], loopback: true };
  direct = new Downloader({ targets: new Targets({ ...rules, proxied: false }) });
  proxied = new Downloader({ targets: new Targets({ ...rules, proxied: true }), proxy: origin });
  process.on('uncaughtException', onUncaught);
});
afterAll(() => {
  process.off('uncaughtException', onUncaught);
  direct.close();
  proxied.close();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  uncaught = [];
});

/** @returns the content, or the message of the failure. */
async function download(downloader: Downloader, url: string): Promise<string> {
  const options = { directory, limit: 1_000_000, signal: AbortSignal.timeout(10_000) };
  try {
    return readFileSync((await downloader.get(new URL(url), options)).path, 'latin1');
  } catch (error) {
    return `failed: ${(error as Error).message}`;
  }
}

/** Bytes that are no HTTP. */
const JUNK = 'A'.repeat(70_000);
const head = (status: string, ...lines: string[]) => `HTTP/1.1 ${[status, ...lines].join('\r\n')}\r\n\r\n`;
const OK = head('200 OK', 'Content-Length: 2');
const CHUNKED = head('200 OK', 'Transfer-Encoding: chunked');

test.each<[string, string[], string | RegExp]>([
  ['more bytes than declared, in one packet', [`${OK}ok${JUNK}`], 'ok'],
  ['more bytes than declared, in the packet of the body', [OK, `ok${JUNK}`], 'ok'],
  ['more bytes than declared, in a later packet', [OK, 'ok', JUNK], 'ok'],
  ['bytes after an empty body', [head('200 OK', 'Content-Length: 0') + JUNK], ''],
  ['a second response', [`${OK}ok${OK}no`], 'ok'],
  ['fewer bytes than declared', [`${OK}o`], 'failed: ECONNRESET'],
  ['bytes after the last chunk', [`${CHUNKED}2\r\nok\r\n0\r\n\r\n${JUNK}`], 'ok'],
  ['an invalid chunk', [`${CHUNKED}2\r\nok\r\nZZZ\r\n${JUNK}`], 'failed: ECONNRESET'],
  ['a length and chunks', [head('200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked')], /^failed: HPE_/],
  ['two lengths', [head('200 OK', 'Content-Length: 2', 'Content-Length: 3')], /^failed: HPE_/],
  ['a negative length', [head('200 OK', 'Content-Length: -1')], /^failed: HPE_/],
  ['an endless header', [`HTTP/1.1 200 OK\r\nX: ${JUNK}`], 'failed: HPE_HEADER_OVERFLOW'],
  ['status 101', [head('101 S', 'Upgrade: x', 'Connection: upgrade') + JUNK], 'failed: no response'],
  ['status 204 and a body', [head('204 N') + JUNK], 'failed: HTTP 204'],
  ['status 404 and more bytes than declared', [`${head('404 N', 'Content-Length: 2')}no${JUNK}`], 'failed: HTTP 404'],
  ['status 500 and more bytes than declared', [`${head('500 N', 'Content-Length: 2')}no${JUNK}`], 'failed: HTTP 500'],
  ['a redirect and more bytes than declared', [`${head('302 F', 'Location: /ok', 'Content-Length: 0')}${JUNK}`], 'ok'],
  [
    'an invalid redirect and more bytes than declared',
    [`${head('302 F', 'Location: http://[::1', 'Content-Length: 0')}${JUNK}`],
    'failed: invalid redirect to http://[::1',
  ],
  ['no HTTP', [JUNK], /^failed: HPE_/],
  ['nothing', [], 'failed: ECONNRESET'],
])('A response with %s neither ends the process nor changes the content.', async (_name, response, expected) => {
  chunks = response;
  for (const downloader of [direct, proxied]) {
    const content = await download(downloader, `${origin}/a`);
    expect(content).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    // An error of the connection follows its packet within one turn of the event loop.
    await new Promise(setImmediate);
    expect(uncaught).toEqual([]);
  }
});

test.each<[string, string[], RegExp]>([
  ['bytes that are no TLS', [head('200 OK') + JUNK], /^failed: ERR_SSL_/],
  ['the end of the connection', [head('200 OK')], /^failed: ECONNRESET/],
  ['status 407 and more bytes than declared', [head('407 P', 'Content-Length: 2') + JUNK], /^failed: proxy: HTTP 407/],
  ['status 101', [head('101 S', 'Upgrade: x', 'Connection: upgrade') + JUNK], /^failed: host not allowed/],
  ['no HTTP', [JUNK], /^failed: HPE_/],
  ['nothing', [], /^failed: ECONNRESET/],
])('A proxy that answers CONNECT with %s does not end the process.', async (_name, response, expected) => {
  chunks = response;
  expect(await download(proxied, 'https://media.example/a')).toMatch(expected);
  await new Promise(setImmediate);
  expect(uncaught).toEqual([]);
});

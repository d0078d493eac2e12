import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const MIB = 1_048_576;
/** Divides each length of a body. */
const CHUNK = Buffer.alloc(65_536);

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

/** Sends a whole body, as a proxy does, and reads the response meanwhile. @returns the response, or the error of the connection. */
async function upload(path: string, bytes: number, headers: Record<string, string>): Promise<string> {
  const { port, host } = new URL(redcloud.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  let response = '';
  let failure: string | undefined;
  socket.on('data', (chunk) => {
    response += chunk.toString('latin1');
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code;
  });
  await once(socket, 'connect');
  const lines = Object.entries({ host, 'content-length': String(bytes), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const closed = once(socket, 'close');
  const body = Array.from({ length: bytes / CHUNK.length }, () => CHUNK);
  await pipeline(Readable.from(body), socket).catch((error) => {
    failure ??= error.code;
  });
  await closed;
  return failure ?? response;
}

test.each([
  ['An upload above the limit', '/api/core/media', { 'content-type': 'image/jpeg' }, 'HTTP/1.1 413 '],
  [
    'An upload of another type',
    '/api/core/media',
    { 'content-type': 'image/heic', 'content-length': String(20 * MIB) },
    'HTTP/1.1 415 ',
  ],
  [
    'An upload without a token',
    '/api/core/media',
    { 'content-type': 'image/jpeg', authorization: '' },
    'HTTP/1.1 401 ',
  ],
  [
    'A send above the limit',
    '/api/core/messages/send',
    { 'content-type': 'application/json', 'idempotency-key': 'early' },
    'HTTP/1.1 413 ',
  ],
  ['A request without a route', '/api/core/nothing', { 'content-type': 'image/jpeg' }, 'HTTP/1.1 404 '],
])('%s gets its response while its client is still sending.', async (_what, path, headers, status) => {
  for (let n = 0; n < 5; n += 1) {
    const bytes = Number((headers as Record<string, string>)['content-length'] ?? 27 * MIB);
    const response = await upload(path, bytes, { authorization: `Bearer ${TOKEN}`, ...headers });
    expect(response.slice(0, status.length)).toBe(status);
  }
});

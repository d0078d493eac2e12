import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const HOST = 'Host: localhost\r\n';
const REQUESTS = [
  `GET /openapi.json HTTP/1.1\r\n${HOST}\r\n`,
  `HEAD /openapi.json HTTP/1.1\r\n${HOST}\r\n`,
  `GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\n${HOST}\r\n`,
  `GET /console/console.js HTTP/1.1\r\n${HOST}\r\n`,
  `GET /metrics HTTP/1.1\r\n${HOST}\r\n`,
  `GET /nothing HTTP/1.1\r\n${HOST}\r\n`,
  `GET /api/core/messages?limit=100 HTTP/1.1\r\n${HOST}Authorization: Bearer ${TOKEN}\r\n\r\n`,
  `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nabcde`,
  `POST /console/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n`,
  `POST /console/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  `POST /sandbox/inbox HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 50000\r\n\r\n"${'x'.repeat(49_998)}"`,
  `GET /health/live HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  `GET / HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`,
  `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`,
  `GET /health/live HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: x\r\n\r\n`,
  'POST /api/auth/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n',
  `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 900000\r\n\r\n`,
  'NONSENSE\r\n\r\n',
];

interface Piece {
  request: string;
  count: number;
  /** Share of the text that is sent, from 0 to 1. */
  share: number;
  /** Whether the client reads from here on. */
  reads: boolean;
}

const piece = fc.record({
  request: fc.constantFrom(...REQUESTS),
  count: fc.constantFrom(1, 2, 15, 16, 17, 18, 20, 33, 60),
  share: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  reads: fc.boolean(),
});

let redcloud: TestRedCloud;
const sockets = new Set<Socket>();

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
afterAll(() => redcloud.stop());

async function isAlive(): Promise<boolean> {
  const { status } = await fetch(`${redcloud.url}/health/live`, { signal: AbortSignal.timeout(10_000) });
  return status === 200;
}

/** Sends the pieces. The response to another request after each piece shows that the server has read it. */
async function play(pieces: readonly Piece[]): Promise<void> {
  const { hostname, port } = new URL(redcloud.url);
  const socket = connect(Number(port), hostname);
  sockets.add(socket);
  socket.on('error', () => undefined).on('data', () => undefined);
  for (const { request, count, share, reads } of pieces) {
    if (reads) socket.resume();
    else socket.pause();
    const text = request.repeat(count);
    if (!socket.destroyed) socket.write(text.slice(0, Math.ceil(share * text.length)));
    expect(await isAlive()).toBe(true);
  }
  socket.destroy();
}

test('No sequence of pipelined, partial and unread requests stops the server or causes a server error.', {
  tags: 'slow',
}, async () => {
  const connection = fc.array(piece, { minLength: 1, maxLength: 6 });
  const atOnce = fc.array(connection, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(atOnce, async (connections) => {
      await Promise.all(connections.map(play));
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(redcloud.logged()).not.toContain('request_failed');
});

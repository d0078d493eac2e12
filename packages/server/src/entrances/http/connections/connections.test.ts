import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConnectionLimit, Connections } from './connections.ts';
import { TIMEOUTS } from './watch.ts';

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const LARGE = Buffer.alloc(16_000_000);

let now: number;
let limits: ConnectionLimit[];
let connections: Connections;
let server: Server;
let exchanges: Exchange[];
let handle: (exchange: Exchange) => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  now = 0;
  limits = [];
  exchanges = [];
  handle = ({ response }) => response.end('ok');
  connections = new Connections({
    onLimit: (limit) => limits.push(limit),
    refuseExpectation: (response) => response.writeHead(417).end(),
    unreadable: (code) => `HTTP/1.1 400 ${code}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    now: () => now,
  });
  server = connections.createServer((request, response) => {
    exchanges.push({ request, response });
    handle({ request, response });
  });
  server.setMaxListeners(0);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.length = 0;
  server.closeAllConnections();
  await once(server.close(), 'close');
});

/** Client that keeps its side of the connection open until it is destroyed. */
class Client {
  readonly socket: Socket;
  /** The server's end of the connection. */
  readonly peer: Socket;
  readonly ended: Promise<unknown>;
  text = '';

  constructor(socket: Socket, peer: Socket) {
    this.socket = socket;
    this.peer = peer;
    this.ended = Promise.race([once(socket, 'end'), once(socket, 'close')]);
    socket.on('error', () => undefined);
    sockets.push(socket);
  }

  static async open(): Promise<Client> {
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection');
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const [peer] = await accepted;
    return new Client(socket, peer);
  }

  read(): this {
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.text += text;
    });
    return this;
  }

  /** Resolves when the server has read the text. */
  async write(text: string): Promise<void> {
    const before = this.peer.bytesRead;
    this.socket.write(text, 'latin1');
    await expect.poll(() => this.peer.bytesRead).toBeGreaterThan(before);
  }

  responses(): number {
    return this.text.split('HTTP/1.1 ').length - 1;
  }
}

function sweepAt(ms: number): void {
  now = ms;
  connections.sweep();
}

describe('Pipelined requests', () => {
  test('At most 16 requests of a connection are dispatched and unanswered at the same time.', async () => {
    handle = () => undefined;
    const client = (await Client.open()).read();
    let parsed = 0;
    server.on('request', () => {
      parsed += 1;
    });
    await client.write(GET.repeat(2_000));
    await expect.poll(() => exchanges.length).toBe(16);
    expect(limits).toEqual(['unanswered_requests']);
    expect(parsed).toBeLessThan(200);
    exchanges[0]?.response.end('first');
    await expect.poll(() => exchanges.length).toBe(17);
    handle = ({ response }) => response.end('ok');
    for (const { response } of exchanges) response.end('ok');
    await expect.poll(() => client.responses()).toBe(2_000);
    expect(client.text.indexOf('first')).toBeLessThan(client.text.indexOf('ok'));
  });

  test('Requests behind large unread responses are processed after the client has read those.', async () => {
    const body = 'x'.repeat(64_000);
    handle = ({ response }) => response.end(body);
    const client = await Client.open();
    // More than 16, so that reading stops. Node stops reading as well, because of the responses.
    await client.write(GET.repeat(17));
    await expect.poll(() => exchanges.length).toBe(17);
    for (const count of [1, 5, 20]) client.socket.write(GET.repeat(count));
    client.read();
    await expect.poll(() => client.responses()).toBe(43);
    expect(client.text.length).toBeGreaterThan(43 * body.length);
  });

  test('Held requests are dispatched one at a time, in turn with those of other connections.', async () => {
    handle = () => undefined;
    const [many, other] = [await Client.open(), await Client.open()];
    await many.write(GET.repeat(100));
    await expect.poll(() => exchanges.length).toBe(16);
    const order: Socket[] = [];
    handle = ({ request, response }) => {
      order.push(request.socket);
      response.end('ok');
    };
    for (const { response } of exchanges) response.end('ok');
    await other.write(GET.repeat(10));
    await expect.poll(() => order.length).toBe(94);
    const last = order.lastIndexOf(other.peer);
    expect(order.slice(0, last).filter((socket) => socket === many.peer).length).toBeLessThan(84);
  });

  test('A body that arrives after other requests is read when its request is dispatched.', async () => {
    handle = async ({ request, response }) => {
      let length = 0;
      for await (const chunk of request) length += chunk.length;
      response.end(`${request.method} ${length}`);
    };
    const client = (await Client.open()).read();
    const body = 'x'.repeat(300_000);
    await client.write(GET.repeat(40));
    await client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}${GET}`);
    await expect.poll(() => client.responses()).toBe(42);
    expect(client.text).toMatch(/POST 300000[\s\S]*GET 0$/);
  });

  test('Requests of any size, in chunks of any size, get responses in order.', async () => {
    handle = async ({ request, response }) => {
      let length = 0;
      for await (const chunk of request) length += chunk.length;
      response.end(`${length};`);
    };
    const size = fc.oneof(
      fc.constant(0),
      fc.integer({ max: 9_000, min: 1 }),
      fc.integer({ min: 60_000, max: 140_000 }),
    );
    const inputs = [fc.array(size, { minLength: 1, maxLength: 60 }), fc.integer({ min: 500, max: 100_000 })] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (sizes, segment) => {
        const client = (await Client.open()).read();
        const requests = sizes.map(
          (length) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`,
        );
        const text = requests.join('');
        for (let at = 0; at < text.length; at += segment) {
          client.socket.write(text.slice(at, at + segment), 'latin1');
          await new Promise(setImmediate);
        }
        await expect.poll(() => client.text.match(/\d+(?=;)/g)?.map(Number)).toEqual(sizes);
        client.socket.destroy();
      }),
      { numRuns: 15 },
    );
  });

  test('A connection that exceeds the bound of parsed requests of all connections is closed.', async () => {
    handle = () => undefined;
    const clients = await Promise.all(Array.from({ length: 100 }, () => Client.open()));
    for (const { socket } of clients) socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(500));
    await Promise.race(clients.map(({ ended }) => ended));
    await expect.poll(() => limits.filter((limit) => limit === 'parsed_requests').length).toBeGreaterThan(0);
    expect(clients.some(({ socket }) => !socket.destroyed)).toBe(true);
  });

  test('Invalid bytes are rejected after the responses to the requests before them.', async () => {
    handle = () => undefined;
    const client = (await Client.open()).read();
    await client.write(`${GET.repeat(20)}nonsense\r\n\r\n`);
    await expect.poll(() => exchanges.length).toBe(16);
    handle = ({ response }) => response.end('ok');
    for (const { response } of exchanges) response.end('ok');
    await client.ended;
    expect(client.text.match(/HTTP\/1.1 \d+/g)).toEqual([...Array(20).fill('HTTP/1.1 200'), 'HTTP/1.1 400']);
  });

  test('Expect headers get responses in the order of their requests.', async () => {
    const client = (await Client.open()).read();
    const expecting = (what: string) => `GET / HTTP/1.1\r\nHost: x\r\nExpect: ${what}\r\n\r\n`;
    await client.write(`${GET}${expecting('miracles')}${expecting('100-continue')}`);
    await expect
      .poll(() => client.text.match(/HTTP\/1.1 \d+/g)?.map((line) => line.slice(9)))
      .toEqual(['200', '417', '100', '200']);
  });
});

describe('Closed connections', () => {
  test('A connection whose client sends nothing is closed, even if the client keeps its side open.', async () => {
    const client = await Client.open();
    sweepAt(TIMEOUTS.headers);
    expect(limits).toEqual([]);
    sweepAt(TIMEOUTS.headers + 1);
    client.read();
    await client.ended;
    expect(limits).toEqual(['headers_timeout']);
  });

  test('A connection is closed with 408 if the headers of its first request take too long.', async () => {
    const client = (await Client.open()).read();
    await client.write('GET / HTTP/1.1\r\nHost: x\r\nX: ');
    sweepAt(TIMEOUTS.headers + 1);
    await client.ended;
    expect(client.text).toContain('ERR_HTTP_REQUEST_TIMEOUT');
    expect(limits).toEqual(['headers_timeout']);
    sweepAt(now + 1);
    sweepAt(now + 1 + TIMEOUTS.closing);
    await expect.poll(() => client.peer.destroyed).toBe(true);
  });

  test('A connection is closed if the headers of a later request take too long.', async () => {
    const client = (await Client.open()).read();
    await client.write(GET);
    await expect.poll(() => client.responses()).toBe(1);
    sweepAt(1_000);
    await client.write('GET / HTTP/1.1\r\nX: ');
    sweepAt(2_000);
    sweepAt(2_000 + TIMEOUTS.headers);
    expect(limits).toEqual([]);
    sweepAt(2_001 + TIMEOUTS.headers);
    await client.ended;
    expect(limits).toEqual(['headers_timeout']);
  });

  test('A connection is closed with 408 if a body takes too long.', async () => {
    handle = ({ request }) => request.resume();
    const client = (await Client.open()).read();
    await client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
    await expect.poll(() => exchanges.length).toBe(1);
    sweepAt(1_000);
    await client.write('2');
    sweepAt(1_000 + TIMEOUTS.body);
    expect(limits).toEqual([]);
    sweepAt(1_001 + TIMEOUTS.body);
    await client.ended;
    expect(client.text).toContain('ERR_HTTP_REQUEST_TIMEOUT');
    expect(limits).toEqual(['body_timeout']);
  });

  test('A connection is closed without another response if the rest of a body does not follow after the response.', async () => {
    const client = (await Client.open()).read();
    await client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
    await expect.poll(() => client.responses()).toBe(1);
    sweepAt(1_000);
    sweepAt(1_001 + TIMEOUTS.body);
    await client.ended;
    expect(client.responses()).toBe(1);
  });

  test('A connection is closed if it stays idle after a response.', async () => {
    const client = (await Client.open()).read();
    await client.write(GET);
    await expect.poll(() => client.responses()).toBe(1);
    sweepAt(TIMEOUTS.headers + 1);
    sweepAt(TIMEOUTS.headers + 1 + TIMEOUTS.keepAlive);
    expect(client.socket.readableEnded).toBe(false);
    sweepAt(TIMEOUTS.headers + 2 + TIMEOUTS.keepAlive);
    await client.ended;
    expect(limits).toEqual([]);
  });

  test('A connection is closed if its client does not read a response.', async () => {
    handle = ({ response }) => response.end(LARGE);
    const client = await Client.open();
    await client.write(GET);
    await expect.poll(() => client.peer.writableLength).toBeGreaterThan(0);
    sweepAt(1_000);
    sweepAt(1_000 + TIMEOUTS.unread);
    expect(limits).toEqual([]);
    sweepAt(1_001 + TIMEOUTS.unread);
    expect(limits).toEqual(['unread_timeout']);
    await expect.poll(() => client.peer.destroyed).toBe(true);
    client.read();
    await client.ended;
  });
});

describe('Open connections', () => {
  test('A connection stays open during a slow response and during a silent event stream.', async () => {
    handle = ({ request, response }) => {
      if (request.url === '/stream') response.writeHead(200).write('event');
    };
    const slow = (await Client.open()).read();
    const stream = (await Client.open()).read();
    await slow.write(GET);
    await stream.write(GET.replace('/', '/stream'));
    await expect.poll(() => stream.text).toContain('event');
    await expect.poll(() => exchanges.length).toBe(2);
    for (let at = 0; at <= 3_600_000; at += 10_000) sweepAt(at);
    for (const { response } of exchanges) response.end('done');
    await expect.poll(() => [slow.text, stream.text].map((text) => text.includes('done'))).toEqual([true, true]);
    expect(limits).toEqual([]);
  });

  test('A connection stays open while the server does not read a body.', async () => {
    handle = () => undefined;
    const client = (await Client.open()).read();
    await client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1');
    await expect.poll(() => exchanges.length).toBe(1);
    for (let at = 0; at <= 600_000; at += 10_000) sweepAt(at);
    await client.write('2');
    exchanges[0]?.response.end('done');
    await expect.poll(() => client.text).toContain('done');
    expect(limits).toEqual([]);
  });

  test('A connection stays open while its client reads slowly.', async () => {
    handle = ({ response }) => {
      for (let i = 0; i < 16; i += 1) response.write(LARGE.subarray(0, 1_000_000));
      response.end();
    };
    const client = await Client.open();
    await client.write(GET);
    await expect.poll(() => client.peer.writableLength).toBeGreaterThan(0);
    let at = 0;
    while (client.peer.writableLength > 0) {
      const before = client.peer.writableLength;
      at += TIMEOUTS.unread;
      sweepAt(at);
      while (client.peer.writableLength === before) {
        client.socket.read();
        await new Promise(setImmediate);
      }
    }
    expect(limits).toEqual([]);
  });
});

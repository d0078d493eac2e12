import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Certificate, selfSigned } from '../../../test/support/certificate.ts';
import { CONTINUE, NO_CONTENT, type RawAnswer, RawReceiver } from '../../../test/support/raw-receiver.ts';
import { Receiver } from '../../../test/support/receiver.ts';
import { Poster } from './post.ts';
import { type Resolve, type TargetRules, Targets } from './targets.ts';

const LOOPBACK = ['127.0.0.0/8'];
const BODY = '{"type":"message.sent"}';

let receiver: Receiver;
let stops: (() => unknown)[];

beforeEach(async () => {
  receiver = await Receiver.start();
  stops = [() => receiver.stop()];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
});

interface Settings extends Partial<TargetRules> {
  resolve?: Resolve;
  proxy?: string;
}

function poster({ resolve, proxy, ...rules }: Settings = {}): Poster {
  const targets = new Targets({ networks: [], anywhere: false, proxied: proxy !== undefined, ...rules });
  const made = new Poster({ targets, ...(resolve ? { resolve } : {}), ...(proxy ? { proxy } : {}) });
  stops.push(() => made.close());
  return made;
}

const post = (through: Poster, url: string) => through.post(new URL(url), { 'content-type': 'application/json' }, BODY);
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const receiverPort = () => new URL(receiver.url).port;

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** Resolver that returns these answers one after the other, with a list of the names that were resolved. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = (name, _options, callback) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { asked, resolve };
}

describe('Attempts', () => {
  test('An attempt at a forbidden address fails, and nothing is sent there.', async () => {
    expect(await post(poster(), receiver.url)).toEqual({
      statusCode: undefined,
      error: 'address not allowed: 127.0.0.1',
      responseStart: '',
    });
    expect(receiver.deliveries).toEqual([]);
  });

  test('An attempt at an allowed network succeeds, as does any attempt in the sandbox.', async () => {
    for (const rules of [{ networks: LOOPBACK }, { anywhere: true }]) {
      expect(await post(poster(rules), receiver.url)).toMatchObject({ statusCode: 204, error: undefined });
    }
    expect(receiver.deliveries.map(({ rawBody }) => rawBody)).toEqual([BODY, BODY]);
  });

  test('An attempt at a name that resolves to a forbidden address fails, regardless of its other addresses.', async () => {
    for (const addresses of [['169.254.169.254'], ['93.184.216.34', '169.254.169.254'], ['169.254.169.254', '::1']]) {
      const { resolve } = resolver(addresses);
      const { error, statusCode } = await post(poster({ resolve }), 'https://hook.example/');
      expect([statusCode, error]).toEqual([undefined, 'host not allowed or not found']);
    }
  });

  test('An unknown name has the same error as a name with a forbidden address, except for the operator’s reason.', async () => {
    const unknown: Resolve = (name, _options, callback) =>
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    const resolves = [unknown, resolver([]).resolve, resolver(['10.1.2.3']).resolve, resolver(['::1']).resolve];
    const answers = await Promise.all(resolves.map((resolve) => post(poster({ resolve }), 'https://db.internal/')));
    expect(new Set(answers.map(({ reason: _, ...customers }) => JSON.stringify(customers))).size).toBe(1);
    expect(answers.map(({ reason }) => reason)).toEqual([
      'getaddrinfo ENOTFOUND db.internal',
      'no address: db.internal',
      'address not allowed: 10.1.2.3 (db.internal)',
      'address not allowed: ::1 (db.internal)',
    ]);
  });

  test('The socket connects to the checked address, and the name is resolved only once.', async () => {
    const { asked, resolve } = resolver(['127.0.0.1'], ['169.254.169.254']);
    const through = poster({ networks: LOOPBACK, resolve });
    expect(await post(through, `http://hook.example:${receiverPort()}/`)).toMatchObject({ statusCode: 204 });
    expect(asked).toEqual(['hook.example']);
  });

  test('Plain HTTP fails if the name resolves to an address outside of the allowed networks.', async () => {
    const { resolve } = resolver(['127.0.0.1', '93.184.216.34']);
    const { error } = await post(poster({ networks: LOOPBACK, resolve }), `http://hook.example:${receiverPort()}/`);
    expect(error).toBe('https required, or host not allowed or not found');
    expect((await post(poster(), 'http://hook.example/')).error).toBe('https required');
  });

  test('An attempt does not follow a redirect to a forbidden target.', async () => {
    const redirecting = await listening(
      createHttpServer((_request, response) => response.writeHead(307, { location: receiver.url }).end()),
    );
    const answer = await post(poster({ networks: LOOPBACK }), `http://127.0.0.1:${portOf(redirecting)}/`);
    expect(answer).toMatchObject({ statusCode: 307, error: 'HTTP 307' });
    expect(receiver.deliveries).toEqual([]);
  });
});

/** Certificate that this process trusts until the test ends. */
function trusted(name = 'hook.example'): Certificate {
  const before = getCACertificates('default');
  const certificate = selfSigned(`DNS:${name}`);
  setDefaultCACertificates([...before, certificate.cert]);
  stops.push(() => setDefaultCACertificates(before));
  return certificate;
}

const secureServer = (): Promise<Server> =>
  listening(createHttpsServer(trusted(), (_request, response) => response.writeHead(202).end()));

test('The certificate must match the name, although the socket gets an address.', async () => {
  const server = await secureServer();
  const { resolve } = resolver(['127.0.0.1']);
  const through = poster({ networks: LOOPBACK, resolve });
  expect(await post(through, `https://hook.example:${portOf(server)}/`)).toMatchObject({ statusCode: 202 });
  const other = await post(through, `https://other.example:${portOf(server)}/`);
  expect(other.error).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

interface Asked {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
}

/**
 * Egress proxy that connects every name to this machine.
 * @param answer behaviour at CONNECT. A status rejects the tunnel.
 */
async function startProxy(answer: 'tunnels' | 'says nothing' | 'breaks off' | number = 'tunnels', tls?: Certificate) {
  const asked: Asked[] = [];
  const note = ({ method, url, headers }: IncomingMessage) =>
    asked.push({ method, url, authorization: headers['proxy-authorization'] });
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('request', (request, response) => {
    note(request);
    response.writeHead(200).end();
  });
  server.on('connect', (request, socket) => {
    note(request);
    socket.on('error', () => undefined);
    stops.push(async () => socket.destroy());
    if (answer === 'says nothing') return;
    if (typeof answer === 'number') return socket.end(`HTTP/1.1 ${answer} Refused\r\n\r\n`);
    if (answer === 'breaks off') {
      socket.once('data', () => (socket as Socket).resetAndDestroy());
      return socket.write('HTTP/1.1 200 OK\r\n\r\n');
    }
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    return;
  });
  await listening(server);
  const host = tls ? 'https://us:p%40ss@localhost' : 'http://us:p%40ss@127.0.0.1';
  return { asked, url: `${host}:${portOf(server)}` };
}

const BASIC = `Basic ${Buffer.from('us:p@ss').toString('base64')}`;

describe('An egress proxy', () => {
  test('The proxy resolves the name, and TLS ends at the endpoint.', async () => {
    const [server, proxy] = [await secureServer(), await startProxy()];
    const { asked, resolve } = resolver(['127.0.0.1']);
    const url = `https://hook.example:${portOf(server)}/`;
    expect(await post(poster({ proxy: proxy.url, resolve }), url)).toMatchObject({ statusCode: 202, error: undefined });
    expect(proxy.asked).toEqual([{ method: 'CONNECT', url: `hook.example:${portOf(server)}`, authorization: BASIC }]);
    expect(asked).toEqual([]);
  });

  test('A URL that is forbidden as it is written does not reach the proxy.', async () => {
    const proxy = await startProxy();
    const through = poster({ proxy: proxy.url, networks: ['10.0.0.0/8'] });
    expect((await post(through, receiver.url)).error).toBe('address not allowed: 127.0.0.1');
    expect((await post(through, 'https://localhost/')).error).toBe('address not allowed: localhost');
    expect((await post(through, 'http://hook.example/')).error).toBe('https required');
    expect(proxy.asked).toEqual([]);
  });

  test('Plain HTTP to an allowed network is forwarded.', async () => {
    const proxy = await startProxy();
    expect(await post(poster({ proxy: proxy.url, networks: LOOPBACK }), receiver.url)).toMatchObject({
      statusCode: 200,
    });
    expect(proxy.asked).toEqual([{ method: 'POST', url: receiver.url, authorization: BASIC }]);
  });

  test("The proxy's rejection is the error of the attempt, without the password.", async () => {
    const proxy = await startProxy(407);
    const { error, statusCode } = await post(poster({ proxy: proxy.url }), 'https://hook.example/');
    expect(statusCode).toBeUndefined();
    expect(error).toContain('407');
    expect(error).not.toMatch(/p%40ss|p@ss|Basic/);
  });

  test('All rejections of a tunnel except 407 have the same error, and the status is in the reason only.', async () => {
    for (const status of [403, 404, 502, 503, 504]) {
      const through = poster({ proxy: (await startProxy(status)).url });
      expect(await post(through, 'https://hook.example/')).toMatchObject({
        statusCode: undefined,
        error: 'host not allowed, not found or not reached',
        reason: `proxy: HTTP ${status}`,
      });
    }
  });

  test('A tunnel that breaks off before TLS fails the attempt.', async () => {
    const through = poster({ proxy: (await startProxy('breaks off')).url });
    expect(await post(through, 'https://hook.example/')).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
  });

  test('A proxy may be reached by TLS, with a certificate of its own name.', async () => {
    const [server, proxy] = [await secureServer(), await startProxy('tunnels', trusted('localhost'))];
    const through = poster({ proxy: proxy.url, networks: LOOPBACK });
    const url = `https://hook.example:${portOf(server)}/`;
    expect(await post(through, url)).toMatchObject({ statusCode: 202, error: undefined });
    expect(await post(through, receiver.url)).toMatchObject({ statusCode: 200, error: undefined });
    expect(proxy.asked.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['CONNECT', BASIC],
      ['POST', BASIC],
    ]);
  });

  test('A proxy that is unreachable or silent fails the attempt in time.', { tags: 'slow' }, async () => {
    const silent = await startProxy('says nothing');
    const startedAt = performance.now();
    const [none, away] = await Promise.all([
      post(poster({ proxy: silent.url }), 'https://hook.example/'),
      post(poster({ proxy: 'http://127.0.0.1:1' }), 'https://hook.example/'),
    ]);
    expect(away.error).toBe('ECONNREFUSED');
    expect(none.error).toBe('proxy: no tunnel within 5 s');
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});

const INTERIM: [string, string][] = [
  ['100 Continue', CONTINUE],
  ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'],
  ['100, 102, 103 and 199', [100, 102, 103, 199].map((status) => `HTTP/1.1 ${status} Wait\r\nX: 1\r\n\r\n`).join('')],
  ['100 twice', CONTINUE + CONTINUE],
];

describe('Interim responses', () => {
  async function receiving(answer: RawAnswer): Promise<RawReceiver> {
    const raw = await RawReceiver.start(answer);
    stops.push(() => raw.stop());
    return raw;
  }

  test.each(INTERIM)(
    '%s before the final response is ignored, and the connection is used again.',
    async (_name, bytes) => {
      const raw = await receiving((socket) => socket.write(bytes + NO_CONTENT));
      const through = poster({ networks: LOOPBACK });
      for (let i = 0; i < 3; i += 1)
        expect(await post(through, raw.url)).toMatchObject({ statusCode: 204, error: undefined });
      expect([raw.bodies, raw.connections]).toEqual([[BODY, BODY, BODY], 1]);
    },
  );

  test('Interim responses are ignored even if each byte arrives separately.', async () => {
    const raw = await receiving((socket) => {
      const bytes = [...(CONTINUE + INTERIM[2]?.[1] + NO_CONTENT)];
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined) socket.write(byte, () => setImmediate(next));
      };
      next();
    });
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ statusCode: 204, error: undefined });
    expect(raw.bodies).toEqual([BODY]);
  });

  test.each([
    ['with the protocol', 'Connection: upgrade\r\nUpgrade: websocket\r\n'],
    ['without a protocol', ''],
  ])('A switch of protocols %s fails the attempt, also after 100 Continue.', async (_name, headers) => {
    const closed = Promise.withResolvers<void>();
    const raw = await receiving((socket) => {
      socket.once('close', closed.resolve);
      socket.write(`${CONTINUE}HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
    });
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ statusCode: 101, error: 'HTTP 101' });
    await closed.promise;
    expect(raw.bodies).toEqual([BODY]);
  });

  test('A connection that closes after interim responses fails the attempt, and the body is not sent again.', async () => {
    const raw = await receiving((socket, nth) => (nth === 0 ? socket.write(NO_CONTENT) : socket.end(CONTINUE)));
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies, raw.connections]).toEqual([[BODY, BODY], 1]);
  });

  test('A failure after 100 Continue is the final response, with its body and Retry-After.', async () => {
    const raw = await receiving((socket) => {
      socket.write(`${CONTINUE}HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy`);
    });
    const expected = { statusCode: 503, error: 'HTTP 503', responseStart: 'busy', retryAfter: '7' };
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject(expected);
  });

  test('An endpoint that sends only interim responses is cut off after 32 of them.', async () => {
    const raw = await receiving((socket) => {
      const more = (): boolean => socket.writable && socket.write(CONTINUE, () => setImmediate(more));
      more();
    });
    const { statusCode, error } = await post(poster({ networks: LOOPBACK }), raw.url);
    expect([statusCode, error]).toEqual([undefined, 'more than 32 interim responses']);
  });

  test('100 Continue is ignored in a tunnel, and from a proxy that forwards plain HTTP.', async () => {
    const answer: RawAnswer = (socket) => socket.write(CONTINUE + NO_CONTENT);
    const secure = await RawReceiver.start(answer, trusted());
    const forwarding = await receiving(answer);
    stops.push(() => secure.stop());
    const tunnel = poster({ proxy: (await startProxy()).url });
    expect(await post(tunnel, `https://hook.example:${secure.port}/`)).toMatchObject({
      statusCode: 204,
      error: undefined,
    });
    const forward = poster({ proxy: forwarding.url, networks: LOOPBACK });
    expect(await post(forward, receiver.url)).toMatchObject({ statusCode: 204, error: undefined });
    expect([secure.bodies, forwarding.bodies, receiver.deliveries]).toEqual([[BODY], [BODY], []]);
  });
});

describe('A reused connection', () => {
  /** Closes each connection on its second request, as the test defines. */
  async function closing(close: RawAnswer, certificate?: Certificate): Promise<RawReceiver> {
    const answer: RawAnswer = (socket, nth, body) => (nth === 0 ? socket.write(NO_CONTENT) : close(socket, nth, body));
    const raw = await RawReceiver.start(answer, certificate);
    stops.push(() => raw.stop());
    return raw;
  }

  const CLOSES: [string, RawAnswer][] = [
    ['closed', (socket) => socket.end()],
    ['destroyed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ];

  test.each(CLOSES)('A body is sent again on a new connection if a reused one is %s.', async (_name, close) => {
    const raw = await closing(close);
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: 204, error: undefined });
    expect([raw.bodies.length, raw.connections]).toEqual([3, 2]);
  });

  test('Reused TLS connections and tunnels are replaced as well.', async () => {
    for (const [, close] of CLOSES.slice(0, 2)) {
      const raw = await closing(close, trusted());
      const { resolve } = resolver(['127.0.0.1']);
      const proxy = (await startProxy()).url;
      for (const through of [poster({ networks: LOOPBACK, resolve }), poster({ proxy })]) {
        const url = `https://hook.example:${raw.port}/`;
        await post(through, url);
        expect(await post(through, url)).toMatchObject({ statusCode: 204, error: undefined });
      }
      expect([raw.bodies.length, raw.connections]).toEqual([6, 4]);
    }
  });

  test('A reused connection is replaced once, and the second failure is that of the attempt.', async () => {
    let isClosing = false;
    const raw = await RawReceiver.start((socket) => (isClosing ? socket.end() : socket.write(NO_CONTENT)));
    stops.push(() => raw.stop());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    isClosing = true;
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies.length, raw.connections]).toEqual([3, 2]);
  });

  test('A new connection that closes without a byte is not replaced.', async () => {
    const raw = await RawReceiver.start((socket) => socket.end());
    stops.push(() => raw.stop());
    expect(await post(poster({ networks: LOOPBACK }), raw.url)).toMatchObject({ error: 'ECONNRESET' });
    expect(raw.bodies.length).toBe(1);
  });

  test('A body is not sent again after a single byte of a response.', async () => {
    const raw = await closing((socket) => socket.end('H'));
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    expect(await post(through, raw.url)).toMatchObject({ statusCode: undefined, error: 'ECONNRESET' });
    expect([raw.bodies.length, raw.connections]).toEqual([2, 1]);
  });

  test('The ten seconds of an attempt count from its beginning, also on its second connection.', {
    tags: 'slow',
  }, async () => {
    const sockets: Socket[] = [];
    let arrived = Promise.withResolvers<void>();
    const raw = await RawReceiver.start((socket) => {
      if (raw.bodies.length === 1) return socket.write(NO_CONTENT);
      sockets.push(socket);
      return arrived.resolve();
    });
    stops.push(() => raw.stop());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    stops.push(() => vi.useRealTimers());
    let isOver = false;
    const late = post(through, raw.url).finally(() => {
      isOver = true;
    });
    await arrived.promise;
    arrived = Promise.withResolvers();
    vi.advanceTimersByTime(6_000);
    sockets[0]?.destroy();
    await arrived.promise;
    const later = post(through, raw.url);
    vi.advanceTimersByTime(3_999);
    expect(isOver).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await late).toMatchObject({ statusCode: undefined, error: 'no answer within 10 s' });
    vi.advanceTimersByTime(6_000);
    expect(await later).toMatchObject({ statusCode: undefined, error: 'no answer within 10 s' });
  });

  test('A stopped attempt is not sent again.', async () => {
    const arrived = Promise.withResolvers<void>();
    const raw = await closing(() => arrived.resolve());
    const through = poster({ networks: LOOPBACK });
    await post(through, raw.url);
    const stopped = post(through, raw.url);
    await arrived.promise;
    through.stop();
    expect(await stopped).toMatchObject({ error: 'no answer before the stop' });
    expect([raw.bodies.length, raw.connections]).toEqual([2, 1]);
    expect(await post(through, raw.url)).toMatchObject({ error: 'no answer before the stop' });
  });
});

import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../test/support/certificate.ts';
import { Receiver } from '../../test/support/receiver.ts';
import { Poster } from './post.ts';
import { type Resolve, type TargetRules, Targets } from './targets.ts';

const LOOPBACK = ['127.0.0.0/8'];
const BODY = '{"type":"message.sent"}';

let receiver: Receiver;
let stops: (() => Promise<unknown>)[];

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

/** A resolver whose answers are these, one after the other; and how often it was asked. */
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

describe('an attempt', () => {
  test('to an address that is not allowed fails, and nothing is sent there', async () => {
    expect(await post(poster(), receiver.url)).toEqual({
      statusCode: undefined,
      error: 'address not allowed: 127.0.0.1',
      responseStart: '',
    });
    expect(receiver.deliveries).toEqual([]);
  });

  test('to an allowed network and in the sandbox gets there', async () => {
    for (const rules of [{ networks: LOOPBACK }, { anywhere: true }]) {
      expect(await post(poster(rules), receiver.url)).toMatchObject({ statusCode: 204, error: undefined });
    }
    expect(receiver.deliveries.map(({ rawBody }) => rawBody)).toEqual([BODY, BODY]);
  });

  test('to a name that leads to a forbidden address fails, whatever else it leads to', async () => {
    for (const addresses of [['169.254.169.254'], ['93.184.216.34', '169.254.169.254'], ['169.254.169.254', '::1']]) {
      const { resolve } = resolver(addresses);
      const { error, statusCode } = await post(poster({ resolve }), 'https://hook.example/');
      expect([statusCode, error]).toEqual([undefined, 'address not allowed: hook.example']);
    }
  });

  test('connects to the address that was checked: the name is resolved once, and not again for the socket', async () => {
    const { asked, resolve } = resolver(['127.0.0.1'], ['169.254.169.254']);
    const through = poster({ networks: LOOPBACK, resolve });
    expect(await post(through, `http://hook.example:${receiverPort()}/`)).toMatchObject({ statusCode: 204 });
    expect(asked).toEqual(['hook.example']);
  });

  test('in plain HTTP fails where its name leads outside of the allowed networks', async () => {
    const { resolve } = resolver(['127.0.0.1', '93.184.216.34']);
    const { error } = await post(poster({ networks: LOOPBACK, resolve }), `http://hook.example:${receiverPort()}/`);
    expect(error).toBe('https required');
    expect((await post(poster(), 'http://hook.example/')).error).toBe('https required');
  });

  test('does not follow a redirect to where it may not go', async () => {
    const redirecting = await listening(
      createHttpServer((_request, response) => response.writeHead(307, { location: receiver.url }).end()),
    );
    const answer = await post(poster({ networks: LOOPBACK }), `http://127.0.0.1:${portOf(redirecting)}/`);
    expect(answer).toMatchObject({ statusCode: 307, error: 'HTTP 307' });
    expect(receiver.deliveries).toEqual([]);
  });
});

/** A server for `hook.example` whose certificate this process trusts. */
async function secureServer(): Promise<Server> {
  const trusted = getCACertificates('default');
  const { key, cert } = selfSigned('DNS:hook.example');
  setDefaultCACertificates([...trusted, cert]);
  stops.push(async () => setDefaultCACertificates(trusted));
  return listening(createHttpsServer({ key, cert }, (_request, response) => response.writeHead(202).end()));
}

test('the certificate must be that of the name, though the socket is given an address', async () => {
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

/** An egress proxy that leads every name to this machine. */
async function startProxy(answer: 'tunnels' | 'refuses' | 'says nothing' = 'tunnels') {
  const asked: Asked[] = [];
  const note = ({ method, url, headers }: IncomingMessage) =>
    asked.push({ method, url, authorization: headers['proxy-authorization'] });
  const server = createHttpServer((request, response) => {
    note(request);
    response.writeHead(200).end();
  });
  server.on('connect', (request, socket) => {
    note(request);
    socket.on('error', () => undefined);
    stops.push(async () => socket.destroy());
    if (answer === 'says nothing') return;
    if (answer === 'refuses') return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    return;
  });
  await listening(server);
  return { asked, url: `http://us:p%40ss@127.0.0.1:${portOf(server)}` };
}

const BASIC = `Basic ${Buffer.from('us:p@ss').toString('base64')}`;

describe('through an egress proxy', () => {
  test('the proxy resolves the name, and TLS is with the endpoint', async () => {
    const [server, proxy] = [await secureServer(), await startProxy()];
    const { asked, resolve } = resolver(['127.0.0.1']);
    const url = `https://hook.example:${portOf(server)}/`;
    expect(await post(poster({ proxy: proxy.url, resolve }), url)).toMatchObject({ statusCode: 202, error: undefined });
    expect(proxy.asked).toEqual([{ method: 'CONNECT', url: `hook.example:${portOf(server)}`, authorization: BASIC }]);
    expect(asked).toEqual([]);
  });

  test('what is forbidden as it is written does not even reach the proxy', async () => {
    const proxy = await startProxy();
    const through = poster({ proxy: proxy.url, networks: ['10.0.0.0/8'] });
    expect((await post(through, receiver.url)).error).toBe('address not allowed: 127.0.0.1');
    expect((await post(through, 'https://localhost/')).error).toBe('address not allowed: localhost');
    expect((await post(through, 'http://hook.example/')).error).toBe('https required');
    expect(proxy.asked).toEqual([]);
  });

  test('plain HTTP to an allowed network is forwarded', async () => {
    const proxy = await startProxy();
    expect(await post(poster({ proxy: proxy.url, networks: LOOPBACK }), receiver.url)).toMatchObject({
      statusCode: 200,
    });
    expect(proxy.asked).toEqual([{ method: 'POST', url: receiver.url, authorization: BASIC }]);
  });

  test("the proxy's refusal is the attempt's error, without the password", async () => {
    const proxy = await startProxy('refuses');
    const { error, statusCode } = await post(poster({ proxy: proxy.url }), 'https://hook.example/');
    expect(statusCode).toBeUndefined();
    expect(error).toContain('407');
    expect(error).not.toMatch(/p%40ss|p@ss|Basic/);
  });

  test('a proxy that is away, or says nothing, fails the attempt in time', async () => {
    const silent = await startProxy('says nothing');
    const startedAt = performance.now();
    const [none, away] = await Promise.all([
      post(poster({ proxy: silent.url }), 'https://hook.example/'),
      post(poster({ proxy: 'http://127.0.0.1:1' }), 'https://hook.example/'),
    ]);
    expect(away.error).toBe('ECONNREFUSED');
    expect(none.error).toBe('UND_ERR_HEADERS_TIMEOUT');
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  }, 20_000);
});

import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach } from 'vitest';
import { type Resolve, type TargetRules, Targets } from '#egress/targets.ts';
import { Poster } from '#webhooks/delivery/post.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { Receiver } from './receiver.ts';

export const LOOPBACK = ['127.0.0.0/8'];
export const BODY = '{"type":"message.sent"}';

interface Settings extends Partial<TargetRules> {
  resolve?: Resolve;
  proxy?: string;
}

interface Asked {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
}

export const post = (through: Poster, url: string) =>
  through.post(new URL(url), { 'content-type': 'application/json' }, BODY);
export const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Resolver that returns these answers one after the other, with a list of the names that were resolved. */
export function resolver(...answers: string[][]) {
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

/**
 * Starts a receiver before each test of one file, and stops it and all that a test started after the test.
 * @returns access to the receiver, and functions that create posters and servers.
 */
export function posting() {
  let receiver: Receiver;
  let stops: (() => unknown)[];

  beforeEach(async () => {
    receiver = await Receiver.start();
    stops = [() => receiver.stop()];
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  function poster({ resolve, proxy, ...rules }: Settings = {}): Poster {
    const targets = new Targets({ networks: [], loopback: false, proxied: proxy !== undefined, ...rules });
    const made = new Poster({ targets, ...(resolve ? { resolve } : {}), ...(proxy ? { proxy } : {}) });
    stops.push(() => made.close());
    return made;
  }

  async function listening(server: Server): Promise<Server> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return server;
  }

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

  return {
    ...{ receiver: () => receiver, poster, listening, trusted, secureServer, startProxy },
    /** Adds a step to the end of the test. The last added step is first. */
    atEnd: (stop: () => unknown) => void stops.push(stop),
  };
}

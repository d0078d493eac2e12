import { lookup as systemLookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { App } from './app.ts';
import type { InternalConnections } from './connections/internal.ts';

/**
 * Maximum number of connections that the system queues until they are accepted. The system may allow fewer
 * (net.core.somaxconn, 4,096 on Linux). Beyond the limit, the system drops connections that their clients consider
 * established. A silent client then has an open connection that the server never had, and that no timeout of the server
 * closes. Node's default is 511.
 */
const BACKLOG = 4_096;

type Lookup = (name: string, options: { all: true }) => Promise<{ address: string }[]>;

/** Opens and closes the addresses of an HTTP server. */
export class Listener {
  readonly #app: App;
  readonly #lookup: Lookup;
  readonly #others: Server[] = [];

  /** @param lookup resolves `localhost` to its addresses. */
  constructor(app: App, lookup: Lookup = systemLookup) {
    this.#app = app;
    this.#lookup = lookup;
  }

  /**
   * Listens on the address. For `localhost`, listens on both loopback addresses if the machine has both.
   * @returns URL of the server, without a path.
   */
  async listen({ host, port }: { host: string; port: number }): Promise<string> {
    await this.#app.listen({ host, port, backlog: BACKLOG });
    const bound = this.#app.server.address() as AddressInfo;
    if (host === 'localhost') await this.#listenOnOthers(bound);
    return urlOf(bound);
  }

  /**
   * Listens on the address for operators and monitoring.
   * @returns URL of the address, without a path.
   */
  async listenInternal(
    { host, port }: { host: string; port: number },
    connections: InternalConnections,
  ): Promise<string> {
    const other = this.#relaying((socket) => connections.add(socket));
    other.listen({ host, port, backlog: BACKLOG });
    await once(other, 'listening');
    // As in connections.ts.
    other.on('error', () => undefined);
    this.#others.push(other);
    return urlOf(other.address() as AddressInfo);
  }

  /** IP addresses that the server listens on. */
  addresses(): string[] {
    const servers = [this.#app.server, ...this.#others];
    return servers.map((server) => (server.address() as AddressInfo).address);
  }

  /**
   * Accepts no new connection, finishes requests under way, and closes the remaining connections when `signal` is
   * aborted.
   */
  async close(signal: AbortSignal): Promise<void> {
    const { server } = this.#app;
    signal.addEventListener('abort', () => server.closeAllConnections(), { once: true });
    const closed = this.#others.map((other) => once(other.close(), 'close'));
    await Promise.all([this.#app.close(), ...closed]);
  }

  /** Listens on the other addresses of `localhost`. Fastify does so only for servers that it creates itself. */
  async #listenOnOthers({ address: first, port }: AddressInfo): Promise<void> {
    const found = await this.#lookup('localhost', { all: true });
    const addresses = new Set(found.map(({ address }) => address).filter((address) => address !== first));
    for (const host of addresses) {
      const other = await this.#relay(host, port);
      if (other) this.#others.push(other);
    }
  }

  /** @returns undefined if the machine lacks the address, or another program uses it. */
  async #relay(host: string, port: number): Promise<Server | undefined> {
    const other = this.#relaying();
    // As in connections.ts.
    other.on('error', () => undefined);
    other.listen({ host, port, backlog: BACKLOG });
    try {
      await once(other, 'listening');
      return other;
    } catch {
      return undefined;
    }
  }

  /** A further server for the same routes. */
  #relaying(onConnection: (socket: Socket) => void = () => undefined): Server {
    const { server } = this.#app;
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      onConnection(socket);
      server.emit('connection', socket);
    });
    other.maxConnections = server.maxConnections;
    other.on('drop', (data) => server.emit('drop', data));
    return other;
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${reachable.includes(':') || family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
}

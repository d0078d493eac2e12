import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Pair {
  client: Socket;
  server: Socket;
}

type Side = keyof Pair;

/** The network between a process and PostgreSQL. Can be slow, freeze, or break at the worst moment. */
export class Network {
  /** Delay of each byte in both directions. */
  delayMs = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  #thawed: Promise<void> | undefined;
  #thaw: () => void = () => undefined;
  /** Side whose next chunk will be truncated. */
  #tear: Side | undefined;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#join(client));
  }

  static async to(databaseUrl: string): Promise<Network> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Network(server, new URL(databaseUrl));
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Stops all traffic, including the end of connections, as when a cable is unplugged. */
  freeze(): void {
    if (this.#thawed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#thawed = promise;
    this.#thaw = resolve;
  }

  /** Delivers the delayed data. */
  thaw(): void {
    this.#thawed = undefined;
    this.#thaw();
  }

  /** Ends all current connections. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** Delivers only half of the next chunk of `side` and ends the connection: a truncated message. */
  tearNext(side: Side): void {
    this.#tear = side;
  }

  async end(): Promise<void> {
    this.thaw();
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect({ host: this.#target.hostname, port: Number(this.#target.port), noDelay: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#carry(pair, 'client', client, server);
    this.#carry(pair, 'server', server, client);
  }

  #carry(pair: Pair, side: Side, from: Socket, to: Socket): void {
    let before = Promise.resolve();
    const inTurn = (work: () => void) => {
      const dueAt = performance.now() + this.delayMs;
      before = before.then(async () => {
        const early = dueAt - performance.now();
        if (early > 0) await delay(early);
        while (this.#thawed) await this.#thawed;
        work();
      });
    };
    from.on('data', (chunk) => inTurn(() => this.#pass(pair, side, chunk, to)));
    from.on('error', () => undefined);
    from.on('close', () =>
      inTurn(() => {
        this.#pairs.delete(pair);
        to.destroySoon();
      }),
    );
  }

  #pass(pair: Pair, side: Side, chunk: Buffer, to: Socket): void {
    if (to.destroyed) return;
    if (this.#tear !== side || chunk.length < 2) {
      to.write(chunk);
      return;
    }
    this.#tear = undefined;
    to.end(chunk.subarray(0, chunk.length >> 1));
    pair[side].resetAndDestroy();
  }
}

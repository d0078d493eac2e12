import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * State of a line. `refused`: nothing listens. `reset`: connections end before their first byte. `resetLater`: connections end
 * at the first byte. `silent`: bytes arrive, and no response comes back.
 */
export type LineState = 'passes' | 'refused' | 'reset' | 'resetLater' | 'silent';

/** TCP line between Red Cloud and a carrier, which can fail. */
export class Line {
  readonly #target: number;
  #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: LineState = 'passes';
  readonly port: number;

  private constructor(target: number, server: Server) {
    this.#target = target;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param target port of the carrier. */
  static async to(target: number): Promise<Line> {
    const line = new Line(target, await listening(0));
    line.#serve();
    return line;
  }

  /** Ends all connections, so that none continues in the former state. */
  async set(state: LineState): Promise<void> {
    const wasRefused = this.#state === 'refused';
    this.#state = state;
    for (const socket of this.#sockets) socket.destroy();
    if (state === 'refused') await this.#close();
    else if (wasRefused) {
      this.#server = await listening(this.port);
      this.#serve();
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#state !== 'refused') await this.#close();
  }

  #serve(): void {
    this.#server.on('connection', (client) => this.#join(client));
  }

  async #close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    this.#watch(client);
    if (this.#state === 'reset') client.resetAndDestroy();
    else if (this.#state === 'resetLater') client.once('data', () => client.resetAndDestroy());
    else if (this.#state === 'silent') client.resume();
    else this.#connect(client);
  }

  #connect(client: Socket): void {
    const carrier = connect(this.#target, '127.0.0.1');
    this.#watch(carrier);
    client.pipe(carrier).pipe(client);
    client.on('close', () => carrier.destroy());
    carrier.on('close', () => client.destroy());
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer({ noDelay: true }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

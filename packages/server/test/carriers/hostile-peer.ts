import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Pdu, ServerSession, STATUS } from '@redcloud/smpp';
import type { Attack } from './hostile-pdus.ts';

/** A session with a bound client, from the hostile side. */
export class HostileSession {
  readonly #socket: Socket;
  readonly #link: ServerSession;
  readonly #bound = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #submits: Pdu[] = [];
  #arrived = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#link = new ServerSession(socket, {
      onBind: () => STATUS.ROK,
      onBound: () => this.#bound.resolve(),
      onSubmit: (_, pdu) => {
        this.#submits.push(pdu);
        this.#arrived.resolve();
      },
      onEnd: () => this.#ended.resolve(),
      isDeaf: () => false,
      alter: (pdu) => pdu,
    });
  }

  /** Sends from now on without reading. */
  stopReading(): void {
    this.#socket.pause();
  }

  get bound(): Promise<void> {
    return this.#bound.promise;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves when a submit has arrived. */
  get asked(): Promise<void> {
    return this.#arrived.promise;
  }

  answer(): void {
    for (const [i, pdu] of this.#submits.splice(0).entries()) {
      this.#link.answer(pdu, STATUS.ROK, { message_id: `${pdu.sequence_number}-${i}` });
    }
    this.#arrived = Promise.withResolvers();
  }

  /** Resolves when the socket can take more data or the session has ended. */
  async send({ pieces, cuts }: Pick<Attack, 'pieces' | 'cuts'>): Promise<void> {
    const whole = Buffer.concat(pieces);
    const places = [0, ...cuts.map((place) => Math.min(place, whole.length)), whole.length].toSorted((a, b) => a - b);
    for (const [i, end] of places.slice(1).entries()) {
      this.#link.write(whole.subarray(places[i], end));
      await nextTurn();
    }
    if (this.#socket.writableNeedDrain) await Promise.race([once(this.#socket, 'drain'), this.ended]);
  }

  /** Whether all data so far was read and the session is still open. */
  async survives(): Promise<boolean> {
    return (await Promise.race([this.#link.deliver(WORD), this.#ended.promise])) === STATUS.ROK;
  }
}

const WORD = {
  source_addr: '15557654321',
  destination_addr: '15551234567',
  short_message: Buffer.from('Still there?'),
};

/** Accepts every bind. The test controls the session from then on. */
export class HostilePeer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions: HostileSession[] = [];
  #came = Promise.withResolvers<void>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#sessions.push(new HostileSession(socket));
      this.#came.resolve();
    });
  }

  static async start(): Promise<HostilePeer> {
    const peer = new HostilePeer();
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next bound session. */
  async next(): Promise<HostileSession> {
    while (this.#sessions.length === 0) await this.#came.promise;
    this.#came = Promise.withResolvers();
    const session = this.#sessions.shift() as HostileSession;
    await session.bound;
    return session;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

import { connect, type Socket } from 'node:net';
import { ResponseParser } from './parser.ts';

/** Delay before a new connection to a server that rejected one. */
const REOPEN_MS = 20;

export interface ConnectionEvents {
  /** The connection can take a request: after it has opened, and after each response. */
  onFree(connection: Connection): void;
  onAnswer(connection: Connection, status: number, body: Buffer): void;
  /** The server closed the connection, or is unreachable. A new one is opened. @param asked a request was under way */
  onLost(connection: Connection, asked: boolean): void;
}

/** Kept-alive connection with at most one request under way. Reopened whenever the server closes it. */
export class Connection {
  /** Due time of the request under way. Set and read by the owner of the connection. */
  dueAt = 0;
  readonly #host: string;
  readonly #port: number;
  readonly #events: ConnectionEvents;
  #socket: Socket | undefined;
  #waiting = false;
  #ended = false;

  constructor(host: string, port: number, events: ConnectionEvents) {
    this.#host = host;
    this.#port = port;
    this.#events = events;
    this.#open();
  }

  /** Only when the connection is free. @param request the complete request */
  send(request: string): void {
    this.#waiting = true;
    this.#socket?.write(request, 'latin1');
  }

  end(): void {
    this.#ended = true;
    this.#socket?.destroy();
  }

  #open(): void {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    const parser = new ResponseParser((status, body, keepAlive) => this.#answered(socket, status, body, keepAlive));
    this.#socket = socket;
    socket.on('connect', () => this.#events.onFree(this));
    socket.on('data', (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    // 'close' follows and handles the error.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed(socket));
  }

  #answered(socket: Socket, status: number, body: Buffer, keepAlive: boolean): void {
    this.#waiting = false;
    this.#events.onAnswer(this, status, body);
    if (!keepAlive) socket.destroy();
    else if (!this.#ended) this.#events.onFree(this);
  }

  #closed(socket: Socket): void {
    if (this.#ended || socket !== this.#socket) return;
    const asked = this.#waiting;
    this.#waiting = false;
    this.#events.onLost(this, asked);
    if (socket.bytesRead > 0) this.#open();
    else setTimeout(() => !this.#ended && this.#open(), REOPEN_MS);
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectionLimit } from './limit.ts';
import { type Handler, type HeldTotal, Pipeline } from './pipeline.ts';
import { parseInSlices } from './slices.ts';
import { type Timeout, Watch } from './watch.ts';

/** Parsed requests that may wait for dispatch, of all connections: some 50 MiB. */
const PARSED_AT_MOST = 16_384;
const SWEEP_MS = 1_000;

/**
 * Node's own checks, as a second line. They miss a peer that does not close its side, a peer that does not read its response, and,
 * with `headersTimeout` greater than `requestTimeout`, Node exchanges the two.
 */
const NODE_OPTIONS = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 72_000,
  // An answer without a body is what Node would give; the route gives the API's error instead.
  requireHostHeader: false,
};

/** What a connection can exceed; the label of a counter. */
export type ConnectionLimit =
  | 'connections'
  | 'unanswered_requests'
  | 'parsed_requests'
  | 'headers_timeout'
  | 'body_timeout'
  | 'unread_timeout';

const COUNTED: Partial<Record<Timeout, ConnectionLimit>> = {
  headers: 'headers_timeout',
  body: 'body_timeout',
  unread: 'unread_timeout',
};

export interface ConnectionsParts {
  onLimit(limit: ConnectionLimit): void;
  /** Answers an Expect header that can't be met. */
  refuseExpectation(response: ServerResponse): void;
  /** Response, as octets, to what is no valid request. @param code of Node's error. */
  unreadable(code: string | undefined): string;
  /** Milliseconds of a monotonic clock. */
  now?(): number;
}

interface Connection {
  socket: Socket;
  pipeline: Pipeline;
  watch: Watch;
}

/**
 * Connections of an HTTP server, with limits that hold before anybody is authenticated: connections at once, requests of a
 * connection that are under way, and the times that a connection may take.
 */
export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #now: () => number;
  readonly #held: HeldTotal = { count: 0, limit: PARSED_AT_MOST };
  readonly #all = new Map<Socket, Connection>();

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  createServer(handler: Handler): Server {
    const server = createServer(NODE_OPTIONS);
    server.maxConnections = connectionLimit();
    server.on('drop', () => this.#parts.onLimit('connections'));
    server.on('connection', (socket) => this.#open(socket));
    const on = (event: 'request' | 'checkContinue' | 'checkExpectation', handle: Handler) =>
      server.on(event, (request, response) => this.#add(request, response, handle));
    on('request', handler);
    on('checkContinue', (request, response) => {
      response.writeContinue();
      handler(request, response);
    });
    on('checkExpectation', (_request, response) => this.#parts.refuseExpectation(response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#onError(error, socket as Socket));
    const timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    server.on('close', () => clearInterval(timer));
    return server;
  }

  /** Closes connections that are overdue. */
  sweep(): void {
    const now = this.#now();
    for (const connection of this.#all.values()) {
      const timeout = connection.watch.overdue(now);
      if (timeout !== undefined) this.#expire(connection, timeout);
    }
  }

  #open(socket: Socket): void {
    const { onLimit } = this.#parts;
    const pipeline = new Pipeline({ socket, total: this.#held, onLimit });
    this.#all.set(socket, { socket, pipeline, watch: new Watch(socket, pipeline, this.#now()) });
    parseInSlices(socket, pipeline);
    socket.once('close', () => {
      this.#all.delete(socket);
      pipeline.close();
    });
  }

  #add(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    const { destroyed, writableEnded } = request.socket;
    // A request that arrives after the connection was refused could not be answered.
    if (destroyed || writableEnded) return;
    const { pipeline } = this.#all.get(request.socket) as Connection;
    pipeline.add(request, response, handle);
  }

  #expire(connection: Connection, timeout: Timeout): void {
    const limit = COUNTED[timeout];
    if (limit) this.#parts.onLimit(limit);
    const hasRequest = timeout === 'body' || (timeout === 'headers' && connection.socket.bytesRead > 0);
    if (hasRequest) this.#refuse(connection, 'ERR_HTTP_REQUEST_TIMEOUT');
    else connection.socket.destroy();
  }

  /** Node could not read a request, or did not get all of it in time. */
  #onError({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#all.get(socket);
    if (!connection || code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { pipeline } = connection;
    // The other side has ended, or was refused before: `closing` bounds what is left.
    if (socket.writableEnded) return;
    // Not read because other requests are answered first. The watch goes on.
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && pipeline.unanswered > 0) return;
    pipeline.whenAnswered(() => this.#refuse(connection, code));
  }

  #refuse({ socket, pipeline }: Connection, code: string | undefined): void {
    if (!socket.writable) socket.destroy();
    else if (pipeline.hasAnsweredIncomplete) socket.end();
    else socket.end(this.#parts.unreadable(code));
  }
}
